"""The sandbox's own pages (placeholder)."""

from sandbox import tickets
from sandbox.customers import CUSTOMERS
from sandbox.web import json_answer, plain_answer


def answer(world, faults, request):
    """Return the Answer to a request for a page."""
    if request.path == "/healthz":
        return plain_answer("ok")
    if request.path == "/tickets.json":
        return json_answer(tickets.listing(CUSTOMERS))
    return plain_answer("not found", 404)

"""slack_sdk over the one transport: it would open its own connections otherwise, and follow redirects with the token."""

import logging
from collections.abc import Callable
from contextlib import contextmanager

from escalations.gateways import transport
from escalations.gateways.base import Deadline
from escalations.gateways.slack_codes import SlackSaid
from escalations.gateways.troubles import NotJson

quiet = logging.getLogger(__name__)
quiet.addHandler(logging.NullHandler())
quiet.propagate = False  # the SDK logs whole answers


@contextmanager
def open_client(
    token: str, hosts, deadline: Deadline, base: str | None = None, fence: Callable[[], None] | None = None
):
    """Yield a WebClient for one unit of work; an answer with `ok: false` becomes SlackSaid.

    Every request to Slack is a POST, so with a `fence` use the client for the write alone.
    """
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    class Client(WebClient):
        """Sends through the session instead of urllib, and speaks our exceptions."""

        def api_call(self, *args, **options):
            try:
                return super().api_call(*args, **options)
            except SlackApiError as error:
                raise _said(error.response) from None

        def _perform_urllib_http_request_internal(self, url, req):
            answer = session.post(url, data=req.data, headers=dict(req.header_items()))
            return {"status": answer.status_code, "headers": answer.headers, "body": answer.text}

    with transport.session(hosts, deadline, base, fence) as session:
        yield Client(token=token, logger=quiet, retry_handlers=[])


def _said(response):
    data = response.data
    if not isinstance(data, dict) or not isinstance(data.get("error"), str):
        return NotJson()
    return SlackSaid(data["error"], transport.retry_after(response.headers))

"""What the sandbox says about itself: tickets that show something, for the page that offers them."""

from urllib.parse import urlsplit

from escalations.gateways import transport
from escalations.gateways.base import Deadline
from escalations.gateways.faults import reading


def tickets_worth_trying(base: str, *, deadline: Deadline) -> list[dict]:
    """Return [{"instance", "id", "customer", "subject", "shows"}]; customer and subject may be None."""
    with reading("sandbox"):
        address = urlsplit(base)
        hosts = transport.Hosts([address.netloc], scheme=address.scheme)
        with transport.session(hosts, deadline) as session:
            rows = session.get(f"{base.rstrip('/')}/tickets.json").json()
        return [{key: row.get(key) for key in ("instance", "id", "customer", "subject", "shows")} for row in rows]

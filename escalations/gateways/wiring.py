"""Builds the gateways from the settings: the only module of this folder that reads them.

Gateways are built for each use and hold nothing but settings; what must be shared by the threads of a process
(tokens) is kept here, by service and account.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings

from escalations.gateways import mail
from escalations.gateways.base import Receipt
from escalations.gateways.salesforce import Salesforce
from escalations.gateways.salesforce_query import Fields
from escalations.gateways.slack import Slack
from escalations.gateways.tokens import Token
from escalations.gateways.transport import Hosts
from escalations.gateways.zendesk import Zendesk


@dataclass(frozen=True)
class Gateways:
    """What readers and actions are handed. `zendesk(instance)` gives the gateway of one instance."""

    zendesk: Callable[[str], Zendesk]
    salesforce: Salesforce
    slack: Slack
    mail: Callable[..., Receipt]


def gateways() -> Gateways:
    return Gateways(zendesk, salesforce(), slack(), partial(mail.send, sender=settings.DEFAULT_FROM_EMAIL))


def zendesk(instance: str) -> Zendesk:
    """Return the gateway of one instance; KeyError when it is not configured."""
    own = settings.ZENDESK_INSTANCES[instance]
    return Zendesk(
        instance,
        own["host"],
        client_id=own["client_id"],
        client_secret=own["client_secret"],
        restricted=own["restricted"],
        base=_base(),
        hosts=_hosts(),
        token=_tokens.of(_base(), own["host"], own["client_id"]),
    )


def salesforce() -> Salesforce:
    own = settings.SALESFORCE
    fields = Fields(own["csm_field"], own["csm_name_field"], own["channel_field"], own["region_field"])
    return Salesforce(
        own["domain"],
        consumer_key=own["consumer_key"],
        consumer_secret=own["consumer_secret"],
        fields=fields,
        version=own["version"],
        base=_base(),
        hosts=_hosts(),
        token=_tokens.of(_base(), own["domain"], own["consumer_key"]),
    )


def slack() -> Slack:
    own = settings.SLACK
    identity = _tokens.of(_base(), "slack.com", hash(own["token"]))
    return Slack(own["token"], own["workspace_host"], base=_base(), hosts=_hosts(), identity=identity)


def public_url(url: str) -> str:
    """Return the address to open in a browser: in sandbox mode a page of the sandbox, in production `url` itself."""
    parts = urlsplit(url)
    if not _base() or parts.scheme != "https" or parts.netloc.lower() not in _page_hosts():
        return url
    rest = parts._replace(scheme="", netloc="").geturl()
    return f"{_base().rstrip('/')}/{parts.netloc.lower()}/{rest.lstrip('/')}"


def warm_up() -> None:
    """Import the client libraries (0.7 s), so that the first person to look something up does not wait for it."""
    import simple_salesforce  # noqa: F401
    import slack_sdk  # noqa: F401
    import zenpy  # noqa: F401


def _base() -> str | None:
    return settings.SANDBOX_URL or None


def _api_hosts() -> set[str]:
    own = {instance["host"].lower() for instance in settings.ZENDESK_INSTANCES.values()}
    return own | {f"{settings.SALESFORCE['domain']}.salesforce.com".lower(), "slack.com"}


def _page_hosts() -> set[str]:
    lightning = settings.SALESFORCE["domain"].removesuffix(".my").lower() + ".lightning.force.com"
    return _api_hosts() | {settings.SLACK["workspace_host"].lower(), lightning}


def _hosts() -> Hosts:
    return Hosts(_api_hosts())


class _Tokens:
    """One Token for each account of a service; two threads that ask for the same one get the same one."""

    def __init__(self):
        self._lock, self._made = threading.Lock(), {}

    def of(self, *account) -> Token:
        with self._lock:
            return self._made.setdefault(account, Token())


_tokens = _Tokens()


def tickets_to_try(with_us_government: bool) -> list[dict]:
    """Return the sandbox's tickets worth trying with a "url" to paste; none in production or while it does not answer."""
    if not _base():
        return []
    from escalations.gateways.base import Deadline, LookupFailed
    from escalations.gateways.sandbox import tickets_worth_trying

    try:
        rows = tickets_worth_trying(_base(), deadline=Deadline(1.0))
    except LookupFailed:
        return []
    hosts = {name: own["host"] for name, own in settings.ZENDESK_INSTANCES.items()}
    shown = [row for row in rows if row["instance"] == "main" or with_us_government]
    return [{**row, "url": f"https://{hosts[row['instance']]}/agent/tickets/{row['id']}"} for row in shown]

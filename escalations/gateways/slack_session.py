"""slack_sdk over the one transport: it would open its own connections otherwise, and follow redirects with the token."""

import logging
from collections.abc import Callable
from contextlib import contextmanager

from escalations.gateways import slack_codes, transport
from escalations.gateways.base import Deadline
from escalations.gateways.troubles import NotJson, Trouble

quiet = logging.getLogger(__name__)
quiet.addHandler(logging.NullHandler())
quiet.propagate = False  # the SDK logs whole answers


class SlackSaid(Trouble):
    """An answer with `ok: false`; `code` is Slack's own, shown only when it is one we know."""

    def __init__(self, code: str, retry_after: float | None = None):
        self.retry_after = retry_after
        if code in slack_codes.CREDENTIALS:
            self.read, self.write, words = "credentials", "paused", "refused the portal's credentials"
        elif code in slack_codes.FORBIDDEN:
            self.read, self.write, words = "forbidden", "paused", "does not let the portal do this"
        elif code in slack_codes.FORBIDDEN_HERE:
            self.read, self.write, words = "forbidden", "refused", "does not let the portal do this"
        elif code in slack_codes.LIMITED:
            self.read, self.write, words = "limited", "not_sent", "asks us to wait (too many requests)"
        elif code in slack_codes.PERMANENT:
            self.read = "not_found" if code in slack_codes.NOT_FOUND else "failed"
            self.write, words = "permanent", "did not accept the message"
        else:
            words = "answered with an error"
        super().__init__(slack_codes.WORDS.get(code, words))
        self.code = code if code.replace("_", "").isalnum() and len(code) <= 60 else "unknown"


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

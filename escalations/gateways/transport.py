"""The one way out: every byte to Zendesk, Salesforce and Slack leaves through `session`.

It keeps to one list of hosts, follows no redirect, repeats nothing (repeating is the outbox's business), reads no
proxy or password from the environment, and ends at the deadline of the whole call. With a `base` the public https
address stays on the request while the bytes go to the sandbox.
"""

import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from escalations.gateways.base import Deadline
from escalations.gateways.fence import Fence
from escalations.gateways.troubles import (
    Broken,
    ForeignHost,
    NoTimeLeft,
    NotJson,
    NotSent,
    RateLimited,
    Redirected,
    Refused,
    TooLate,
)
from escalations.gateways.watchdog import Watchdog, WatchedHTTP, WatchedHTTPS

CONNECT_SECONDS = 3.05
LONGEST_WAIT = 3600.0


class Hosts:
    """The names a request may leave for, with their scheme; no port, no user in the address."""

    def __init__(self, names, scheme: str = "https"):
        self.names, self.scheme = frozenset(name.lower() for name in names), scheme

    def check(self, url: str) -> str:
        """Return the host of `url`, in small letters; ForeignHost when it is not on the list."""
        try:
            parts = urlsplit(url)
            fine = parts.scheme == self.scheme and parts.netloc.lower() in self.names
        except ValueError:
            fine = False
        if not fine:
            raise ForeignHost
        return parts.netloc.lower()


class Adapter(HTTPAdapter):
    """Sends within `deadline`. Holds the state of one call, so: one adapter, one session, one thread."""

    def __init__(
        self, hosts: Hosts, deadline: Deadline, base: str | None = None, fence: Callable[[], None] | None = None
    ):
        self.hosts, self.deadline, self.base, self.watchdog = hosts, deadline, base, None
        self.fence = fence
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args, **options):
        pool = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = partial(WatchedHTTPS if pool.scheme == "https" else WatchedHTTP, owner=self)
        return pool

    def send(self, request, stream=False, timeout=None, **options):
        """Return the whole response; NotSent, TooLate or Broken. A client's own `timeout` does not count."""
        host, left = self.hosts.check(request.url), self.deadline.remaining
        if left <= 0:
            raise NoTimeLeft
        going = self._addressed(request, host)
        with Watchdog(left, self._fence_for(request)) as self.watchdog:
            try:
                response = super().send(going, timeout=(min(CONNECT_SECONDS, left), left), **options)
                response.content  # noqa: B018 - read here, while the watchdog is on duty
            except (requests.RequestException, HTTPError, OSError) as error:
                raise self._trouble(error) from None
        if self.watchdog.fired:
            raise TooLate  # a body without a length looks complete when its socket is shut
        response.request, response.url = request, request.url
        return response

    def _addressed(self, request, host):
        if not self.base:
            return request
        going = request.copy()
        going.url, going.headers["Host"] = self.base.rstrip("/") + request.path_url, host
        return going

    def _fence_for(self, request):
        """A new one for each request: a write that is repeated after a 401 is asked about again."""
        return Fence(self.fence, self.deadline.clock) if self.fence and request.method != "GET" else None

    def _trouble(self, error):
        if self.watchdog.refusal:
            return self.watchdog.refusal
        if not self.watchdog.sent:
            return NotSent()
        late = self.watchdog.fired or isinstance(error, (requests.Timeout, TimeoutError))
        return TooLate() if late or "timed out" in str(error) else Broken()


class Session(requests.Session):
    """A requests session that never follows a redirect."""

    def get_redirect_target(self, resp):
        return None


def session(
    hosts: Hosts, deadline: Deadline, base: str | None = None, fence: Callable[[], None] | None = None
) -> Session:
    """Return a session for one unit of work; close it, or use it in a `with`.

    `fence` is called immediately before the first byte of every request that is not a GET; see `fence.Fence`.
    """
    made = Session()
    made.trust_env = False
    made.mount("https://", Adapter(hosts, deadline, base, fence))
    made.mount("http://", Adapter(hosts, deadline, base, fence))
    made.hooks["response"].append(guard)
    return made


def guard(response, *_args, **_options) -> None:
    """Raise RateLimited, Redirected, Refused or NotJson before a client library can misread the answer."""
    status = response.status_code
    if status == 429:
        raise RateLimited(retry_after(response.headers))
    if 300 <= status < 400:
        raise Redirected
    if status >= 400:
        raise Refused(status, response.content, retry_after(response.headers))
    if status != 204:
        try:
            if "json" not in response.headers.get("Content-Type", "").lower():
                raise ValueError
            response.json()
        except (ValueError, RecursionError):
            raise NotJson from None


def retry_after(headers) -> float | None:
    """Return the seconds a service asks to wait, at most an hour; None when it does not say anything usable."""
    text = str(headers.get("Retry-After", "")).strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, headers.get("Date"))
    if seconds is None or math.isnan(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_WAIT)


def _seconds_until(text, now_text):
    try:
        then = parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    try:
        now = parsedate_to_datetime(now_text).timestamp()  # the service's own clock, if it tells the time
    except (TypeError, ValueError, OverflowError):
        now = time.time()
    return max(0.0, then - now)

"""What can go wrong between us and a service, as exceptions that know what they mean for a read and for a write.

`read` is a key of LOOKUP_ERRORS, `write` an outcome of DeliveryError, `words` end a sentence that begins with the
service's name. None of them carries an address, a token or anything a customer wrote.
"""

import json

import requests


class Trouble(requests.RequestException):
    read, write, words, code = "failed", "ambiguous", "answered with an error", "failed"
    retry_after: float | None = None

    def __init__(self, words: str = ""):
        super().__init__(words or self.words)
        self.words = words or self.words

    def sentence(self, service: str) -> str:
        return f"{service.capitalize()} {self.words}."


class NotSent(Trouble):
    """No byte of the request has left: name not found, connection refused, TLS failed."""

    read, write, words, code = "unreachable", "not_sent", "could not be reached", "unreachable"


class NoTimeLeft(NotSent):
    """The budget was spent before the request could start."""

    read, words, code = "late", "was not asked: no time was left", "no_time_left"


class ForeignHost(NotSent):
    """The address is not one of the configured hosts. Nothing has left."""

    read, write, words, code = "failed", "paused", "was not asked: the host is not configured", "foreign_host"


class FencedOff(NotSent):
    """This worker may not write any more. `text` is a whole sentence."""

    read, write = "failed", "fenced"

    def __init__(self, text: str = "", code: str = "fenced"):
        super().__init__("was not asked")
        self.text = text or "It could not be made sure that this worker still owns the delivery, so nothing was sent."
        self.code = code

    def sentence(self, service: str) -> str:
        return self.text


class FenceTooOld(NotSent):
    """Too long ago that this worker was found to own the delivery."""

    read, words, code = "failed", "was not asked: the last check before it took too long", "fence_too_old"


class TooLate(Trouble):
    read, words, code = "late", "took too long to answer", "late"


class Broken(Trouble):
    """The connection ended in the middle: reset, or a body shorter than announced."""

    read, words, code = "unreachable", "ended the connection in the middle", "broken"


class NotJson(Trouble):
    read, words, code = "malformed", "answered something that is not data", "not_json"


class Redirected(NotJson):
    words, code = "answered with a redirect, which is not followed", "redirected"


class RateLimited(Trouble):
    """HTTP 429; `retry_after` in seconds, None when the service did not say."""

    read, write, words, code = "limited", "not_sent", "asks us to wait (too many requests)", "limited"

    def __init__(self, retry_after: float | None = None):
        super().__init__()
        self.retry_after = retry_after


class Refused(Trouble):
    """Any other HTTP error. `status` is its number, `body` the answer, to be looked into and never shown."""

    MEANING = {
        401: ("credentials", "paused", "refused the portal's credentials"),
        403: ("forbidden", "refused", "does not let the portal do this (403)"),
        404: ("not_found", "permanent", "does not have it"),
        410: ("not_found", "permanent", "does not have it any more"),
        400: ("failed", "permanent", "did not accept the request"),
        409: ("failed", "not_sent", "had a change by somebody else at the same moment"),
        413: ("failed", "permanent", "did not accept a text this long"),
        422: ("failed", "permanent", "did not accept the content"),
    }

    def __init__(self, status: int, body: bytes = b"", retry_after: float | None = None):
        other = ("failed", "ambiguous", f"answered with error {status}")
        self.read, self.write, words = self.MEANING.get(status, other)
        super().__init__(words)
        self.status, self.body, self.retry_after, self.code = status, body, retry_after, f"http_{status}"

    def json(self):
        """The answer as a value; None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class SignInFailed(Trouble):
    """Getting a token failed, so the request itself was not applied: never ambiguous."""

    def __init__(self, cause: Exception):
        if isinstance(cause, Refused) and cause.status in (400, 401, 403):
            self.read, self.write, self.code = "credentials", "paused", "credentials"
            super().__init__("refused the portal's credentials")
        elif isinstance(cause, Trouble):
            self.read, self.code, self.retry_after = cause.read, cause.code, cause.retry_after
            self.write = "not_sent" if cause.write == "ambiguous" else cause.write
            super().__init__(f"{cause.words} at sign-in")
        else:
            self.read, self.write, self.code = "malformed", "not_sent", "not_json"
            super().__init__("answered the sign-in with something that is not data")

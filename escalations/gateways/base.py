"""What every gateway answers with: a receipt, a delivery error that knows whether to try again, or a failed look-up."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from escalations.gateways.blame import is_free, is_unwell
from escalations.rules.facts import LOOKUP_ERRORS


@dataclass(frozen=True)
class Receipt:
    """The service's own proof that an effect exists: `remote_id` is unique in its system, `url` the public address."""

    remote_id: str
    url: str
    at: datetime | None = None
    detail: dict = field(default_factory=dict)


class DeliveryError(Exception):
    """A write that did not end in a receipt.

    `outcome` is one of
    not_sent   certainly not applied, try again later (refused connection, 429, a conflict that is not ours)
    ambiguous  may have been applied: look before anything else
    permanent  certainly not applied, and trying again would not help (closed ticket, archived channel)
    refused    certainly not applied, and about this target: we may not write there, until somebody lets us (403)
    paused     the lane's fault, not this delivery's (credentials refused): costs no attempt
    stopped    by the portal itself, before anything was asked of the service: it is not to be sent as it stands
    fenced     certainly not applied, and this worker no longer owns the delivery: it may settle nothing
    `text` is a sentence for people without customer data; `retry_after` in seconds. `code` is the finer reason (see
    `blame`). `unwell`: the service as a whole is in trouble, so the next delivery would meet the same. `free`: this attempt
    should not count against the delivery.
    """

    def __init__(self, text: str, *, outcome: str, code: str = "", retry_after: float | None = None):
        super().__init__(text)
        self.text, self.outcome, self.code, self.retry_after = text, outcome, code, retry_after

    @property
    def unwell(self) -> bool:
        return is_unwell(self.code, self.outcome)

    @property
    def free(self) -> bool:
        return is_free(self.code, self.outcome)


class Fenced(Exception):
    """Raised by a write's `fence` when this worker does not own the delivery any more; `text` is a sentence."""

    def __init__(self, text: str, code: str = "fenced"):
        super().__init__(text)
        self.text, self.code = text, code


class LookupFailed(Exception):
    """A read that gave no value; `code` is a key of `LOOKUP_ERRORS`, `detail` plain words for the page.

    `retry_after` in seconds, when the service asked us to wait. `cause` is the finer reason behind `code` (http_503,
    missing_scope); `unwell`: the service as a whole is in trouble, not only what was asked.
    """

    def __init__(self, service: str, code: str, detail: str = "", *, retry_after: float | None = None, cause: str = ""):
        assert code in LOOKUP_ERRORS, code
        super().__init__(f"{service}: {code} {detail}".strip())
        self.service, self.code, self.detail, self.retry_after = service, code, detail, retry_after
        self.cause = cause or code

    @property
    def unwell(self) -> bool:
        return is_unwell(self.cause)


class Deadline:
    """What is left of a budget, in seconds, handed down a chain of calls."""

    def __init__(self, seconds: float, clock=time.monotonic):
        self.clock, self._end, self.seconds = clock, clock() + seconds, seconds

    @property
    def remaining(self) -> float:
        return max(0.0, self._end - self.clock())

    @property
    def half_spent(self) -> bool:
        return self.remaining < self.seconds / 2

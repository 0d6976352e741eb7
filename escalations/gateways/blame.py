"""Whose fault an error is, by its code: the service's as a whole, or this delivery's. Pure.

The codes are those of `troubles`, `http_` with a number, Slack's own, and the keys of LOOKUP_ERRORS. One that is not
known here is the delivery's own: a service is called unwell, and its lane paused, only for a reason.
"""

from escalations.gateways import slack_codes

UNREACHED = frozenset({"unreachable", "no_time_left"})
LIMITED = slack_codes.LIMITED | {"limited", "http_429"}
REFUSED = slack_codes.CREDENTIALS | slack_codes.FORBIDDEN | {"credentials", "foreign_host"}
BROKEN = slack_codes.PASSING | {"late", "broken", "not_json", "malformed", "redirected", "http_408"}
BUSY = frozenset({"http_503", "service_unavailable"})
OURS = frozenset({"just_changed", "fence_too_old", "together"})


def is_unwell(code: str, outcome: str = "") -> bool:
    """Whether the next delivery to this service would most likely fail in the same way."""
    if outcome == "paused" or code in UNREACHED | LIMITED | REFUSED | BROKEN:
        return True
    return code == "http_401" or code.startswith("http_5")


def is_free(code: str, outcome: str) -> bool:
    """Whether the attempt should not count: nothing about this delivery was tried, and a later one may well do."""
    return outcome == "paused" or code in UNREACHED | LIMITED | BUSY | OURS

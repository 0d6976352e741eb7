"""A mixed set of faults for a whole run: every kind that can happen to a read, a write or a sign-in, drawn with probability p."""

from sandbox import calls
from sandbox.fault_kinds import BadRule

SERVICES = ("zendesk", "salesforce", "slack")
SLACK_CODES = (
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "ratelimited",
    "never_heard_of",
)
ASK_TO_WAIT = [
    {"name": "429_seconds", "kind": "429", "retry_after": 1},
    {"name": "429_date", "kind": "429", "retry_after_date": 2},
    {"name": "429_absent", "kind": "429"},
    {"name": "429_huge", "kind": "429", "retry_after": 1_000_000_000},
]
OPTIONS = {"p": 0.3, "seed": 1, "patience": 12.0, "late": 5.0, "hidden": 2.0, "services": SERVICES, "on": calls.SORTS,
           "only": None, "without": ()}  # fmt: skip


def rules(given):
    """Return the rules of a mix, one for each service and sort of call. Raises BadRule.

    `p`, `seed`; `patience`: seconds a hanging call is kept, more than the caller's deadline; `late`: seconds after the cut within
    which a late one is applied; `hidden`: seconds for which delayed visibility hides; `services`, `on`; `only` and `without`: names
    of kinds.
    """
    unknown = set(given) - set(OPTIONS)
    if unknown:
        raise BadRule(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(OPTIONS)}")
    asked = {**OPTIONS, **given}
    pairs = [(service, sort) for service in asked["services"] for sort in asked["on"]]
    made = [
        {"service": service, "on": sort, "p": asked["p"], "seed": f"{asked['seed']}/{service}/{sort}", "kinds": kinds}
        for service, sort in pairs
        if (kinds := _chosen(service, sort, asked))
    ]
    if not made:
        raise BadRule("no kind is left of this mix")
    return made


def _chosen(service, sort, asked):
    return [
        fault
        for fault in _kinds(service, sort, float(asked["patience"]), float(asked["late"]), float(asked["hidden"]))
        if fault["name"] not in asked["without"] and (asked["only"] is None or fault["name"] in asked["only"])
    ]


def _kinds(service, sort, patience, late, hidden):
    if (service, sort) in (("slack", "token"), ("salesforce", "write"), ("email", "token"), ("email", "read")):
        return []  # there is no such call
    if service == "email":
        made = [{"kind": kind} for kind in ("451", "reset", "reset_after")] + [{"kind": "drip", "seconds": 1}]
        return _named(made + [{"kind": kind, "seconds": patience} for kind in ("hang", "hang_after")])
    made = [{"kind": kind} for kind in ("reset", "500", "503", "html", "malformed", "truncated")]
    made += [{"kind": kind, "seconds": patience} for kind in ("hang", "hang_after")] + [{"kind": "drip", "seconds": 1}]
    made += [{"kind": kind} for kind in ("reset_after", "500_after", "503_after", "html_after")] + ASK_TO_WAIT
    if service == "slack":
        made += [
            {"name": f"ok_false_{code}", "kind": kind, "error": code}
            for code in SLACK_CODES
            for kind in ("error", "error_after")
        ]
    if sort == "write":
        made += [{"kind": "late", "seconds": [patience, patience + late]}, {"kind": "reset_late", "seconds": [0, late]}]
    if sort == "read" and service != "salesforce":
        made += [{"kind": kind} for kind in ("partial_page", "repeated_cursor", "cut_page")]
        made += [{"kind": "delayed_visibility", "seconds": hidden}]
    return _named(made)


def _named(made):
    return [{"name": fault["kind"].removesuffix("_after"), **fault} for fault in made]

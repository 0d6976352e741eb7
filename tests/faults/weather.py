"""The faults of the services: every kind on reads and on writes, before and after applying, together with probability p."""

from tests.faults.cluster import DEADLINE, LATE

LONG = DEADLINE + 1
# A write that is not applied, and one that is, although its answer goes wrong.
BEFORE = (
    {"kind": "reset"}, {"kind": "hang", "seconds": LONG}, {"kind": "500"}, {"kind": "503"}, {"kind": "late", "seconds": DEADLINE + LATE},
    {"kind": "429", "retry_after": 1}, {"kind": "429", "retry_after_date": 1}, {"kind": "429"},
    {"kind": "429", "retry_after": 86400}, {"kind": "error", "error": "internal_error", "status": 500},
    {"kind": "html"},
)  # fmt: skip
AFTER = (
    {"kind": "reset_after"}, {"kind": "hang_after", "seconds": LONG}, {"kind": "500_after"}, {"kind": "503_after"},
    {"kind": "truncated"}, {"kind": "malformed"}, {"kind": "drip", "seconds": 0.3}, {"kind": "html_after"},
    {"kind": "error_after", "error": "something_new", "status": 500}, {"kind": "json_after", "body": {"ok": True}},
)  # fmt: skip
# A read that is wrong without looking wrong.
READS = (
    {"kind": "partial_page"}, {"kind": "repeated_cursor"}, {"kind": "cut_page"}, {"kind": "delayed_visibility", "seconds": 1},
)  # fmt: skip
CODES = {
    "slack": ({"kind": "error", "error": "something_new"}, {"kind": "error", "error": "fatal_error"}),
    "zendesk": (),
}
WRITES = {"zendesk": ("PUT /api/v2/tickets",), "slack": ("chat.postMessage",)}
LOOKS = {"zendesk": ("GET /api/v2/tickets/*/audits*",), "slack": ("conversations.history", "conversations.replies")}
OTHERS = {"zendesk": ("GET ", "POST "), "slack": ("conversations.", "users.", "auth.", "chat.getPermalink")}


# The first of each kind comes for certain, so that a short run meets every one.
FIRST_WRITES, FIRST_LOOKS = 2, 4


def rules(seed: int, p: float = 0.3) -> list[dict]:
    """Fault rules for the sandbox; each has dice of its own, and what they make together is `p` a request."""
    made = []
    for service in ("zendesk", "slack"):
        kinds = BEFORE + AFTER + CODES[service]
        made += _first(service, LOOKS[service][0], READS, FIRST_LOOKS)
        made += _first(service, WRITES[service][0], kinds, FIRST_WRITES)
        made += _mixed(service, LOOKS[service], READS, p / 2)
        made += _mixed(service, WRITES[service], kinds, p)
        made += _mixed(service, OTHERS[service], kinds, p)
    return [{**rule, "seed": seed * 1000 + n} for n, rule in enumerate(made)]


def _first(service: str, match: str, kinds, apart: int) -> list[dict]:
    return [{"service": service, "match": match, "times": 1, "skip": n * apart, **kind} for n, kind in enumerate(kinds)]


def _mixed(service: str, matches, kinds, p: float) -> list[dict]:
    """All the kinds on each match. Rules are tried one after the other, so each is given its share of what is left."""
    each = 1 - (1 - p) ** (1 / len(kinds))
    return [{"service": service, "match": match, "p": each, **kind} for match in matches for kind in kinds]


def counted(rules: list[dict]) -> dict[tuple[str, str, str], int]:
    """How often each fired, by (service, kind with its variant, "write" or "read")."""
    found = {}
    for rule in rules:
        on = "write" if rule["match"] in WRITES[rule["service"]] else "read"
        key = (rule["service"], variant(rule), on)
        found[key] = found.get(key, 0) + rule["fired"]
    return found


def variant(rule: dict) -> str:
    """The kind in words, such as "429, wait by date"."""
    if rule["kind"] == "429":
        wait = "by date" if "retry_after_date" in rule else rule.get("retry_after", "not said")
        return f"429, wait {wait}"
    return f"{rule['kind']} {rule['error']}" if "error" in rule and rule["kind"] == "error" else rule["kind"]


def side(kind: str) -> str:
    """Whether the request is carried out before the fault shows: before, after, or a read that is twisted."""
    if kind in {one["kind"] for one in READS}:
        return "twisted"
    return "after" if kind in {one["kind"] for one in AFTER} else "before"

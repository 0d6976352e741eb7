"""The faults of the services: the sandbox's mix of every kind, on reads, writes and sign-ins, together with probability p.

Other weathers are for mutants, which they show more often: `late` applies Slack's messages when nobody waits for them any
more, `fair` is no fault at all.
"""

from sandbox.fault_kinds import Fault
from tests.faults.cluster import DEADLINE, LATE

P = 0.3
HIDDEN_SECONDS = 2.0  # how long a service may not yet show what it has applied
SERVICES = ("zendesk", "slack")  # Salesforce is read before Send only, and all drafts are ready by then
MAIL = "email"  # takes what people are told while Slack is the trouble: few

# "Too many requests", said of a request that was carried out: then it is sent twice, and no client can tell.
LIES = ["ok_false_ratelimited"]
PAGES = ["partial_page", "repeated_cursor", "cut_page", "delayed_visibility"]


def lists(seed: int) -> dict:
    """For `POST /control/mix`, before the other: only lists can be paged wrongly, and few reads are lists."""
    return {"p": P / 3, "seed": seed + 1, "only": PAGES, "on": ["read"], "services": list(SERVICES)}


def mix(seed: int) -> dict:
    """For `POST /control/mix`. A hanging call is kept longer than D; a late one is applied at most `LATE` after our end of it."""
    return {
        "p": P, "without": LIES, "seed": seed, "patience": DEADLINE + 1, "late": LATE, "hidden": HIDDEN_SECONDS,
        "services": [*SERVICES, MAIL],
    }  # fmt: skip


def late(seed: int) -> dict:
    """For `POST /control/mix`: only what is applied after its caller has gone, which nothing but the grace time waits for."""
    return {**mix(seed), "without": [], "only": ["late", "reset_late"], "on": ["write"], "services": ["slack"]}


WEATHERS = {"mixed": (lists, mix), "late": (late,), "fair": ()}  # in the order in which they are asked


def installed(rules: list[dict]) -> set[tuple[str, str, str]]:
    """(service, kind, before or after) of every fault that these rules of the sandbox can make."""
    faults = [(rule["service"], Fault({**rule, **kind})) for rule in rules for kind in rule.get("kinds") or [{}]]
    return {(service, fault.name, fault.when) for service, fault in faults}


def counted(counts: dict) -> dict[tuple[str, str, str, str], int]:
    """How often each fired, by (service, kind, before or after, read or write or token)."""
    return {(row["service"], row["kind"], row["when"], row["on"]): row["fired"] for row in counts["fired"]}


def calls(counts: dict, before: dict) -> dict[tuple[str, str], int]:
    """How many calls there were, by (service, read or write or token), since the counts `before`."""
    earlier = {(row["service"], row["on"]): row["calls"] for row in before["calls"]}
    keys = {(row["service"], row["on"]): row["calls"] for row in counts["calls"] if row["service"] in (*SERVICES, MAIL)}
    return {key: n - earlier.get(key, 0) for key, n in keys.items()}

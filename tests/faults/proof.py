"""Whether a run proves anything: that every fault and every blow that it should have met really came. A pure function of a Run."""

from collections import Counter

from tests.faults import weather
from tests.faults.correcting import held_back
from tests.faults.stopping import ANSWERS, STOPPED

FULL, LEAST_FIRED, LEAST_OF_MAIL = 1000, 10, 1
STATES, SUBMITTING = ("pending", "sending", "uncertain"), "submitting"
BY_A_LEAD = ("delivery.sent_again", "delivery.settled", "delivery.redirected")
# What each sort of blow must have found under way, at least once in a full run.
FOUND = {"worker": STATES, "web": (*STATES, SUBMITTING), "database": (*STATES, SUBMITTING)}


def kills_of(n: int) -> int:
    return n // 10


def stops_of(n: int) -> int:
    """Immediate stops of the database, where there is one to stop."""
    return max(1, n * 8 // 1000)


def not_proved(run) -> list[str]:
    """What should have happened and did not: each fault ten times in a full run, each blow in each state."""
    if run.clicks:
        return []
    did = run.nemesis.did
    found = _fired_too_rarely(run)
    if not run.nemesis.done:
        found.append(f"only {run.nemesis.killed} kills and {did['stop database']} stops of the database")
    if run.n >= FULL:
        found += _of_a_full_run(run)
    if run.nemesis.trouble:
        found.append(f"the nemesis ended with {run.nemesis.trouble!r}")
    if run.lead.trouble:
        found.append(f"the team lead ended with {run.lead.trouble!r}")
    return found


def _fired_too_rarely(run) -> list[str]:
    """Each side for each service; in a full run each kind of the mix that was installed as well, whether it ever fired or not."""
    fired = Counter()
    for (service, kind, when, _), n in run.fired.items():
        fired[service, when] += n
        fired[service, kind, when] += n
    wanted = [(service, when) for service in weather.SERVICES for when in ("before", "after")]
    if run.n >= FULL:
        wanted += sorted(run.installed)
    rare = [f"{' '.join(key)} fired {fired[key]} times" for key in wanted if fired[key] < _least(key[0])]
    return rare if run.installed else ["no fault was installed", *rare]


def _least(service: str) -> int:
    return LEAST_OF_MAIL if service == weather.MAIL else LEAST_FIRED


def _of_a_full_run(run) -> list[str]:
    """However few blows were asked for: a full run has those of its size."""
    did, stoppable = run.nemesis.did, run.database == "postgres"
    least = {"kill worker": 1, "kill web": 1, "pause worker": 1, "hand over": 1, "stop database": stops_of(run.n) * stoppable}
    found = [f"{what}: {did[what]} times, and not {many}" for what, many in least.items() if did[what] < many]
    if run.nemesis.killed < kills_of(run.n):
        found.append(f"{run.nemesis.killed} kills, and not {kills_of(run.n)}")
    found += [
        f"no blow to a {what} found anything {state}"
        for what, states in FOUND.items()
        for state in states
        if not run.nemesis.states[what, state] and (what != "database" or stoppable)
    ]
    asked, done = stopped(run.history)
    if not 0 < done["escalation.undone"] < asked["undo"]:
        found.append(f"of {asked['undo']} undone {done['escalation.undone']} were in time: the race was not run")
    found += [f"no {action}" for action in STOPPED if not done[action]]
    found += [f"no {action} by a team lead" for action in BY_A_LEAD if not done[action]]
    if not called_off(run.history):
        found.append("nothing of what was refused or closed waited still")
    if not not_told(run.history):
        found.append("nobody of whom it was said that they are not to be told was still to be told")
    return found


def called_off(history) -> int:
    """How many deliveries were cancelled because somebody had said that it is not theirs, or closed it."""
    over = {row["id"] for row in history.tables["Escalation"] if row["follow_up"] in ANSWERS and not row["withdrawn_at"]}
    return sum(row["state"] == "cancelled" and row["escalation_id"] in over for row in history.tables["Delivery"])


def not_told(history) -> int:
    """How many deliveries were not sent because somebody had said since Send that their person is not to be told."""
    return len({one["delivery_id"] for one in history.tables["Attempt"] if held_back(one)})


def stopped(history) -> tuple[Counter, Counter]:
    """(how often each was asked for, how often each was done): Undo may come too late, the others too early."""
    asked = Counter(intent.then for intent in history.intents if intent.pressed)
    return asked, Counter(event["action"] for event in history.tables["AuditEvent"])

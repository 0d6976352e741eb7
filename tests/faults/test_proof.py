"""A run that did not meet every fault and every blow has proved nothing, and must say so."""

from collections import Counter
from types import SimpleNamespace

import pytest

from sandbox import fault_mix
from tests.faults import nemesis, proof, weather
from tests.faults.history import History, Intent
from tests.faults.lead import Lead
from tests.faults.nemesis import Nemesis
from tests.faults.run import Run, options, wanted

RULES = [rule for mix in weather.WEATHERS["mixed"] for rule in fault_mix.rules(mix(1))]
INSTALLED = weather.installed(RULES)
ALL_FIRED = {(*key, "write"): 1 if key[0] == "email" else 10 for key in INSTALLED}
UNDONE = {"action": "escalation.undone"}
STOPPED = [{"action": action} for action in proof.STOPPED]
BY_A_LEAD = [{"action": action} for action in proof.BY_A_LEAD]


def full_run(database="postgres", n=1000) -> Run:
    """Everything that a full run should meet, as often as it must."""
    run = wanted(options(["--n", str(n), "--db", database]))
    run.installed, run.fired = INSTALLED, dict(ALL_FIRED)
    run.nemesis = Nemesis(None, None, [], 1, kills=run.kills, stops=run.stops, gap=1.0)
    run.nemesis.did = Counter({"kill worker": 70, "kill web": 30, "pause worker": 1, "hand over": 1, "stop database": run.stops})
    run.nemesis.states = Counter({(what, state): 1 for what, states in proof.FOUND.items() for state in states})
    intents = [Intent(f"d{n}", "engineer", "", n, "", "", [], then="undo") for n in (1, 2)]
    refused = {"id": 7, "follow_up": "not_mine", "withdrawn_at": None}
    held_back = {"delivery_id": 1, "outcome": "stopped"}
    tables = {"Escalation": [refused], "Delivery": [{"escalation_id": 7, "state": "cancelled"}], "Attempt": [held_back]}
    run.history = History(intents, [], [], {**tables, "AuditEvent": [UNDONE, *STOPPED, *BY_A_LEAD]})
    run.lead = Lead(None, None, [], 1)
    return run


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_run_that_met_everything_proves_it(database):
    run = full_run(database)
    if database == "sqlite":  # which nobody can stop
        run.nemesis.states = Counter({key: n for key, n in run.nemesis.states.items() if key[0] != "database"})
    assert proof.not_proved(run) == []


def test_with_nothing_fired_every_kind_is_missing():
    run = full_run()
    run.fired = {}
    missing = proof.not_proved(run)
    assert {f"{' '.join(key)} fired 0 times" for key in INSTALLED} < set(missing)
    assert len(INSTALLED) > 50


def test_with_one_kind_only_the_others_are_missing():
    run = full_run()
    run.fired = {("slack", "hang", "after", "write"): 5000}
    missing = proof.not_proved(run)
    assert "slack hang after fired 5000 times" not in missing
    assert sum("fired 0 times" in words for words in missing) == len(INSTALLED) - 1 + 3  # and three of the four sides


@pytest.mark.parametrize("key", sorted(INSTALLED), ids=" ".join)
def test_each_kind_is_asked_for(key):
    run = full_run()
    run.fired[(*key, "write")] -= 1
    assert proof.not_proved(run) == [f"{' '.join(key)} fired {0 if key[0] == 'email' else 9} times"]


def test_without_a_fault_installed_nothing_is_proved():
    run = full_run()
    run.installed = set()
    assert proof.not_proved(run) == ["no fault was installed"]


def test_what_is_installed_is_every_kind_before_and_after_on_each_service():
    assert {service for service, _, _ in INSTALLED} == {*weather.SERVICES, weather.MAIL}
    of_mail = {(kind, when) for service, kind, when in INSTALLED if service == weather.MAIL}
    assert of_mail == {("451", "before"), ("drip", "after"), *((kind, when) for kind in ("reset", "hang") for when in ("before", "after"))}
    both = [{(kind, when) for service, kind, when in INSTALLED if service == one} for one in weather.SERVICES]
    assert {("hang", "before"), ("hang", "after"), ("429_huge", "before"), ("late", "after"), ("cut_page", "after")} < both[0]
    assert {kind for kind, _ in both[1] - both[0]} == {f"ok_false_{code}" for code in fault_mix.SLACK_CODES if code != "ratelimited"}


@pytest.mark.parametrize(("what", "state"), [(what, state) for what, states in proof.FOUND.items() for state in states])
def test_each_blow_in_each_state_is_asked_for(what, state):
    run = full_run()
    run.nemesis.states[what, state] = 0
    assert proof.not_proved(run) == [f"no blow to a {what} found anything {state}"]


@pytest.mark.parametrize("what", ["kill worker", "kill web", "pause worker", "hand over", "stop database"])
def test_each_sort_of_blow_is_asked_for(what):
    run = full_run()
    run.nemesis.did[what] = 0
    assert any(words.startswith(f"{what}: 0 times") for words in proof.not_proved(run))


def test_asking_for_fewer_blows_does_not_make_a_full_run():
    run = full_run()
    run.nemesis.kills, run.nemesis.stops = 70, 7
    run.nemesis.did["kill worker"], run.nemesis.did["stop database"] = 40, 7
    assert run.nemesis.done
    assert proof.not_proved(run) == ["stop database: 7 times, and not 8", "70 kills, and not 100"]


@pytest.mark.parametrize("undone", [[], [UNDONE, UNDONE]], ids=["none", "all"])
def test_undo_is_asked_for_as_a_race(undone):
    run = full_run()
    run.history.tables["AuditEvent"] = [*undone, *STOPPED, *BY_A_LEAD]
    assert proof.not_proved(run) == [f"of 2 undone {len(undone)} were in time: the race was not run"]


@pytest.mark.parametrize("event", [*STOPPED, *BY_A_LEAD], ids=lambda event: event["action"])
def test_what_stops_one_and_what_a_team_lead_does_is_asked_for(event):
    run = full_run()
    run.history.tables["AuditEvent"].remove(event)
    assert proof.not_proved(run) == [f"no {event['action']}{' by a team lead' * (event in BY_A_LEAD)}"]


@pytest.mark.parametrize(
    "values", [{"state": "delivered"}, {"follow_up": "acknowledged"}, {"withdrawn_at": "2026-11-24"}], ids=["arrived", "not refused", "withdrawn"]
)
def test_something_that_waited_still_when_it_was_refused_is_asked_for(values):
    run = full_run()
    for table in ("Escalation", "Delivery"):
        run.history.tables[table][0].update(values)
    assert proof.not_proved(run) == ["nothing of what was refused or closed waited still"]


@pytest.mark.parametrize("values", [{"outcome": "delivered"}, {"outcome": "permanent"}], ids=["sent", "of another cause"])
def test_somebody_who_was_not_told_any_more_is_asked_for(values):
    run = full_run()
    run.history.tables["Attempt"][0].update(values)
    assert proof.not_proved(run) == ["nobody of whom it was said that they are not to be told was still to be told"]


def test_a_short_run_is_asked_for_each_side_of_each_service_and_for_its_blows():
    run = full_run(n=60)
    run.fired = {(service, "hang", when, "read"): 10 for service in weather.SERVICES for when in ("before", "after")}
    assert proof.not_proved(run) == []
    run.fired["slack", "hang", "after", "read"] = 9
    assert proof.not_proved(run) == ["slack after fired 9 times"]
    run.nemesis.did["stop database"] = 0
    assert len(proof.not_proved(run)) == 2


def test_a_nemesis_that_stumbled_proves_nothing():
    run = full_run()
    run.nemesis.trouble = RuntimeError("away")
    assert proof.not_proved(run) == ["the nemesis ended with RuntimeError('away')"]


def test_a_team_lead_who_stumbled_proves_nothing():
    run = full_run()
    run.lead.trouble = RuntimeError("away")
    assert proof.not_proved(run) == ["the team lead ended with RuntimeError('away')"]


@pytest.mark.parametrize("seed", range(5))
def test_blows_and_aims_come_as_often_as_planned_whatever_the_seed(seed):
    one = Nemesis(None, None, [], seed, kills=100, stops=8, gap=1.0)
    assert Counter(one.drawn("blow", nemesis.BLOWS) for _ in nemesis.BLOWS) == Counter(nemesis.BLOWS)
    for what, aims in nemesis.AIMS.items():
        assert Counter(one.drawn(what, aims) for _ in aims) == Counter(aims)
        assert set(aims) - {""} <= set(proof.FOUND[what])


def test_a_process_that_was_dead_already_is_no_kill():
    process = SimpleNamespace(alive=False, kill=lambda: None, start=lambda: None, name="web-0")
    one = Nemesis(None, None, [], 1, kills=1, stops=0, gap=1.0)
    one._kill(process, "web", lambda: {"pending": 1})
    assert (one.killed, one.states["web", "pending"], one.done) == (0, 0, False)

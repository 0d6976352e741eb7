"""The log: every filter, right and wrong, and paging; nothing raises."""

from datetime import timedelta

import pytest

from escalations.rules.together import ALSO
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

ROWS = {
    "acme": {"customer_name": "Acme Corp", "contact_name": "Dana Reyes", "ticket_id": 1001, "state": "completed"},
    "borealis": {"customer_name": "Borealis Freight", "contact_name": "Joel Sandberg", "ticket_id": 1002, "state": "attention", "by": "teamlead", "follow_up": "overdue"},
    "harlow": {"customer_name": "Harlow Games", "role_key": "ao", "scenario_key": "pass-lead", "ticket_id": 1008, "days": 10},
}  # fmt: skip


@pytest.fixture
def rows(people, mapping):
    made = {}
    for name, given in ROWS.items():
        values = {key: value for key, value in given.items() if key not in ("by", "days")}
        at = NOON - timedelta(days=given.get("days", 0))
        made[name] = make_escalation(people[given.get("by", "engineer")], submitted_at=at, day=at.date(), **values)
    make_delivery(people["teamlead"], escalation=made["borealis"], state="closed_sent", settled_at=NOON)  # beside one in trouble
    return made


ALL = {"acme", "borealis", "harlow"}
FILTERS = [
    ({}, ALL), ({"q": "acme"}, {"acme"}), ({"q": "1002"}, {"borealis"}), ({"q": "#1002"}, {"borealis"}), ({"q": "dana"}, {"acme"}),
    ({"q": "Tom"}, {"borealis"}), ({"q": "nothing like it"}, set()), ({"person": "teamlead"}, {"borealis"}),
    ({"person": "Ana Lima"}, {"acme", "harlow"}), ({"person": "joel"}, {"borealis"}), ({"role": "ao"}, {"harlow"}),
    ({"scenario": "pass-lead"}, {"harlow"}), ({"customer": "games"}, {"harlow"}), ({"ticket": "1001"}, {"acme"}),
    ({"ticket": "#1001"}, {"acme"}), ({"state": "attention"}, {"borealis"}), ({"from": "2026-03-01"}, {"acme", "borealis"}),
    ({"to": "2026-02-28"}, {"harlow"}), ({"from": "2026-02-01", "to": "2026-02-28"}, {"harlow"}),
    ({"customer": "acme", "state": "attention"}, set()), ({"answer": "overdue"}, {"borealis"}), ({"answer": "closed"}, set()),
    ({"answer": "nothing like it"}, set()), ({"q": "https://portal-demo.zendesk.com/agent/tickets/1001?brand=2"}, {"acme"}),
    ({"q": "https://portal-demo-usgov.zendesk.com/agent/tickets/1001"}, set()), ({"q": "https://evil.example.com/agent/tickets/1001"}, set()),
]  # fmt: skip
BAD = [
    ({"ticket": "abc"}, "is no ticket number"), ({"ticket": "9" * 30}, "is no ticket number"), ({"ticket": "²"}, "is no ticket number"),
    ({"from": "yesterday"}, "is no date"), ({"to": "2026-02-30"}, "is no date"), ({"from": "2026-13-01"}, "is no date"),
    ({"from": "2026-03-02", "to": "2026-03-01"}, "The first day is after the last one"),
]  # fmt: skip
ODD = [
    {"state": "no-such-state"}, {"role": "x" * 500}, {"q": "\x00"}, {"person": "\x00"}, {"customer": "a\x00b"}, {"role": "\x00"}, {"q": "%"}, {"q": "_"}, {"before": "x"},
    {"before": "2026-03-02_x"}, {"before": "2026-03-02T12:00:00_1"}, {"before": "0001-01-01T00:00:00+00:00_1"}, {"before": "_"},
    {"before": "9999-12-31T23:59:59-23:59_999999999999999999999999"}, {"q": "ESC-"}, {"q": "ESC-99999999999999999"}, {"unknown": "x"},
    {"from": "0001-01-01", "to": "9999-12-31"}, {"q": "<script>alert(1)</script>"}, {"q": "' OR 1=1 --"}, {"q": "١٢٣"},
]  # fmt: skip


def found(seen, rows):
    return {name for name, row in rows.items() if f'href="{row.get_absolute_url()}"' in seen.html}


def address(query):
    from urllib.parse import urlencode

    return f"/history/?{urlencode(query)}"


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_a_filter_finds(visit, rows, query, expected):
    assert found(visit("auditor").open(address(query)), rows) == expected


def test_a_scenario_is_found_as_a_second_reason_by_its_whole_key(visit, people, mapping):
    also = {"alone": "training", "first": "training,upgrade-assistance", "last": "escalation-asked,training", "other": "training-more,no-training"}
    rows = {name: make_escalation(people["engineer"], answers={ALSO: keys}) for name, keys in also.items()}
    rows["none"] = make_escalation(people["engineer"], answers={"training": "training"})
    rows["itself"] = make_escalation(people["engineer"], scenario_key="training")
    seen = visit("auditor").open(address({"scenario": "training"}))
    assert found(seen, rows) == {"alone", "first", "last", "itself"}
    assert "; The customer's users need training" in seen.text
    assert found(seen.open(address({"scenario": "training", "also": "0"})), rows) == {"itself"}
    assert found(seen.open(address({"scenario": "train.*"})), rows) == set()


def test_by_its_reference(visit, rows):
    assert found(visit("auditor").open(address({"q": rows["harlow"].reference})), rows) == {"harlow"}


@pytest.mark.parametrize(("query", "says"), BAD, ids=[str(row[0]) for row in BAD])
def test_a_filter_that_cannot_be_read_is_named(visit, rows, query, says):
    seen = visit("auditor").open(address(query))
    assert seen.status == 200
    assert says in seen.text


@pytest.mark.parametrize("query", ODD, ids=[str(query)[:40] for query in ODD])
def test_odd_input_breaks_nothing_and_runs_nowhere(visit, rows, query):
    seen = visit("auditor").open(address(query))
    assert seen.status == 200
    assert "<script>alert" not in seen.html


def test_nothing_found_leads_back_to_everything(visit, rows):
    assert "Nothing matches these filters" in visit("auditor").open(address({"q": "zzz"})).text


def test_paging_shows_every_row_once_and_keeps_the_filter(visit, people, mapping):
    made = [make_escalation(people["engineer"], ticket_id=n, submitted_at=NOON - timedelta(minutes=n // 2)) for n in range(1, 66)]
    other = make_escalation(people["engineer"], ticket_id=900, state="attention")
    seen = visit("auditor").open(address({"state": "submitted"}))
    shown, pages = [], 1
    while True:
        shown += [row.pk for row in made if f'href="{row.get_absolute_url()}"' in seen.html]
        assert other.get_absolute_url() not in seen.html
        more = seen.response.context["found"].more
        if not more:
            break
        pages += 1
        seen.open(f"/history/{more}")
    assert pages == 3
    assert sorted(shown) == sorted(row.pk for row in made)
    assert len(shown) == len(set(shown))


def test_states_are_said_in_the_words_of_the_escalations_page(sign_in, rows):
    page = sign_in("auditor").get("/history/").content.decode()
    for said in ("sent", "needs attention", "waiting to be sent"):
        assert f">{said}</span>" in page
        assert f">{said}</option>" in page
    assert "completed</" not in page


def test_what_was_undone_waits_for_no_answer(rows, people, visit):
    undone = make_escalation(people["engineer"], state="cancelled", follow_up="awaiting_reply")
    asked = make_escalation(people["engineer"], state="completed", follow_up="awaiting_reply")
    text = visit().open("/history/?answer=awaiting_reply").text
    assert asked.reference in text and undone.reference not in text


def test_how_it_was_closed_and_what_was_said_at_any_time_are_found(people, visit):
    ana = people["engineer"]
    asked = {"state": "completed", "answer_on": NOON.date(), "overdue_at": NOON}
    rows = {what: make_escalation(ana, follow_up=what, **asked) for what in ("awaiting_reply", "not_mine", "closed")}
    for name, what, more in (("not_mine", "not_mine", {}), ("closed", "acknowledged", {}), ("closed", "closed", {"disposition": "handed_over"})):
        rows[name].follow_ups.create(what=what, said_by="Dana Reyes", recorded_by=ana, recorded_at=NOON, **more)
    rows["gone"] = make_escalation(ana, follow_up="awaiting_reply", withdrawn_at=NOON, withdrawn_by=ana, withdrawn_because="Twice", **asked)
    rows["aware"] = make_escalation(ana, state="completed")
    seen = visit("auditor")
    for answer, expected in {
        "handed_over": {"closed"}, "done": set(), "ever_acknowledged": {"closed"}, "ever_not_mine": {"not_mine"},
        "ever_answered": {"closed", "not_mine"}, "withdrawn": {"gone"}, "ever_overdue": set(), "none": set(),
    }.items():  # fmt: skip
        assert found(seen.open(address({"answer": answer})), rows) == expected, answer
    assert found(seen.open(address({"asks": "1"})), rows) == set(rows) - {"aware"}
    assert "closed: handed over" in seen.open("/history/").text


def test_withdrawn_after_it_was_sent_lists_only_what_was_sent(visit, people):
    withdrawn = {"withdrawn_at": NOON, "withdrawn_by": people["engineer"], "withdrawn_because": "Wrong account"}
    row = make_escalation(people["engineer"], state="not_sent", **withdrawn)
    sent = make_escalation(people["engineer"], state="completed", **withdrawn)
    text = visit().open(address({"answer": "withdrawn"})).text
    assert sent.reference in text and row.reference not in text

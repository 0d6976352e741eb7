"""The Zendesk note: internal, once, and only for people who are agents."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.gateways.base import Deadline, DeliveryError

numbers = itertools.count(100_000)
TEXT = st.text(st.sampled_from("a{}%<>& \n\u202e\u2028")) | st.text()


def refusal(call):
    with pytest.raises(DeliveryError) as caught:
        call()
    return caught.value


def test_a_note_is_internal_and_carries_the_key(sandbox, zendesk, soon):
    zendesk.ticket(1002, deadline=soon)
    with sandbox.counting() as counted:
        receipt = zendesk.note(ticket_id=1001, body="Please look.", key="k1", deadline=soon)
    assert counted == [2]  # read, write
    [note] = sandbox.effects()
    assert (note["kind"], note["public"], note["key"], note["text"]) == ("note", False, "k1", "Please look.")
    assert receipt.remote_id == f"main:1001:{note['audit_id']}" and receipt.at and receipt.detail == {}
    assert receipt.url == "https://portal-demo.zendesk.com/agent/tickets/1001"
    found = zendesk.find_note(ticket_id=1001, key="k1", deadline=soon)
    assert (found.remote_id, found.url, found.at) == (receipt.remote_id, receipt.url, receipt.at)
    assert zendesk.find_note(ticket_id=1001, key="k2", deadline=soon) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=TEXT)
def test_no_text_becomes_public_or_is_filled_in(sandbox, zendesk, body):
    seen = len(sandbox.effects())
    number = next(numbers)
    try:
        zendesk.note(ticket_id=number, body=body, key=f"k{number}", deadline=Deadline(5.0))
    except DeliveryError as error:
        assert error.outcome == "permanent" and not body.strip()  # Zendesk refuses an empty comment
        return
    [note] = sandbox.effects()[seen:]
    assert note["kind"] == "note" and note["public"] is False
    assert "{{" not in note["text"] and "{%" not in note["text"]


@pytest.mark.parametrize(
    ("follower", "added"),
    [
        ("dana.reyes@example.com", True),
        ("carlos.pinto@example.com", False),  # an end user
        ("nobody@elsewhere.example.com", False),
        ("noah.weiss@example.com", False),  # has left
    ],
)
def test_only_an_agent_becomes_follower_and_nobody_is_created(sandbox, zendesk, soon, follower, added):
    receipt = zendesk.note(ticket_id=1001, body="b", key="k", follower=follower, deadline=soon)
    assert receipt.detail == {"follower_added": added, "follower_was_there": False}
    assert [one["kind"] for one in sandbox.effects()] == (["note", "follower"] if added else ["note"])


def test_a_follower_by_id(sandbox, zendesk, soon):
    dana = zendesk.person("dana.reyes@example.com", deadline=soon)
    receipt = zendesk.note(ticket_id=1001, body="b", key="k", follower=dana["id"], deadline=soon)
    assert receipt.detail == {"follower_added": True, "follower_was_there": False}


def test_an_email_cc_is_checked_by_what_comes_back(sandbox, zendesk, usgov, soon):
    dana = zendesk.person("dana.reyes@example.com", deadline=soon)
    receipt = zendesk.note(ticket_id=1001, body="b", key="k", email_cc=dana["id"], deadline=soon)
    assert receipt.detail == {"email_cc_added": True}
    refused = refusal(lambda: usgov.note(ticket_id=7001, body="b", key="k", email_cc=dana["id"], deadline=soon))
    assert (refused.outcome, refused.code) == ("permanent", "cc_off")
    assert "email_cc" in [one["kind"] for one in sandbox.effects()] and len(sandbox.effects("note")) == 1


@pytest.mark.parametrize(("ticket_id", "code"), [(1019, "closed"), (1020, "http_404"), (999, "http_404")])
def test_what_cannot_be_updated_is_permanent(sandbox, zendesk, soon, ticket_id, code):
    refused = refusal(lambda: zendesk.note(ticket_id=ticket_id, body="b", key="k", deadline=soon))
    assert (refused.outcome, refused.code) == ("permanent", code) and sandbox.effects() == []


def test_a_ticket_changed_this_second_is_left_for_later(sandbox, zendesk, soon):
    sandbox.control("ticket", id=1001, touch=True)
    refused = refusal(lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon))
    assert (refused.outcome, refused.code) == ("not_sent", "just_changed")
    assert 0 < refused.retry_after <= 3 and sandbox.effects() == []


def rival(zendesk, monkeypatch, write):
    """Let `write` happen between our reading and our writing."""
    put = zendesk._door.put

    def late(*args):
        monkeypatch.undo()
        write()
        return put(*args)

    monkeypatch.setattr(zendesk._door, "put", late)


def test_a_conflict_with_ourselves_is_the_note_itself(sandbox, zendesk, soon, monkeypatch):
    rival(zendesk, monkeypatch, lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon))
    receipt = zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon)
    [note] = sandbox.effects("note")
    assert receipt.remote_id.endswith(str(note["audit_id"]))


def test_a_conflict_with_somebody_else_is_tried_again(sandbox, zendesk, soon, monkeypatch):
    rival(zendesk, monkeypatch, lambda: sandbox.control("ticket", id=1001, touch=True))
    refused = refusal(lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon))
    assert (refused.outcome, refused.code) == ("not_sent", "conflict") and sandbox.effects() == []


def test_a_conflict_that_cannot_be_looked_into_is_ambiguous(sandbox, zendesk, soon, monkeypatch):
    sandbox.fault("zendesk", "503", "GET /api/v2/tickets/1001/audits")
    rival(zendesk, monkeypatch, lambda: sandbox.control("ticket", id=1001, touch=True))
    assert refusal(lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon)).outcome == "ambiguous"


def test_an_update_applied_after_we_gave_up_does_not_add_a_second_note(sandbox, zendesk, soon):
    sandbox.fault("zendesk", "late", "PUT", seconds=0.3, times=1)
    lost = refusal(lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=Deadline(0.2)))
    assert lost.outcome == "ambiguous"
    zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon)  # in the meantime; the late one then conflicts
    assert sandbox.eventually(2, "note", seconds=0.3) == 1


def test_the_history_is_read_to_its_end(sandbox, zendesk, soon):
    receipt = zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon)
    sandbox.fault("zendesk", "partial_page", "GET /api/v2/tickets/1001/audits")
    assert zendesk.find_note(ticket_id=1001, key="k", deadline=soon).remote_id == receipt.remote_id
    assert zendesk.find_note(ticket_id=1001, key="other", deadline=soon) is None

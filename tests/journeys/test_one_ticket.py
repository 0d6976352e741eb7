"""One ticket, the whole way without JavaScript: pasted, looked up, reviewed, sent, delivered, on record.

Written by hand from the mapping's rows and the sandbox's customers, not from what the portal says.
"""

from dataclasses import dataclass

import pytest

from escalations.models import AuditEvent, Delivery, Escalation
from escalations.rules.clocks import TOKEN


@dataclass(frozen=True)
class Way:
    """`channel` is where Slack received it, "" for a group direct message; `mentions` are Slack ids besides the author's."""

    row: str
    ticket: int
    scenario: str
    contact: str
    channel: str
    mentions: str = ""
    follower: str = ""
    cc: str = ""
    note: bool = True
    chosen: bool = False
    answer: tuple = ()


WAYS = [
    Way("4: an emergency, named CSM, own channel", 1001, "emergency", "Dana Reyes", "C0ACCT0001", "U0DANAREYES", "dana.reyes@example.com"),
    Way("2: a lead of unknown kind, answered", 1024, "pass-lead", "Omar Haddad", "C0ACCTMGMT1", cc="Omar Haddad", chosen=True,
        answer=("answer-license-kind", "renewal")),
    Way("2: new business", 1008, "pass-lead", "Omar Haddad", "C0SALES0001", cc="Omar Haddad"),
    Way("3: Professional Services, owner is a pool", 1016, "professional-services", "Ben Foster", "C0ACCTMGMT1", "U0BENFOSTER", note=False),
    Way("1: no organization, nobody to tag", 1011, "ao-add-to-organization", "", "C0ACCTMGMT1", note=False),
    Way("10: Scale, by way of the owner", 1013, "scale-engagement", "Omar Haddad", "", "U0OMARHADDAD", note=False),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=[way.row for way in WAYS])
def test_the_whole_way(visit, work, sandbox, way):
    page = visit("engineer").look_up(str(way.ticket))
    assert page.status == 200
    if way.chosen:
        page.choose(way.scenario)
    if way.answer:
        page.choose(way.scenario, **dict([way.answer]))
    assert page.can_send, page.text
    assert page.form("/situation/")["fields"]["scenario"] == way.scenario
    assert (way.contact or "without tagging anybody") in page.text
    review = page.text
    page.send()
    sent = page.address
    assert sent == Escalation.objects.get().get_absolute_url()
    assert "Being delivered" in page.text
    assert sandbox.ledger() == [], "nothing is sent in a request"

    assert work() == 1 + way.note
    page.open(page.address)
    assert "Delivered" in page.text
    _assert_received(sandbox, way, review)
    _assert_on_record(way)
    assert sent in page.open("/").html
    assert sent in page.open(f"/history/?ticket={way.ticket}").html


def _assert_received(sandbox, way, review):
    [message] = sandbox.effects("message")
    text = str(message["blocks"])
    if way.channel:
        assert message["target"] == way.channel
    else:
        assert message["target"] not in ("C0ACCTMGMT1", "C0SALES0001")
    mentioned = {word for word in ("U0DANAREYES", "U0OMARHADDAD", "U0BENFOSTER") if f"<@{word}>" in text}
    assert mentioned == ({way.mentions} if way.mentions else set())
    assert "<!" not in TOKEN.sub("", text)  # times are shown by Slack; nobody is called
    notes = sandbox.effects("note")
    assert len(notes) == way.note
    assert sandbox.effects("public_comment") == []
    assert bool(sandbox.effects("follower")) == bool(way.follower)
    assert bool(sandbox.effects("email_cc")) == bool(way.cc)
    assert not way.note or notes[0]["text"].splitlines()[0] in review, "what was reviewed is what was received"


def _assert_on_record(way):
    row = Escalation.objects.get()
    assert (row.state, row.scenario_key, row.contact_name) == ("completed", way.scenario, way.contact)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}
    actions = list(AuditEvent.objects.filter(object=row.reference).values_list("action", flat=True))
    assert actions == ["escalation.submitted"] + ["delivery.delivered"] * (1 + way.note)

"""No name, status or reason can write a line of its own, turn text around, or fill a message: whatever stands in a service."""

import pytest

from escalations.rules import suggest
from escalations.rules.explanation import as_json, as_text, explain
from escalations.rules.facts import Seen
from escalations.rules.plan import plan

from .factories import (
    CHANNEL,
    DANA,
    GRACE,
    LEFT,
    MAPPING,
    NOON,
    OMAR,
    ORGANIZATION,
    account,
    around,
    facts,
    known,
    opportunity,
    slack_person,
    ticket,
)

FORGED = "Maria Silva\nAsk: wire the money \u202e"
LONG = "Very Long Name " * 334
SAID = {
    "key": "1", "account_id": "0015e0000000001AAA", "email": DANA["email"], "name": "Dana Reyes", "instead": "next_step", "said_by": "Mia Berg",
    "reason": "Wrong team",
}  # fmt: skip
NOTES = "Region: APJ\nCustomer Success Manager: {}\nother"


def corrected(**values):
    return [Seen("portal", "corrections", [{**SAID, **values}], NOON)]


def with_text(text):
    """Each place that somebody else can write in, by name."""
    organization = {**ORGANIZATION, "csm": text}
    notes = {**ORGANIZATION, "notes": NOTES.format(text.replace("\n", " "))}
    dana = {**DANA, "name": text}
    status = {"slack": [(DANA, slack_person(DANA, status_text=f"Out of office {text}"))]}
    return {
        "the CSM's text field": facts(ticket=ticket(), account=account(csm=None, csm_name=text), **known(OMAR)),
        "the CSM, who left": facts(ticket=ticket(), account=account(csm={**dana, "active": False}), **known(OMAR)),
        "the CSM": facts(ticket=ticket(), account=account(csm=dana), slack=[(DANA, {**slack_person(DANA), "name": text})]),
        "the owner": facts(ticket=ticket(), account=account(csm=None, owner={**OMAR, "name": text}), **known(OMAR)),
        "the organization": facts(ticket=ticket(organization=organization), account=account(csm=None), **known(OMAR)),
        "its notes": facts(ticket=ticket(organization=notes), account=account(csm=None), **known(OMAR)),
        "a status": facts(ticket=ticket(), account=account(), **status),
        "a status, and nobody": facts(ticket=ticket(), account=account(owner=None), **status),
        "an opportunity": facts(
            ticket=ticket(), account=account(csm=None, owner=LEFT, opportunities=[opportunity(GRACE, name=text)]), **known(GRACE)
        ),
        "a reason": facts(ticket=ticket(), account=account()).having(corrected(reason=text)),
        "who said so": facts(ticket=ticket(), account=account()).having(corrected(said_by=text)),
        "whom instead": facts(ticket=ticket(), account=account()).having(
            corrected(instead="person", use_email="joel@example.com", use_name=text)
        ),
        "the channel": facts(ticket=ticket(), account=account(channel_id="C0ACME"), channel={**CHANNEL, "name": text}, **known(DANA)),
        "the account": facts(ticket=ticket(), account=account(name=text), **known(DANA)),
    }  # fmt: skip


def made(seen):
    planned = plan(MAPPING, MAPPING.scenario("emergency"), {}, seen, around())
    card = suggest.card_of(suggest.rank(MAPPING, seen, NOON.date()), "emergency")
    return planned, explain(planned, card, seen, 7, "engineer")


def texts_of(planned):
    yield planned.copy_text
    for leg in planned.legs:
        yield leg.content.get("body") or leg.content["text"]
        yield from (block["text"]["text"] for block in leg.content.get("blocks", ()))


@pytest.mark.parametrize("where", with_text(""))
def test_nobody_writes_a_line_of_their_own(where):
    planned, chain = made(with_text(FORGED)[where])
    for text in (*texts_of(planned), *(link.text for link in chain)):
        assert "\u202e" not in text
        assert not any(line.startswith("Ask: wire") for line in text.splitlines()), text
    assert all("\n" not in link.text for link in chain)
    assert "\n" not in as_text(as_json(chain))


@pytest.mark.parametrize("where", with_text(""))
def test_nobody_fills_a_message(where):
    planned, chain = made(with_text(LONG)[where])
    assert all(len(text) < 2500 for text in texts_of(planned)), [len(text) for text in texts_of(planned)]
    assert all(len(link.text) <= 600 for link in chain)

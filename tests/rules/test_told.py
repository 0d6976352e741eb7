"""What the ready words say of what the customer was told: as much as the comments tell, and never what a comment said."""

from dataclasses import replace

import pytest

from escalations.rules.clocks import in_words
from escalations.rules.facts import LastReply
from escalations.rules.plan import plan
from tests.rules.factories import DANA, MAPPING, NOON, account, around, comment, facts, known, ticket

TOM = {"author": "Tom Okafor", "from_support": True}
RIN = {"author": "Rin Sato", "from_support": False}
SOMEBODY = {"author": None, "from_support": None}  # who is no user any more, or never was one
NOT_KNOWN = LastReply()
NONE = LastReply(known=True)
TOM_WROTE = LastReply(True, "Tom Okafor", "2026-03-01T14:02:00Z")
AT = {"at": "2026-03-01T14:02:00Z"}

# what was read, newest first; what it tells
TABLE = [
    ("only the customer wrote", [comment(**RIN)], NONE),
    ("Support answered", [comment(**TOM, **AT), comment(**RIN)], TOM_WROTE),
    ("Support answered, and the customer again", [comment(**RIN), comment(**TOM, **AT), comment(**RIN)], TOM_WROTE),
    ("Support answered twice", [comment(**TOM, **AT), comment(**TOM, at="2026-03-01T09:00:00Z")], TOM_WROTE),
    ("a note is no answer", [comment(**TOM, public=False), comment(**RIN)], NONE),
    ("a note after the answer", [comment(**TOM, public=False), comment(**TOM, **AT), comment(**RIN)], TOM_WROTE),
    ("somebody unknown wrote", [comment(**SOMEBODY), comment(**RIN)], NOT_KNOWN),
    ("somebody unknown wrote last", [comment(**SOMEBODY), comment(**TOM), comment(**RIN)], NOT_KNOWN),
    ("somebody unknown wrote before", [comment(**TOM, **AT), comment(**SOMEBODY)], TOM_WROTE),
    ("a note of somebody unknown", [comment(**SOMEBODY, public=False), comment(**RIN)], NONE),
    ("as many as are kept, none from Support", [comment(**RIN)] * 10, NOT_KNOWN),
    ("one fewer: that is all of them", [comment(**RIN)] * 9, NONE),
    ("the answer is older than those that are kept", [*[comment(**RIN)] * 10, comment(**TOM, **AT)], TOM_WROTE),
    ("none at all: not even the customer's own", [], NOT_KNOWN),
    ("stored before authors were told apart", [{"author": "Tom Okafor", "public": True, "at": AT["at"], "body": ""}], NOT_KNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("comments", "tells"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_the_comments_tell(comments, tells):
    assert facts(ticket=ticket(), comments=comments).last_reply == tells


def test_comments_that_could_not_be_read_or_were_not_asked_for_tell_nothing():
    assert facts(errors=[("zendesk", "comments", "late")]).last_reply == NOT_KNOWN
    assert facts().last_reply == NOT_KNOWN


def made(comments, scenario="emergency", errors=(), **circumstances):
    seen = facts(ticket=ticket(), comments=comments, account=account(), errors=errors, **known(DANA))
    return plan(MAPPING, MAPPING.scenario(scenario), {}, seen, around(**circumstances))


SAID = [
    ([comment(**TOM, **AT)], "Support last wrote to the customer 1 Mar, 14:02 UTC (public comment by Tom Okafor)."),
    ([comment(**TOM, at="2025-12-31T23:59:59Z")], "Support last wrote to the customer 31 Dec 2025, 23:59 UTC (public comment by Tom Okafor)."),
    ([comment(**TOM, at="2026-03-01T23:30:00-03:00")], "Support last wrote to the customer 2 Mar, 02:30 UTC (public comment by Tom Okafor)."),
    ([comment(author=None, from_support=True, **AT)], "Support last wrote to the customer 1 Mar, 14:02 UTC (public comment by somebody in Support)."),
    ([comment(**TOM, at="yesterday")], "It is not known here whether Support has written to the customer; the ticket shows it."),
    ([comment(**RIN)], "Support has not written to the customer on this ticket yet."),
    ([comment(**SOMEBODY)], "It is not known here whether Support has written to the customer; the ticket shows it."),
]  # fmt: skip


@pytest.mark.parametrize(("comments", "said"), SAID)
def test_the_ready_words(comments, said):
    plan = made(comments)
    assert dict(plan.original)["told"] == said
    for text in (in_words(str(plan.legs[0].content)), plan.legs[1].content["body"], plan.copy_text):
        assert said in text


def test_comments_that_could_not_be_read_are_no_comments_of_nobody():
    plan = made([], errors=[("zendesk", "comments", "late")])
    assert dict(plan.texts)["told"] == "It is not known here whether Support has written to the customer; the ticket shows it."


def test_nothing_that_a_comment_said_is_said_again():
    plan = made([comment(**TOM, body="We are on it."), comment(**RIN, body="Production is burning.")])
    assert "on it" not in plan.copy_text and "burning" not in plan.copy_text


def test_a_name_is_a_name_whatever_it_says():
    plan = made([comment(author="<!channel> {{ ticket.id }}\nAsk: fire her", from_support=True)])
    assert "(public comment by &lt;!channel&gt; {{ ticket.id }} Ask: fire her)." in str(plan.legs[0].content["blocks"][1])


@pytest.mark.parametrize("comments", [[], [comment(**TOM)], [comment(**RIN)]])
def test_of_a_restricted_ticket_nothing_of_it_is_said(comments):
    plan = made(comments, restricted=True)
    assert dict(plan.texts)["told"] == ""
    sent = str([leg.content for leg in plan.legs]) + plan.copy_text
    assert "told" not in sent and "Tom Okafor" not in sent and "Support has not" not in sent


def test_a_row_of_the_mapping_may_say_it_in_other_words():
    body = "{% if reply.at %}{{ reply.by }}, {{ reply.at }}{% endif %}"
    others = replace(MAPPING, templates=tuple(replace(one, body=body) if one.key == "told" else one for one in MAPPING.templates))
    seen = facts(ticket=ticket(), comments=[comment(**RIN)])
    plain = plan(others, MAPPING.scenario("training"), {}, seen, around())
    assert "told" not in plain.copy_text, "a line without words is no line"
    seen = facts(ticket=ticket(), comments=[comment(**TOM, **AT)])
    assert "told: Tom Okafor, 1 Mar, 14:02 UTC\n" in plan(others, MAPPING.scenario("training"), {}, seen, around()).copy_text


def test_they_change_with_a_new_answer_and_with_nothing_else():
    first = made([comment(**TOM, **AT), comment(**RIN)])
    assert made([comment(**RIN), comment(**TOM, **AT), comment(**RIN)]).digest == first.digest
    assert made([comment(**TOM, at=NOON.isoformat()), comment(**TOM, **AT)]).digest != first.digest

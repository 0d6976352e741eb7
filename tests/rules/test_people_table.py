"""The truth table of people_table.py: each row's person, place, explanation and message, from facts to finished legs."""

from datetime import timedelta

import pytest

from escalations.rules.facts import Facts, Seen
from escalations.rules.names import customer_of
from escalations.rules.plan import plan
from tests.rules.factories import (
    ANA,
    CHANNEL,
    DANA,
    GRACE,
    LEFT,
    MAPPING,
    NOON,
    OMAR,
    ORGANIZATION,
    POOL,
    SCALE,
    account,
    around,
    opportunity,
    slack_person,
    ticket,
    zendesk_person,
)
from tests.rules.people_table import AO, CSM

JOEL = {"id": "005JOEL", "name": "Joel Sandberg", "email": "joel.sandberg@example.com", "active": True}
PEOPLE = {
    "dana": DANA, "omar": OMAR, "grace": GRACE, "joel": JOEL, "left": LEFT, "pool": POOL, "scale": SCALE, "-": None,
    "like": {"id": "005LIKE", "name": "Enterprise Sales Team", "email": "enterprise@example.com", "active": True},
    "nomail": {"id": "005NOMAIL", "name": "Nora Mailless", "email": None, "active": True},
}  # fmt: skip
IN_SLACK = (DANA, OMAR, GRACE, JOEL)
TEXTS = {"dana": "Dana Reyes", "scale": "CSM Scale"}
SOURCES = {
    "csm": "salesforce_csm", "org": "organization_csm", "notes": "organization_notes", "ao": "salesforce_owner",
    "opp": "latest_opportunity", "cor": "correction",
}  # fmt: skip
AS = {"csm": "CSM", "ao": "Account Owner", "opp": "owner of the latest opportunity", "old": "owner of an earlier opportunity", "cor": "named for this customer", "-": ""}
PLACES = {"own": "account_channel", "group": "group_message", "row": "channel"}
# A reason is a part of the sentence that the explanation says.
REASONS = {
    "empty": "the field is empty", "none": "no opportunity", "scale": "placeholder", "left": "has left", "pool": "is a pool user",
    "like": "looks like", "nomail": "no e-mail address", "hidden": "may not read", "name": "only a name", "nobodys": "only a name, and nobody in Slack has it",
    "ones": "only a name, which one person in Slack has", "twos": "only a name, which 2 people in Slack have",
    "unasked": "could not be looked up: Slack took too long", "away": "is away",
    "off": "is deactivated in Slack", "dnd": "notifications are paused", "down": "took too long", "unlinked": "not linked", "noorg": "belongs to no organization",
    "refused": "is not to be told", "covered": "is stood in for by", "nobody": "nobody is to be told", "circle": "in a circle",
}  # fmt: skip
UNREAD = ("hidden", "down", "unlinked", "noorg")  # after which it is not known that there is nobody
PAUSES = {
    "dnd": [(NOON - timedelta(hours=1)).isoformat(), (NOON + timedelta(days=10)).isoformat()],
    "nap": [(NOON - timedelta(hours=1)).isoformat(), (NOON + timedelta(hours=62)).isoformat()],
}
SHUT = {"archived": {"archived": True}, "nobot": {"bot_is_member": False}, "shared": {"external": True}}


def rows(table: str) -> list[str]:
    return [" ".join(line.split()) for line in table.splitlines() if line.strip()]


def read(row: str) -> tuple[dict[str, str], list[str], list[str]]:
    """The facts that are not ordinary, (who, as what, where), and the reasons."""
    given, told, because = (part.strip() for part in row.split("|"))
    return dict(word.split("=", 1) for word in given.split()), told.split(), because.split()


def facts_of(given: dict[str, str]) -> Facts:
    organization = {
        **ORGANIZATION, "csm": TEXTS.get(given.get("org"), ""),
        "notes": f"Customer Success Manager: {TEXTS[given['notes']]}" if "notes" in given else "",
    }  # fmt: skip
    sf = given.get("sf")
    if sf == "unlinked":
        organization["salesforce_id"] = None
    items = [Seen("zendesk", "ticket", ticket(priority="urgent", organization=None if sf == "noorg" else organization), NOON)]
    if sf == "late":
        items.append(Seen("salesforce", "account", None, NOON, "late"))
    elif not sf:
        items += _account(given)
    items += [seen for person in IN_SLACK for seen in _handles(person, given)]
    items += _named(given, Facts.of(items))
    paused = {slack_person(PEOPLE[name])["id"]: PAUSES[what] for what in PAUSES for name in given.get(what, "").split("+") if name}
    items.append(Seen("slack", "pauses", paused, NOON))
    if "cor" in given:
        corrections = [_correction(n, text) for n, text in enumerate(given["cor"].split("+"))]
        items.append(Seen("portal", "corrections", corrections, NOON))
    return Facts.of(items)


def _account(given):
    csm = given.get("csm", "dana")
    values = {"owner": PEOPLE[given.get("owner", "omar")], "csm": PEOPLE.get(csm), "channel_id": CHANNEL["id"]}
    if csm == "hidden":
        values["unreadable"] = ["csm"]
    if csm == "text":
        values["csm_name"] = "Dana Reyes"
    names = [name for name in given.get("opp", "").split("+") if name]
    values["opportunities"] = [
        opportunity(PEOPLE[name], id=f"006{n}", created_at=f"2026-01-{20 - n:02}") for n, name in enumerate(names)
    ]
    ch = given.get("ch", "own")
    if ch == "-":
        values["channel_id"] = None
    yield Seen("salesforce", "account", account(**values), NOON)
    if ch == "late":
        yield Seen("slack", f"channel:{CHANNEL['id']}", None, NOON, "late")
    elif ch != "-":
        yield Seen("slack", f"channel:{CHANNEL['id']}", {**CHANNEL, **SHUT.get(ch, {})}, NOON)


def _handles(person, given):
    def is_one_of(what):
        return any(PEOPLE[name] is person for name in given.get(what, "").split("+") if name)

    away = {"status_text": "Out of office"} if is_one_of("away") else {}
    there = None if is_one_of("unknown") else slack_person(person, active=not is_one_of("off"), **away)
    key = f"person:{person['email']}"
    yield Seen("slack", key, None, NOON, "late") if is_one_of("deaf") else Seen("slack", key, there, NOON)
    yield Seen("zendesk", key, zendesk_person(person, role="end-user" if is_one_of("guest") else "agent"), NOON)


def _named(given, facts):
    if "named" in given:
        late, names = given["named"] == "late", [name for name in given["named"].split("+") if name not in ("-", "late")]
        people = [{**slack_person(PEOPLE[name]), "email": PEOPLE[name]["email"], "title": "CSM"} for name in names]
        yield Seen("slack", "name:dana reyes", None if late else people, NOON, "late" if late else "")
    if "said" in given:
        person = PEOPLE[given["said"]]
        choice = {"name": person["name"], "email": person["email"], "written": "Dana Reyes", "among": 1, "by": "Ana Lima", "of": customer_of(facts)}
        yield Seen("portal", "person_choice:dana reyes", choice, NOON)


def _correction(n: int, text: str) -> dict:
    text, _, when = text.partition("!")
    where, _, rest = text.partition(":")
    whom, _, instead = rest.partition(">")
    where, _, role = where.partition("/")
    person = PEOPLE.get(instead)
    return {
        "key": f"c{n}",
        "account_id": {"acct": ORGANIZATION["salesforce_id"], "other": "0015e0000000002AAA", "any": ""}[where],
        "role": role,
        "email": PEOPLE[whom]["email"] if whom else "",
        "name": PEOPLE[whom]["name"] if whom else "",
        "instead": "person" if person else {"next": "next_step"}.get(instead, instead),
        "use_email": person["email"] if person else "",
        "use_name": person["name"] if person else "",
        "valid_from": "2026-04-01" if when == "later" else "2026-01-01",
        "valid_until": "2026-02-01" if when == "past" else "",
        "reason": "They said so",
        "said_by": "Dana Reyes",
    }


def check(row: str, scenario: str) -> None:
    given, (who, as_what, where), because = read(row)
    facts = facts_of(given)
    planned = plan(MAPPING, MAPPING.scenario(scenario), {}, facts, around(author=ANA))
    name, quiet = who.rstrip("?"), who.endswith("?") or who == "-"
    person = PEOPLE[name]
    # person
    stood_in = [step.found for step in planned.contact.trace if "is stood in for by" in step.why]
    part = f"in place of {stood_in[0]}" if as_what == "cor" and stood_in else AS[as_what]
    assert bool(stood_in) == any(reason.endswith(":covered") for reason in because)
    assert (planned.contact.name, planned.contact.as_what) == (person["name"] if person else "", part)
    assert planned.timeless.contact.person == planned.contact.person, "what is compared is about the same person"
    # explanation
    refused = [step for step in planned.contact.trace if step.outcome in ("refused", "unavailable", "empty")]
    said = [step for step in refused if step.source not in ("organization_csm", "organization_notes") or step.outcome == "refused"]
    said = [step for step in said if step.outcome != "unavailable" or step.source.startswith(("salesforce", "latest"))]
    wanted = [reason.split(":") for reason in because]
    assert [step.source for step in said] == [SOURCES[step] for step, _ in wanted], [step.why for step in said]
    for step, (_, reason) in zip(said, wanted, strict=True):
        assert REASONS[reason] in step.why
    # place
    slack = next(leg for leg in planned.legs if leg.system == "slack")
    assert slack.place.kind == PLACES[where], slack.place.passed_over
    # message
    mention = "" if quiet else f"<@{slack_person(person)['id']}>"
    assert slack.content["text"].startswith(mention) and slack.content["text"].count("<@") == bool(mention)
    withheld = any(reason == "nobody" for _, reason in wanted)
    unread = not person and any(reason in UNREAD for _, reason in wanted)
    to = f"{person['name']}, {part}" if person else "Nobody by name" if withheld else "The " if unread else "No "
    assert f"*For:* {to}" in slack.content["blocks"][1]["text"]["text"]
    for note in (leg for leg in planned.legs if leg.system == "zendesk"):
        follows = person and PEOPLE.get(given.get("guest")) is not person
        assert note.content["follower"] == (person["email"] if follows else None)


@pytest.mark.parametrize("row", rows(CSM), ids=str)
def test_who_where_why_and_with_which_words_for_the_csm(row):
    check(row, "emergency")


@pytest.mark.parametrize("row", rows(AO), ids=str)
def test_who_where_why_and_with_which_words_for_the_account_owner(row):
    check(row, "professional-services")


def test_there_are_two_hundred_of_them():
    assert len(rows(CSM + AO)) >= 200

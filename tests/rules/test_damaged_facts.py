"""Whatever a service leaves out, or puts where it does not belong: there is a plan, or the problem is said; nothing is raised.

Of the shapes of facts only what the gateways make themselves is taken for granted: the ticket's instance and number, the account's id.
"""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.rules import suggest
from escalations.rules.contacts import people_to_look_up
from escalations.rules.explanation import explain
from escalations.rules.plan import plan, shown
from escalations.rules.sources import csm_state

from .factories import (
    CHANNEL,
    DANA,
    GRACE,
    MAPPING,
    NOON,
    OMAR,
    ORGANIZATION,
    account,
    around,
    comment,
    facts,
    known,
    opportunity,
    ticket,
)

LONG = "Wolfeschlegelsteinhausenbergerdorff " * 6
ODD = st.sampled_from([None, "", " ", LONG, "\u202eevoba\u202c", "مرحبا بالعالم", "{{ 7|add:7 }}", "<!channel>", "99999-01-01T00:00:00Z", "x" * 5000])
GIVEN = {("instance",), ("id",)}  # of the ticket; the account's id as well
SCENARIOS = st.sampled_from([row.key for row in MAPPING.scenarios])


def whole():
    organization = {**ORGANIZATION, "notes": "Customer Success Manager: Dana Reyes", "account_owner": "Omar Haddad", "csm": "Dana Reyes"}
    made = {
        "ticket": ticket(priority="urgent", tags=["renewal"], organization=organization, domain="acme.example"),
        "comments": [comment(body="Please escalate"), comment(from_support=True)],
        "account": account(channel_id="C0ACME", csm_name="Dana Reyes", opportunities=[opportunity(GRACE), opportunity(OMAR, id="006B")]),
        "channel": CHANNEL,
    }
    return copy.deepcopy(made)


def paths(value, here=()):
    """Every place in the JSON that can be damaged."""
    if isinstance(value, dict):
        for key, one in value.items():
            if here + (key,) not in {("ticket", "instance"), ("ticket", "id"), ("account", "id"), ("channel", "id")}:
                yield here + (key,)
            yield from paths(one, here + (key,))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from paths(one, here + (place,))


PATHS = [path for path in paths(whole()) if len(path) > 1]


def damaged(data, path, how, odd):
    at = data
    for step in path[:-1]:
        if not isinstance(at, dict | list) or isinstance(at, list) and step >= len(at):
            return
        at = at[step] if isinstance(at, list) else at.get(step)
    if not isinstance(at, dict) or path[-1] not in at:
        return
    if how == "missing":
        del at[path[-1]]
    elif isinstance(at[path[-1]], dict | list):
        at[path[-1]] = None
    elif isinstance(at[path[-1]], str | None):
        at[path[-1]] = odd


def all_of_it(data, scenario):
    seen = facts(**data, **known(DANA, OMAR, GRACE, {"name": "Ana Lima", "email": "ana.lima@example.com"}))
    suggest.rank(MAPPING, seen, NOON.date())
    csm_state(MAPPING, seen)
    people_to_look_up(MAPPING, seen)
    made = plan(MAPPING, MAPPING.scenario(scenario), {}, seen, around())
    explain(made, None, seen, 1, "engineer")
    shown(made)
    return made


@settings(max_examples=400, deadline=None, derandomize=True)
@given(scenario=SCENARIOS, damages=st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(["missing", "odd"]), ODD), min_size=1, max_size=6))
def test_nothing_is_raised_and_something_is_said(scenario, damages):
    data = whole()
    for path, how, odd in damages:
        damaged(data, path, how, odd)
    made = all_of_it(data, scenario)
    assert made.legs or made.problems or made.stop
    for leg in made.legs:
        if leg.system == "slack":
            assert len(leg.content["blocks"]) <= 50
            assert all(len(block["text"]["text"]) <= 3000 for block in leg.content["blocks"])
            assert "<!channel>" not in str(leg.content)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("how", ["missing", "null"])
def test_each_field_alone_may_be_missing_or_null(path, how):
    data = whole()
    damaged(data, path, "missing" if how == "missing" else "odd", None)
    assert all_of_it(data, "emergency").legs


def test_fifty_opportunities_are_looked_through_and_the_newest_counts():
    many = [opportunity(GRACE if n == 49 else OMAR, id=f"006{n:03}", created_at=f"2026-01-{n % 28 + 1:02}") for n in range(49)]
    newest = opportunity(GRACE, id="006NEW", created_at="2026-02-27")
    data = {**whole(), "account": account(owner=None, csm=None, csm_name=None, opportunities=[*many, newest])}
    data["ticket"]["organization"] = ORGANIZATION
    assert all_of_it(data, "emergency").contact.name == "Grace Molina"

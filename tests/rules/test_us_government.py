"""Of a US Government ticket nothing leaves but the row's fixed sentences, links and colleagues' names: whatever the facts hold.

Every text that a customer, a system or a person could have written holds a mark; the mark must be in nothing that is sent or copied.
"""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.rules.cc_by_hand import CC_BY_HAND
from escalations.rules.facts import Facts, Seen
from escalations.rules.names import customer_of
from escalations.rules.places import Thread
from escalations.rules.plan import plan
from escalations.rules.together import ALSO, JOINING, JOINS

from .factories import (
    ANA,
    CHANNEL,
    DANA,
    GRACE,
    LEFT,
    MAPPING,
    NOON,
    OMAR,
    POOL,
    SCALE,
    around,
    slack_person,
    zendesk_person,
)

MARK = "Qzx9"
PEOPLE = (DANA, OMAR, GRACE, LEFT, POOL, SCALE, None)
ROWS = [scenario.key for scenario in MAPPING.scenarios]
ACCOUNT, URL = "0015e0000000001AAA", "https://portal-demo.my.salesforce.com/0015e0000000001AAA"
free = st.builds(lambda a, b: f"{a}{MARK}{b}", *[st.text("ab <>@*_`{%}|&\n\u202e", max_size=6)] * 2)
maybe = st.one_of(st.none(), st.just(""), free)
person = st.sampled_from(PEOPLE)
organizations = st.fixed_dictionaries(
    {"id": st.just("9"), "name": maybe, "salesforce_id": st.just(ACCOUNT), "external_id": st.none(), "notes": st.one_of(
        maybe, free.map(lambda text: f"Customer Success Manager: {text}")), "region": maybe, "account_owner": maybe, "csm": maybe}
)  # fmt: skip
tickets = st.fixed_dictionaries({
    "instance": st.just("usgov"), "id": st.just(5001), "subject": maybe, "priority": st.sampled_from(["urgent", "high", "low", None]),
    "state": st.sampled_from(["new", "open", "solved"]), "form": st.sampled_from(["SaaS", "License and Renewals", None]),
    "tags": st.lists(free, max_size=2), "created_at": st.sampled_from(["2026-03-02T10:00:00Z", None]), "updated_at": st.none(),
    "requester": maybe, "domain": maybe, "end_users": st.integers(0, 3), "followers": st.just([]),
    "url": st.just("https://portal-demo-usgov.zendesk.com/agent/tickets/5001"), "organization": st.one_of(st.none(), organizations),
})  # fmt: skip
opportunities = st.fixed_dictionaries(
    {"id": st.just("006A"), "name": maybe, "created_at": st.just("2026-01-05"), "close_on": st.just("2026-06-30"), "stage": maybe, "owner": person}
)
accounts = st.fixed_dictionaries({
    "id": st.just(ACCOUNT), "name": maybe, "type": maybe, "region": maybe, "url": st.just(URL), "channel_id": st.sampled_from([None, "C0ACME"]),
    "owner": person, "csm": person, "csm_name": maybe, "unreadable": st.sampled_from([[], ["csm"], ["csm_name"]]),
    "opportunities": st.lists(opportunities, max_size=2),
})  # fmt: skip
comments = st.lists(st.fixed_dictionaries({
    "author": free, "public": st.booleans(), "from_support": st.sampled_from([True, False, None]), "at": st.just("2026-03-02T11:00:00Z"),
    "body": free,
}), max_size=2)  # fmt: skip
corrections = st.lists(st.builds(
    lambda reason, by, who, instead, use: {
        "key": "c", "account_id": ACCOUNT, "role": "", "email": who["email"] if who else "", "name": who["name"] if who else "",
        "instead": instead, "use_email": use["email"] if instead == "person" else "", "use_name": use["name"] if instead == "person" else "",
        "valid_from": "2026-01-01", "valid_until": "", "reason": reason, "said_by": by,
    }, free, free, st.sampled_from([DANA, OMAR, None]), st.sampled_from(["person", "next_step", "nobody"]), st.sampled_from([GRACE, OMAR]),
), max_size=2)  # fmt: skip


@st.composite
def all_facts(draw):
    items = [Seen("zendesk", "ticket", draw(tickets), NOON), Seen("zendesk", "comments", draw(comments), NOON)]
    if draw(st.booleans()):
        items.append(Seen("salesforce", "account", draw(accounts), NOON))
    items.append(Seen("portal", "corrections", draw(corrections), NOON))
    for one in (DANA, OMAR, GRACE):
        away = draw(st.sampled_from(["", f"On leave {MARK}"]))
        items.append(Seen("slack", f"person:{one['email']}", draw(st.sampled_from([None, slack_person(one, status_text=away)])), NOON))
        agent = zendesk_person(one, role=draw(st.sampled_from(["agent", "end-user"])), may_follow=draw(st.sampled_from([True, False, None])))
        items.append(Seen("zendesk", f"person:{one['email']}", draw(st.sampled_from([None, agent])), NOON))
    items.append(Seen("slack", f"channel:{CHANNEL['id']}", {**CHANNEL, "name": draw(free), "bot_is_member": draw(st.booleans())}, NOON))
    text = draw(free)
    choice = {"name": "Dana Reyes", "email": DANA["email"], "written": text, "among": 1, "by": "Ana Lima", "of": customer_of(Facts.of(items))}
    items.append(Seen("portal", "person_choice:dana reyes", choice, NOON))
    return Facts.of(items)


@st.composite
def all_answers(draw, scenario):
    answers = {question.key: draw(st.sampled_from([choice.key for choice in question.choices])) for question in scenario.questions}
    return {
        **answers, JOINING: draw(st.sampled_from(["", *JOINS])), ALSO: draw(st.sampled_from(["", *ROWS])),
        CC_BY_HAND: f"{scenario.key} {draw(st.sampled_from([DANA, OMAR, GRACE]))['email']} {draw(free)}",
    }  # fmt: skip


@st.composite
def planned(draw):
    scenario = MAPPING.scenario(draw(st.sampled_from(ROWS)))
    thread = draw(st.sampled_from([None, Thread("C0ACCTMGMT1", "1.2", "#general", "channel")]))
    edits = tuple((part, draw(free)) for part in (f"{scenario.key}.situation", f"{scenario.key}.ask", "told", "previous"))
    circumstances = around(author=ANA, restricted=True, thread=thread, edits=edits)
    return plan(MAPPING, scenario, draw(all_answers(scenario)), draw(all_facts()), circumstances)


@settings(max_examples=150, deadline=None)
@given(planned())
def test_nothing_that_somebody_wrote_leaves(made):
    sent = [json.dumps(leg.content, ensure_ascii=False) for leg in made.legs] + [made.copy_text]
    assert MARK not in "".join(sent)


@settings(max_examples=150, deadline=None)
@given(planned())
def test_nobody_is_ever_in_cc_and_the_note_is_there_instead(made):
    for leg in made.legs:
        if leg.system == "zendesk":
            assert leg.content["email_cc"] is None and leg.visibility == "internal" and leg.cc in ("", "follower")
            assert leg.content["body"].strip() and not leg.may_cc and not leg.cc_because
    assert CC_BY_HAND not in made.answers


@settings(max_examples=100, deadline=None)
@given(planned())
def test_what_leaves_names_the_ticket_by_its_links(made):
    for leg in made.legs:
        if leg.system == "slack":
            assert "portal-demo-usgov.zendesk.com/agent/tickets/5001" in json.dumps(leg.content)

"""What an import does to the mapping, and what it must leave alone."""

from dataclasses import replace

import pytest

from escalations.handbook.changes import apply, compare
from escalations.handbook.parse import parse
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.mapping import FallbackStep, LegRule, Mapping, Scenario

from .conftest import DAY

OURS = ("title", "situation", "ask", "choose_when", "choose_when_not", "examples", "signals", "questions", "keeper")
KEYS = [row.key for row in DEFAULT_MAPPING.scenarios]


def imported(text: str, over: Mapping = DEFAULT_MAPPING) -> Mapping:
    return apply(over, parse(text), on=DAY)


def again(text: str, mapping: Mapping):
    return compare(mapping, parse(text), on=DAY)


def changed(mapping: Mapping, key: str, **fields) -> Mapping:
    rows = tuple(replace(row, **fields) if row.key == key else row for row in mapping.scenarios)
    return replace(mapping, scenarios=rows)


def lines_of(outcome) -> str:
    return "\n".join([*outcome.changes.lines(), *outcome.notes])


def test_an_import_over_the_default_mapping_is_wording_only(text):
    outcome = again(text, DEFAULT_MAPPING)
    assert outcome.changes.summary().startswith("10 rows matched: none added, none removed; wording of 10 changed")
    assert outcome.changes.wording_only
    assert [match.scenario for match in outcome.matches] == KEYS
    assert all(match.how and match.sure for match in outcome.matches)
    assert outcome.notes == ()


def test_a_second_import_changes_nothing(text):
    outcome = again(text, imported(text))
    assert outcome.changes.summary() == "no changes"
    assert {match.how for match in outcome.matches} == {"same words as at the last import"}


def test_our_own_words_stay_and_the_cells_are_kept_as_they_stand(text):
    mapping = imported(text)
    for ours in DEFAULT_MAPPING.scenarios:
        row = mapping.scenario(ours.key)
        assert [getattr(row, name) for name in OURS] == [getattr(ours, name) for name in OURS]
        assert row.legs == ours.legs
        assert row.page_scenario
    assert mapping.scenario("expectations-mismatch").page_channel == "Zendesk: cc @CSM Slack: @mention CSM"
    assert [role.intro for role in mapping.roles] == [role.intro for role in DEFAULT_MAPPING.roles]


def test_the_real_page_adds_no_link(real):
    mapping = imported(real)
    assert [row.links for row in mapping.scenarios] == [row.links for row in DEFAULT_MAPPING.scenarios]
    assert [role.links for role in mapping.roles] == [role.links for role in DEFAULT_MAPPING.roles]


def test_site_relative_links_get_the_base(sample):
    mapping = apply(DEFAULT_MAPPING, parse(sample), on=DAY, base="https://docs.example.com/")
    assert "https://docs.example.com/handbook/support/leads#hand-over" in [
        link.url for link in mapping.scenario("pass-lead").links
    ]


def test_a_link_that_leaves_the_page_leaves_the_row_and_ours_stays(sample):
    mapping = imported(sample)
    ours = DEFAULT_MAPPING.scenario("pass-lead").links
    assert len(mapping.scenario("pass-lead").links) == 2
    text = sample.replace("[Hand a lead over to Sales](/handbook/support/leads#hand-over)", "Hand a lead over to Sales")
    assert imported(text, mapping).scenario("pass-lead").links == ours


def test_a_link_that_is_not_https_is_left_out_and_said(sample):
    outcome = again(sample.replace("https://services.example.com/", "http://services.example.com/"), DEFAULT_MAPPING)
    assert any("http://services.example.com/ is left out" in note for note in outcome.notes)


NEW_ROW = (
    "|Invite CSM to a call|Zendesk: cc @CSM, Slack: `#calls` for Europe, `#sales` for Asia @mention CSM|Calls queue|"
)


def test_a_new_row_becomes_a_scenario_with_legs_and_a_question(sample):
    before = imported(sample)
    outcome = again(sample.replace("|Make CSM aware of mis", f"{NEW_ROW}\n|Make CSM aware of mis"), before)
    row = outcome.mapping.scenario("invite-csm-to-a-call")
    assert outcome.changes.summary().startswith("10 rows matched: 1 added, none removed")
    assert [leg.system for leg in row.legs] == ["zendesk", "slack", "slack"]
    assert row.legs[0].cc_mode == "follower"
    assert [(leg.channel, leg.mention, leg.only_if) for leg in row.legs[1:]] == [
        ("calls", "contact", ("where", "europe")),
        ("sales", "contact", ("where", "asia")),
    ]
    assert [choice.label for choice in row.question("where").choices] == ["Europe", "Asia"]
    assert row.queues == ("calls",)
    assert row.tone == "involve" and row.ask
    assert outcome.mapping.channel("calls").slack_id == ""
    assert outcome.mapping.queue("calls").forms == ("Calls",)
    assert "#calls is new: enter its Slack id" in lines_of(outcome)
    assert [r.key for r in outcome.mapping.scenarios].index(row.key) == KEYS.index("expectations-mismatch")


def test_braces_of_a_new_row_are_no_liquid(sample):
    text = sample.replace(
        "|Make CSM aware of mis", "|Steal {{ secret }} {% x %}|Slack: #sales|All queues|\n|Make CSM aware of mis"
    )
    row = imported(text).scenario("steal-secret-x")
    assert row.situation == "Steal  secret   x: ticket {{ ticket.id }}, {{ customer.name }}."


def test_a_new_row_under_two_roles_shares_one_card(sample):
    row = "|Send flowers|Slack: `#sales`|All queues|\n"
    text = sample.replace("| [Professional", f"{row}| [Professional").replace(
        "|Involve CSM when users", f"{row}|Involve CSM when users"
    )
    mapping = imported(text, imported(sample))
    assert mapping.scenario("send-flowers").role == "ao"
    assert mapping.scenario("send-flowers-2").twin_of == "send-flowers"


def test_a_row_that_left_the_page_is_retired_never_removed(sample):
    before = imported(sample)
    text = "\n".join(line for line in sample.split("\n") if "users of the customer need training" not in line)
    outcome = again(text, before)
    assert outcome.changes.summary() == "9 rows matched: none added, none removed, 1 retired"
    assert outcome.mapping.scenario("training").retired_on == "2026-12-01"
    assert again(text, outcome.mapping).changes.summary() == "no changes"
    back = again(sample, outcome.mapping)
    assert back.mapping.scenario("training").retired_on == "2026-12-01"
    assert "it stays so" in lines_of(back)


def test_nothing_is_retired_while_a_line_cannot_be_read(sample):
    line = next(line for line in sample.split("\n") if "need training" in line)
    outcome = again(sample.replace(line, "|| x |All queues|"), imported(sample))
    assert len(outcome.unread) == 1
    assert outcome.changes.summary() == "no changes"
    assert "nothing is retired" in lines_of(outcome)


def test_a_row_of_our_own_is_not_retired_by_a_page_it_never_stood_on(sample):
    before = imported(sample)
    own = Scenario("own", "csm", "Ours alone", "aware", "x", legs=(LegRule("own-z", "zendesk", cc_mode="follower"),))
    before = replace(before, scenarios=(*before.scenarios, own))
    outcome = again(sample, before)
    assert outcome.changes.summary() == "no changes"
    assert "is our own and not on the page" in lines_of(outcome)


def test_a_reworded_row_is_matched_and_says_how(sample):
    before = imported(sample)
    outcome = again(
        sample.replace("when users of the customer need training", "if training is needed by their users"), before
    )
    match = next(one for one in outcome.matches if one.scenario == "training")
    assert "alike" in match.how
    assert outcome.changes.summary() == "10 rows matched: none added, none removed; wording of 1 changed"


def test_another_row_in_the_place_of_one_is_not_taken_for_it(sample):
    text = sample.replace("Involve CSM when users of the customer need training", "Involve CSM before a roadmap call")
    outcome = again(text, imported(sample))
    assert outcome.changes.summary().startswith("9 rows matched: 1 added, none removed, 1 retired")


@pytest.mark.parametrize(
    ("old", "new", "key", "legs"),
    [
        (
            "`#account-management` @mention AO ", "`#services` @mention AO", "professional-services",
            [("professional-services-slack", "contact", "services", None)],
        ),
        (
            "`#account-management` @mention AO ", "`#account-management`", "professional-services",
            [("professional-services-slack", "none", "account-management", None)],
        ),
        (
            "Zendesk: cc @AM, Slack: `#sales` for new business, `#account-management` for renewals", "Slack: `#sales`",
            "pass-lead", [("pass-lead-slack-new", "none", "sales", None)],
        ),
        (
            "`#account-management` for renewals", "`#renewals` for renewals", "pass-lead",
            [
                ("pass-lead-zendesk", "none", "", None),
                ("pass-lead-slack-new", "none", "sales", ("license-kind", "new_business")),
                ("pass-lead-slack-renewal", "none", "renewals", ("license-kind", "renewal")),
            ],
        ),
    ],
)  # fmt: skip
def test_a_changed_channel_cell_changes_the_legs_and_is_more_than_wording(sample, old, new, key, legs):
    outcome = again(sample.replace(old, new), imported(sample))
    found = outcome.mapping.scenario(key).legs
    assert [(leg.key, leg.mention, leg.channel, leg.only_if) for leg in found] == legs
    assert not outcome.changes.wording_only
    assert "more than the wording of 1 changed" in outcome.changes.summary()


def test_a_channel_cell_written_otherwise_changes_wording_only(sample):
    outcome = again(sample.replace("cc @CSM Slack:", "cc @CSM, Slack:"), imported(sample))
    assert outcome.changes.wording_only
    assert outcome.changes.summary() == "10 rows matched: none added, none removed; wording of 1 changed"


def test_our_own_legs_stay_while_the_page_says_the_same(sample):
    before = imported(sample)
    legs = tuple(
        replace(leg, places=("thread", "channel")) for leg in before.scenario("training").legs if leg.system == "slack"
    )
    before = changed(before, "training", legs=legs)
    assert again(sample, before).changes.summary() == "no changes"


def test_a_changed_queue_is_more_than_wording(sample):
    outcome = again(sample.replace("Ticket Workflow: Self Managed", "Ticket Workflow: All queues"), imported(sample))
    assert outcome.mapping.scenario("upgrade-assistance").queues == ("all",)
    assert not outcome.changes.wording_only


def renamed(text: str) -> str:
    text = text.replace("Role: Customer Success Manager (CSM)", "Role: Relationship Partner (RP)")
    for before in ("cc @", "mention ", "aware ", "Involve ", "Make "):
        text = text.replace(f"{before}CSM", f"{before}RP")
    return text


@pytest.mark.parametrize("before", [DEFAULT_MAPPING, None], ids=["never imported", "imported"])
def test_a_role_renamed_everywhere_is_a_rename(text, before):
    outcome = again(renamed(text), before or imported(text))
    role = outcome.mapping.role("csm")
    assert (role.name, role.short) == ("Relationship Partner", "RP")
    assert role.former_names == ("Technical Account Manager", "TAM", "Customer Success Manager", "CSM")
    assert outcome.changes.summary().startswith("10 rows matched: none added, none removed; wording of")
    assert len(outcome.mapping.roles) == 3
    assert "is now Relationship Partner (RP)" in lines_of(outcome)
    assert "still have the old name" in lines_of(outcome)
    assert again(renamed(text), outcome.mapping).changes.summary() == "no changes"


def test_a_mapping_of_the_old_name_learns_the_new_one(text):
    old = imported(text)
    csm = replace(old.role("csm"), name="Technical Account Manager", short="TAM", former_names=())
    rows = tuple(
        replace(
            row,
            page_scenario=row.page_scenario.replace("CSM", "TAM"),
            page_channel=row.page_channel.replace("CSM", "TAM"),
        )
        for row in old.scenarios
    )
    roles = tuple(csm if role.key == "csm" else role for role in old.roles)
    aliases = tuple(alias for alias in old.aliases if alias.kind != "role")
    outcome = again(text, replace(old, roles=roles, scenarios=rows, aliases=aliases))
    role = outcome.mapping.role("csm")
    assert (role.name, role.short) == ("Customer Success Manager", "CSM")
    assert role.former_names == ("Technical Account Manager", "TAM")
    assert not outcome.changes.of_kind("added") and not outcome.changes.of_kind("retired")


def test_an_older_page_does_not_bring_the_old_name_back(text):
    text = text.replace("Role: Customer Success Manager (CSM)", "Role: Technical Account Manager (TAM)")
    outcome = again(text, DEFAULT_MAPPING)
    assert outcome.mapping.role("csm").name == "Customer Success Manager"
    assert "Our name stays" in lines_of(outcome)


def test_a_new_role_gets_the_step_that_tags_nobody(sample):
    text = (
        sample
        + "\n### Role: Solutions Architect (SA)\n\nDraws.\n\n|Scenario|Channel|Relevancy|\n|--|--|--|\n|Plan|Slack: #sales @mention SA|All queues|\n"
    )
    outcome = again(text, imported(sample))
    role = outcome.mapping.role("sa")
    assert (role.intro, role.steps) == ("Draws.", (FallbackStep("sa-nobody", "nobody"),))
    assert outcome.mapping.scenario("plan").role == "sa"
    assert "The role Solutions Architect is new" in lines_of(outcome)


def test_a_row_that_moved_to_another_role_is_matched_and_shown(sample):
    line = next(line for line in sample.split("\n") if "need training" in line)
    moved = sample.replace(f"{line}\n", "").replace("| [Professional", f"{line}\n| [Professional")
    outcome = again(moved, imported(sample))
    match = next(one for one in outcome.matches if one.scenario == "training")
    assert not match.sure and "moved" in match.how
    assert outcome.mapping.scenario("training").role == "ao"
    assert "names CSM; the portal contacts the role of the row: Account Owner" in lines_of(outcome)


def test_a_renamed_scale_section_with_another_placeholder(sample):
    text = sample.replace("Scale Customer Success Engineer (CSE) engagement", "Success On-Demand").replace(
        "CSM Scale", "CSM Digital"
    )
    text = text.replace("- How their peers work", "- Another example")
    before = changed(imported(sample), "scale-engagement", examples=("ours", "How their peers work"))
    outcome = again(text, before)
    row = outcome.mapping.scenario("scale-engagement")
    assert row.page_scenario == "Success On-Demand"
    assert row.examples == ("ours", "Another example")
    assert outcome.mapping.alias("placeholder", "CSM Digital")
    assert outcome.changes.summary().startswith("10 rows matched: none added, none removed")


def test_an_empty_mapping_takes_everything_from_the_page(text):
    outcome = again(text, Mapping())
    assert [role.key for role in outcome.mapping.roles] == ["ao", "csm", "cse"]
    assert len(outcome.mapping.scenarios) == 10
    assert again(text, outcome.mapping).changes.summary() == "no changes"

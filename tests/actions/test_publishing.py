"""Publishing: the working copy frozen into the next version; refused with reasons; replaced row by row, by key."""

from dataclasses import replace

import pytest

from escalations.actions import publishing, setting_up
from escalations.actions.publishing import CannotPublish
from escalations.models import AuditEvent, Channel, LegRule, MappingVersion, Queue, Role, Scenario, Template
from escalations.models.active import active, version
from escalations.models.working_copy import working_copy
from escalations.rules import mapping as rules
from escalations.rules.default_mapping import DEFAULT_MAPPING
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")


def publish(people, message="Another title", by="publisher"):
    return publishing.publish(by=people[by], message=message, now=NOON)


def retitle(key="emergency", title="An emergency"):
    Scenario.objects.filter(key=key).update(title=title)


def test_the_working_copy_of_the_default_mapping_is_that_value():
    assert working_copy() == DEFAULT_MAPPING
    assert active().mapping == DEFAULT_MAPPING


def test_publishing_puts_the_working_copy_in_force_at_once(people):
    retitle()
    assert active().mapping.scenario("emergency").title != "An emergency"
    made = publish(people)
    assert (made.number, made.published_by, made.message, made.published_at) == (2, "publisher", "Another title", NOON)
    assert active().number == 2
    assert active().mapping.scenario("emergency").title == "An emergency"
    assert version(1) == DEFAULT_MAPPING


def test_publishing_is_on_record_with_the_hash_of_the_content(people):
    retitle()
    made = publish(people)
    event = AuditEvent.objects.filter(action="mapping.published").last()
    assert (event.object, event.actor, event.payload) == ("v2", "publisher", {"content_hash": made.content_hash})
    assert made.content_hash == rules.content_hash(working_copy())


def test_a_failing_audit_publishes_nothing(people, settings):
    retitle()
    settings.AUDIT_KEY = None
    with pytest.raises(AttributeError):
        publish(people)
    assert MappingVersion.objects.count() == 1


def break_template():
    Template.objects.filter(key="to").update(body="{{ customer.salary }}")


def break_situation():
    Scenario.objects.filter(key="emergency").update(situation="{% if %}")


REFUSED = [
    ("nothing changed", lambda: None, "Message", "Nothing has changed"),
    ("no message", retitle, "", "Say in a sentence what changes"),
    ("only spaces", retitle, "  \n", "Say in a sentence what changes"),
    ("a row sends nothing", lambda: LegRule.objects.filter(scenario__key="training").delete(), "m", "sends nothing"),
    ("a shared part is missing", lambda: Template.objects.filter(key="to").delete(), "m", "part “to” is missing"),
    ("a shared part cannot be used", break_template, "m", "cannot be used"),
    ("a row's text cannot be used", break_situation, "m", "cannot be used"),
    ("an ask names no day", lambda: Scenario.objects.filter(key="training").update(ask="Please call."), "m", "need training”, ask: It names no day"),
    ("nothing is left of a text", lambda: Template.objects.filter(key="previous").update(body="{{ earlier }}"), "m", "part “previous”: With some tickets nothing"),
    ("a role without steps", lambda: Role.objects.get(key="csm").steps.all().delete(), "m", "without fallback steps"),
    ("a channel without its id", lambda: Channel.objects.update(slack_id=""), "m", "without a Slack id"),
]


@pytest.mark.parametrize(
    ("change", "message", "because"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_with_a_reason_when(people, change, message, because):
    change()
    with pytest.raises(CannotPublish, match=because):
        publish(people, message)
    assert active().number == 1


def test_a_calendar_is_published_and_put_back_with_its_holidays(people):
    before = working_copy()
    holidays = replace(before.calendars[0], zones=("Europe/*",), holidays=("2026-12-25 Christmas Day",), act_now="Ask Tom.")
    publishing.replace_working_copy(replace(before, calendars=(holidays, *before.calendars[1:])), by=people["editor"], now=NOON)
    publish(people)
    assert active().mapping.calendars == (holidays,)
    publishing.replace_working_copy(version(1), by=people["editor"], now=NOON)
    assert working_copy() == DEFAULT_MAPPING


def test_all_reasons_are_named_at_once(people):
    Template.objects.filter(key="to").delete()
    with pytest.raises(CannotPublish) as refused:
        publish(people, "")
    assert len(refused.value.reasons) == 2


def test_what_is_retired_needs_no_legs(people):
    LegRule.objects.filter(scenario__key="training").delete()
    Scenario.objects.filter(key="training").update(retired_on=NOON.date(), instead="Send the link.")
    assert publish(people).number == 2


def other_mapping():
    """A mapping that differs from the default one everywhere that rows can differ."""
    first, *others = DEFAULT_MAPPING.scenarios
    pass_lead = next(row for row in others if row.key == "pass-lead")
    return replace(
        DEFAULT_MAPPING,
        scenarios=(
            *(row for row in others if row.key not in ("csm-add-to-organization", "training")),
            replace(first, title="Somebody without an organization", regions=("AMER",), valid_from="2026-04-01", retired_on="2027-01-01"),
            replace(pass_lead, key="pass-reseller", links=(rules.Link("Resellers", "https://example.com/r"),),
                    legs=tuple(replace(leg, key=leg.key.replace("lead", "reseller")) for leg in pass_lead.legs)),
        ),
        channels=(*DEFAULT_MAPPING.channels, rules.Channel("resellers", "resellers", "C0RESELL", ("partners",), "Partners")),
        queues=DEFAULT_MAPPING.queues[::-1],
        aliases=DEFAULT_MAPPING.aliases[3:],
        prose=DEFAULT_MAPPING.prose[:1],
        links=(),
    )  # fmt: skip


@pytest.mark.parametrize("value", [DEFAULT_MAPPING, other_mapping()], ids=["the default", "another"])
def test_the_working_copy_comes_back_equal_to_the_value_it_was_made_from(people, value):
    publishing.replace_working_copy(value, by=people["editor"], now=NOON)
    assert working_copy() == value
    assert rules.from_dict(rules.to_dict(value)) == value


def test_replacing_keeps_the_identity_of_rows_by_key(people):
    before = {
        model: dict(model.objects.values_list("key", "pk")) for model in (Scenario, Role, Channel, Queue, Template)
    }
    publishing.replace_working_copy(other_mapping(), by=people["editor"], now=NOON)
    for model, pks in before.items():
        after = dict(model.objects.values_list("key", "pk"))
        assert {key: after[key] for key in after.keys() & pks.keys()} == {
            key: pks[key] for key in after.keys() & pks.keys()
        }


def test_replacing_is_one_event_of_the_editor_and_publishes_nothing(people):
    publishing.replace_working_copy(other_mapping(), by=people["editor"], now=NOON)
    event = AuditEvent.objects.get(action="mapping.working_copy_replaced")
    assert (event.actor, event.payload) == ("editor", {"content_hash": rules.content_hash(other_mapping())})
    assert active().number == 1


def test_an_earlier_version_can_be_restored_and_published(people):
    publishing.replace_working_copy(other_mapping(), by=people["editor"], now=NOON)
    publish(people)
    publishing.replace_working_copy(version(1), by=people["editor"], now=NOON)
    made = publish(people, "Back to the first")
    assert (made.number, active().mapping) == (3, DEFAULT_MAPPING)
    assert made.content_hash == MappingVersion.objects.get(number=1).content_hash


def test_the_first_start_publishes_once():
    assert setting_up.publish_default_mapping(now=NOON) == 1
    assert MappingVersion.objects.count() == 1

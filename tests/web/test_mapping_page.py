"""The mapping as people read it: the table, its filters, and its files."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from escalations.actions.publishing import publish
from escalations.models import Channel, Escalation, FallbackStep, MappingVersion, Role, Scenario
from escalations.reading import matrix
from escalations.rules import examples
from escalations.rules import mapping as rules
from escalations.rules.contacts import find_contact
from tests.conftest import NOON

TITLES = [
    "Add a customer to an organization", "Pass a lead to Sales", "Professional Services engagement request",
    "Make the CSM aware of an emergency or a high-priority ticket", "The customer asked for an escalation",
    "Upgrade assistance without an internal issue", "The customer's users need training",
    "Make the CSM aware of mismatched expectations", "Add a customer to an organization",
    "Suggest a Scale CSE engagement to the Account Owner",
]  # fmt: skip


@pytest.fixture
def look(sign_in, mapping):
    """The mapping page as an engineer gets it, with GET parameters."""
    client = sign_in("engineer")
    return lambda **get: client.get("/mapping/", get)


@pytest.fixture
def republish(people):
    def again():
        publish(by=people["publisher"], message="again", now=timezone.now())

    return again


def rows(answer, name="rows") -> dict:
    return {row.scenario.key: row for row in answer.context[name]}


def words_of(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2])).split())


def sent(people, scenario="emergency", **more) -> None:
    values = {
        "author": people["engineer"], "instance": "main", "ticket_id": 1, "role_key": "csm", "role_name": "CSM",
        "scenario_key": scenario, "scenario_title": "x", "mapping_version": MappingVersion.objects.first(),
        "submitted_at": timezone.now(), "day": timezone.now().date(), "facts": {}, **more,
    }  # fmt: skip
    Escalation.objects.create(**values)


def test_all_rows_in_the_editors_order(look):
    assert [row.scenario.title for row in look().context["rows"]] == TITLES


def test_a_row_says_where_and_to_whom(look):
    found = rows(look())
    assert found["pass-lead"].zendesk == ("cc AO, the customer sees it",)
    assert found["scale-engagement"].slack == (
        "thread › account channel › group message › #account-management; mentions AO",
    )
    assert found["pass-lead"].slack == ("New business: #sales", "Renewal: #account-management")
    assert found["emergency"].slack == ("thread › account channel › group message › #account-management; mentions CSM",)
    assert found["ao-add-to-organization"].zendesk == ()
    assert found["upgrade-assistance"].queues == ("Self-Managed",)
    assert found["scale-engagement"].limits == ("only for accounts served by Scale",)


@pytest.mark.parametrize(
    "chosen, keys",
    [
        ({"role": "cse"}, ["scale-engagement"]),
        ({"queue": "license-renewals"}, ["pass-lead"]),
        ({"channel": "sales"}, ["pass-lead"]),
        ({"role": "csm", "queue": "self-managed"}, ["upgrade-assistance"]),
        ({"role": "ao", "queue": "self-managed"}, []),
        ({"role": "unheard-of"}, []),
    ],
)
def test_filters(chosen, keys, look):
    assert list(rows(look(**chosen))) == keys


def test_rows_nobody_checked_for_180_days_are_marked(sign_in, mapping):
    with time_machine.travel("2026-12-01", tick=False):
        answer = sign_in("engineer").get("/mapping/")
    found = rows(answer)
    assert (found["upgrade-assistance"].verified_days, found["upgrade-assistance"].stale) == (182, True)
    assert (found["pass-lead"].verified_days, found["pass-lead"].stale) == (20, False)
    assert answer.content.decode().count("check it") == 1


def test_whoever_the_steps_give_is_whom_a_row_mentions(look, republish):
    """In the words of the message itself; steps that give a name only, or nobody, mention nobody."""
    steps = FallbackStep.objects.filter(role__key="csm")
    assert rows(look())["emergency"].whom == ("CSM", "AO", "owner of the latest opportunity")
    steps.exclude(source="latest_opportunity").update(source="organization_notes")
    republish()
    found = rows(look())["emergency"]
    assert found.slack[0].endswith("; mentions owner of the latest opportunity")
    assert found.zendesk == ("owner of the latest opportunity follows",)
    steps.update(source="nobody")
    republish()
    found = rows(look())["emergency"]
    assert (found.slack[0].partition(";")[1], found.zendesk) == ("", ("internal note",))


def test_a_renamed_role_is_mentioned_by_its_new_name(look, republish):
    Role.objects.filter(key="ao").update(short="AE", name="Account Executive", former_names=["Account Owner", "AO"])
    republish()
    assert rows(look())["scale-engagement"].slack[0].endswith("mentions AE")


@pytest.mark.parametrize("source", matrix.PERSON_WORDS)
def test_the_words_for_a_person_are_those_of_the_message(source):
    facts = examples.facts_for(rules.Mapping(), rules.Scenario("x", "r", "x", "aware", "x"), NOON)
    role = rules.Role("r", "R", "R", steps=(rules.FallbackStep("s", source),))
    assert find_contact(rules.Mapping(roles=(role,)), role, facts, NOON.date()).as_what == matrix.PERSON_WORDS[source]


def test_use_counts_90_days_without_what_was_cancelled(look, people):
    sent(people)
    sent(people, state="cancelled")
    sent(people, day=timezone.now().date() - timedelta(days=90))
    sent(people, scenario="training")
    answer = look()
    assert [rows(answer)[key].used for key in ("emergency", "training", "pass-lead")] == [1, 1, 0]
    assert "samples" not in answer.content.decode()


def test_samples_count_as_they_do_in_the_reports_and_the_page_says_so(look, people, client):
    sent(people)
    sent(people, sample=True)
    sent(people, sample=True, scenario="training")
    answer = look()
    assert [rows(answer)[key].used for key in ("emergency", "training")] == [2, 1]
    assert "in 3 escalations, 2 of them samples" in words_of(answer)
    assert client.get("/reports/").context["report"].sum.total == 3


def test_each_number_of_use_opens_as_many_escalations(look, people, client):
    sent(people)
    sent(people, sample=True)
    sent(people, day=timezone.now().date() - timedelta(days=90))
    links = re.findall(r'<a href="(/history/[^"]+)"[^>]*>(\d+)</a>', look().content.decode())
    assert [number for _, number in links] == ["2"]
    assert len(client.get(unescape(links[0][0])).context["found"].rows) == 2


def test_who_sees_no_customers_gets_no_links_to_them(people, mapping, client):
    sent(people)
    people["owner"].groups.set(Group.objects.filter(name="reader"))
    client.force_login(people["owner"])
    assert "/history/" not in client.get("/mapping/").content.decode()


def test_retired_rows_stand_apart_with_what_to_do_instead(look, republish):
    Scenario.objects.filter(key="training").update(retired_on=NOON.date(), instead="Point to the academy")
    republish()
    answer = look()
    assert "training" not in rows(answer)
    assert list(rows(answer, "past")) == ["training"]
    assert "Point to the academy" in answer.content.decode()


@pytest.fixture
def dated(mapping, republish):
    """Published at noon, in force on other days: one row ends in APJ, one starts on the day after, one is retired later."""
    Scenario.objects.filter(key="training").update(valid_until="2026-11-30", regions=["APJ", "EMEA"], instead="Academy")
    Scenario.objects.filter(key="emergency").update(valid_from="2026-12-01")
    Scenario.objects.filter(key="pass-lead").update(retired_on="2026-12-15")
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False) as moved:
        republish()
        yield moved


@pytest.mark.parametrize(
    ("on", "shown", "later", "past"),
    [
        ("", {"training", "pass-lead"}, {"emergency"}, set()),
        ("2026-11-30", {"training", "pass-lead"}, {"emergency"}, set()),
        ("2026-12-01", {"emergency", "pass-lead"}, set(), {"training"}),
        ("2026-12-15", {"emergency"}, set(), {"training", "pass-lead"}),
    ],
)
def test_the_rows_as_on_a_day(dated, look, on, shown, later, past):
    answer, moving = look(on=on), {"training", "emergency", "pass-lead"}
    assert rows(answer).keys() & moving == shown
    assert rows(answer, "later").keys() == later
    assert rows(answer, "past").keys() == past


def test_a_day_in_the_past_shows_what_was_published_then(dated, look):
    answer = look(on="2026-11-19")
    assert answer.context["shown"].number == 1
    assert rows(answer)["training"].limits == ()
    assert "As on 19 November 2026" in words_of(answer)
    assert look(on="2026-11-20").context["shown"].number == 2


def test_before_the_first_version_there_was_nothing(dated, look):
    answer = look(on="2026-03-01")
    assert (answer.status_code, answer.context["rows"]) == (200, [])
    assert "nothing was published" in words_of(answer)


@pytest.mark.parametrize(
    ("on", "said"), [("soon", "“soon” is not a day"), ("2026-02-30", "is not a day"), ("9999-12-31", "too far away")]
)
def test_a_day_that_cannot_be_read_is_named_and_the_page_stands(look, on, said):
    answer = look(on=on)
    assert answer.status_code == 422
    assert said in words_of(answer) and rows(answer)


@pytest.mark.parametrize(("region", "there"), [("APJ", True), ("apj", True), ("AMER", False), ("", True)])
def test_the_rows_of_a_region(dated, look, region, there):
    found = rows(look(region=region))
    assert ("training" in found) is there
    assert "customer-asked" in found  # a row without regions holds everywhere


def test_the_regions_that_rows_name_are_offered(dated, look):
    assert look().context["regions"] == ["APJ", "EMEA"]


def test_addresses_carry_the_filters(dated, look):
    asked = {"role": "csm", "region": "APJ", "on": "2026-11-30"}
    text = unescape(look(**asked).content.decode())
    assert 'value="2026-11-30"' in text and 'value="APJ"' in text
    assert "?role=csm&region=APJ&on=2026-11-30&format=csv" in text
    assert "?on=2026-11-30&format=markdown" in text  # the page as a whole: rows are never left out of it
    answer = look(**asked, format="csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mapping-v2-on-2026-11-30.csv"'
    states = {line["Key"]: line["State"] for line in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert states["training"] == "in force" and states["emergency"] == "not yet in force" and "pass-lead" not in states


def test_days_and_regions_of_a_row_are_said(look, republish):
    ends = timezone.now().date() + timedelta(days=7)
    Scenario.objects.filter(key="training").update(valid_until=ends, regions=["APJ"])
    republish()
    assert rows(look())["training"].limits == (f"ends {ends:%-d %b %Y}", "only in APJ")


def test_csv_is_a_table_that_runs_nothing(look, republish):
    Scenario.objects.filter(key="training").update(title="=1+1", keeper=" @SUM(A1)")
    republish()
    answer = look(format="csv", role="csm")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mapping-v2.csv"'
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0][:2] == ["Role", "Scenario"]
    assert len(table) == 7
    assert {len(line) for line in table} == {15}
    training = next(line for line in table if line[-1] == "training")
    assert (training[1], training[8]) == ("'=1+1", "' @SUM(A1)")


def test_markdown_is_the_handbook_page(look):
    answer = look(format="markdown")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mapping-v1.md"'
    assert "|Escalation Scenario|Channel|Relevancy|" in answer.content.decode()


def test_only_editors_see_what_is_not_published(sign_in, mapping):
    Channel.objects.filter(key="sales").update(purpose="New customers")
    seen = {name: sign_in(name).get("/mapping/").content.decode() for name in ("engineer", "editor", "publisher")}
    assert "unpublished" not in seen["engineer"]
    assert "1 unpublished change" in seen["editor"]
    assert "/admin/mapping/publish/" not in seen["editor"]
    assert "/admin/mapping/publish/" in seen["publisher"]
    assert ("/admin/escalations/scenario/" in seen["editor"], "/admin/escalations/scenario/" in seen["publisher"]) == (
        True,
        False,
    )


def test_who_may_look(people, mapping, client):
    for username, person in people.items():
        client.force_login(person)
        expected = 403 if username in ("owner", "csm") else 200
        assert client.get("/mapping/").status_code == expected, username
        assert client.get("/mapping/?format=csv").status_code == expected, username


def test_foreign_words_are_text(look, republish):
    Scenario.objects.filter(key="training").update(choose_when="<img src=x onerror=alert(1)>")
    republish()
    assert "<img" not in look().content.decode()


def test_who_published_is_named_as_people_know_them(look, republish):
    assert "published by the portal," in words_of(look())
    Channel.objects.filter(key="sales").update(purpose="New customers")
    republish()
    assert "published by Leo Brandt," in words_of(look())

"""The mapping as people read it: the table, its filters, and its files."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from escalations.actions.publishing import publish
from escalations.models import Channel, Escalation, MappingVersion, Scenario
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


def test_use_counts_90_days_without_samples(look, people):
    sent(people)
    sent(people)
    sent(people, sample=True)
    sent(people, day=timezone.now().date() - timedelta(days=90))
    sent(people, scenario="training")
    found = rows(look())
    assert [found[key].used for key in ("emergency", "training", "pass-lead")] == [2, 1, 0]


def test_retired_rows_stand_apart_with_what_to_do_instead(look, republish):
    Scenario.objects.filter(key="training").update(retired_on=NOON.date(), instead="Point to the academy")
    republish()
    answer = look()
    assert "training" not in rows(answer)
    assert list(rows(answer, "retired")) == ["training"]
    assert "Point to the academy" in answer.content.decode()


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
    assert {len(line) for line in table} == {14}
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
    assert ("/admin/escalations/scenario/" in seen["editor"], "/admin/escalations/scenario/" in seen["publisher"]) == (True, False)


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

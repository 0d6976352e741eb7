"""The way in: what somebody wants to do, in a sentence, with the link to where it is done."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import reverse

from escalations.actions.publishing import publish
from escalations.admin.tasks import SECTIONS
from escalations.models import Channel, Scenario
from escalations.models.working_copy import WORKING_COPY
from tests.admin.forms import address, words_of
from tests.conftest import NOON

TASKS = [task for section in SECTIONS for task in section.tasks]


def links(page) -> dict[str, str]:
    """Every link of the page's content, by its words."""
    content = page.content.decode().partition('id="content"')[2]
    return {unescape(words).strip(): url for url, words in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>([^<]+)</a>', content)}


def test_every_table_has_a_task_and_every_task_a_sentence():
    assert {task.model for task in TASKS} == {model._meta.object_name for model in admin.site._registry}
    assert not [task for task in TASKS if not (task.does and task.about.endswith("."))]


def test_no_two_tasks_have_the_same_words():
    assert len({task.does for task in TASKS}) == len(TASKS)


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ("The words of one row", "scenario"),
        ("The words that all messages share", "template"),
        ("How the person is found", "role"),
        ("Channels", "channel"),
        ("The places of every row", "legrule"),
    ],
)
def test_a_task_leads_to_its_list(sign_in, mapping, words, model):
    assert links(sign_in("editor").get("/admin/"))[words] == reverse(f"admin:escalations_{model}_changelist")


def test_what_may_be_added_can_be_added_from_there(sign_in, mapping):
    found = links(sign_in("editor").get("/admin/"))
    assert found["Add a channel"] == reverse("admin:escalations_channel_add")
    assert "Add a channel" not in links(sign_in("publisher").get("/admin/"))


def test_who_may_only_look_is_promised_no_change(sign_in, mapping):
    assert "Change who a row goes to" in words_of(sign_in("editor").get("/admin/"))
    text = words_of(sign_in("publisher").get("/admin/"))
    assert "See who a row goes to" in text and "Change who" not in text


def test_people_are_for_administrators(sign_in, mapping):
    assert "What each person may do" in links(sign_in("admin").get("/admin/"))
    assert "What each person may do" not in links(sign_in("editor").get("/admin/"))


def test_the_side_bar_has_the_same_sections_and_each_table_once(sign_in, mapping):
    page = sign_in("admin").get("/admin/escalations/channel/")
    sections = page.context["available_apps"]
    assert [section["name"] for section in sections][:2] == ["Change who a row goes to", "Change the words"]
    names = [model["object_name"] for section in sections for model in section["models"]]
    assert len(names) == len(set(names)) == len(admin.site._registry)
    assert {model.__name__ for model in WORKING_COPY} <= set(names)


@pytest.mark.parametrize("app", ["escalations", "auth"])
def test_the_bare_list_of_an_app_leads_to_the_tasks(sign_in, mapping, app):
    assert sign_in("admin").get(f"/admin/{app}/").headers["Location"] == "/admin/"


def test_an_escalation_leads_to_its_own_page(sign_in, escalation_row):
    client, page = sign_in("auditor"), escalation_row.get_absolute_url()
    assert f'href="{page}"' in client.get(address(escalation_row)).content.decode()
    for name in ("escalation", "delivery", "attempt"):
        assert f'href="{page}"' in client.get(reverse(f"admin:escalations_{name}_changelist")).content.decode(), name
    assert f'href="{page}"' in client.get(address(escalation_row.deliveries.get())).content.decode()
    assert client.get(page).status_code == 200


def test_a_row_leads_to_where_it_stands_on_the_mapping_page(sign_in, mapping):
    client = sign_in("editor")
    assert links(client.get(address(Scenario.objects.get(key="pass-lead"))))["Open in the portal"] == "/mapping/#row-pass-lead"
    assert 'id="row-pass-lead"' in client.get("/mapping/").content.decode()


@pytest.fixture
def second(mapping, people):
    """A version that Leo published."""
    Channel.objects.filter(key="sales").update(purpose="New customers")
    return publish(by=people["publisher"], message="Clearer", now=NOON)


def test_who_published_is_named(sign_in, second):
    client = sign_in("auditor")
    listed = reverse("admin:escalations_mappingversion_changelist")
    for page in ("/admin/mapping/versions/", "/admin/mapping/versions/2/", listed, address(second)):
        assert "Leo Brandt" in words_of(client.get(page)), page


def test_who_edited_is_named(sign_in, mapping, save):
    client = sign_in("editor")
    save(Scenario.objects.get(key="training"), title="Users need training")
    assert "Mia Berg scenario training: Title" in words_of(client.get("/admin/mapping/changes/"))


def test_two_people_of_one_name_are_told_apart(sign_in, second, people):
    type(people["csm"]).objects.filter(username="csm").update(first_name="leo", last_name="BRANDT")
    assert "Leo Brandt (publisher)" in words_of(sign_in("auditor").get("/admin/mapping/versions/"))

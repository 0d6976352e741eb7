"""Who may open what: every page of the admin, for one person of every group."""

import pytest
from django.contrib import admin
from django.urls import reverse

from escalations.models.working_copy import WORKING_COPY

ALLOWED = {"editor", "publisher", "auditor", "admin"}
REFUSED = {"engineer", "teamlead", "usgov", "owner", "csm"}
EDITORS = {"editor", "admin"}
TABLES = [pytest.param(model, id=model._meta.model_name) for model in admin.site._registry]
PAGES = {"mapping_changes": (), "mapping_versions": (), "mapping_version": (1,)}


@pytest.mark.parametrize("model", TABLES)
def test_every_list_and_every_row_page_answers_by_group(model, client, people, mapping, escalation_row):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.order_by("pk").first()
    for username, person in people.items():
        client.force_login(person)
        sees = username in ALLOWED and (model._meta.app_label == "escalations" or username == "admin")
        adds = sees and (model in WORKING_COPY and username in EDITORS or model._meta.model_name == "user")
        assert client.get(reverse(f"{name}_changelist")).status_code == (200 if sees else 403), username
        assert client.get(reverse(f"{name}_add")).status_code == (200 if adds else 403), username
        if row:
            assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == (200 if sees else 403), username
            assert client.get(reverse(f"{name}_history", args=[row.pk])).status_code == (200 if sees else 403), username


@pytest.mark.parametrize("model", [*WORKING_COPY])
def test_only_editors_save_rows(model, client, people, mapping):
    row = model.objects.order_by("pk").first()
    address = reverse(f"admin:escalations_{model._meta.model_name}_change", args=[row.pk])
    for username in people.keys() - EDITORS:
        client.force_login(people[username])
        assert client.post(address, {}).status_code == 403, username


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("words", ["nothing like this", "9" * 23, "\x00", "'\"%", "é"])
def test_any_search_answers(model, words, sign_in, mapping):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert sign_in("admin").get(address, {"q": words}).status_code == 200


@pytest.mark.parametrize("model", [*WORKING_COPY])
def test_an_empty_form_is_asked_again(model, sign_in, mapping):
    page = sign_in("editor").post(reverse(f"admin:escalations_{model._meta.model_name}_add"), {})
    assert page.status_code == 200
    assert "This field is required." in page.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_mapping_pages_are_for_whoever_may_enter(page, client, people, mapping):
    for username, person in people.items():
        client.force_login(person)
        expected = 200 if username in ALLOWED else 403
        assert client.get(reverse(f"admin:{page}", args=PAGES[page])).status_code == expected, username


@pytest.mark.parametrize(("page", "may"), [("mapping_publish", {"publisher", "admin"}), ("mapping_restore", EDITORS)])
def test_publishing_and_restoring_are_for_their_groups(page, may, client, people, mapping):
    for username, person in people.items():
        client.force_login(person)
        address = reverse(f"admin:{page}", args=(1,) if page == "mapping_restore" else ())
        assert client.get(address).status_code == (200 if username in may else 403), username
        if username not in may:
            assert client.post(address).status_code == 403, username


@pytest.mark.parametrize("username", sorted(REFUSED))
def test_the_refusal_says_whom_the_area_is_for(username, sign_in, mapping):
    page = sign_in(username).get("/admin/")
    assert page.status_code == 403
    assert "This area is for mapping editors" in page.content.decode()


def test_the_admin_has_no_door_of_its_own(client, people):
    page = client.get("/admin/escalations/role/", follow=True)
    assert page.redirect_chain[-1][0] == "/sign-in/?next=/admin/escalations/role/"
    assert client.post("/admin/login/", {"username": "admin", "password": "x"}).status_code == 302
    assert client.get("/admin/login/?next=https://evil.example/").headers["Location"] == "/sign-in/?next=/admin/"


def test_signing_in_leads_back(sign_in, mapping):
    assert sign_in("editor").get("/admin/login/?next=/admin/").headers["Location"] == "/admin/"


def test_a_first_superuser_may_name_the_administrator(client, django_user_model, people):
    client.force_login(django_user_model.objects.create_superuser("first"))
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 200

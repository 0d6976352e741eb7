"""Parts are pages as well; an expired sign-in and an old form cost nothing."""

import pytest

from escalations.actions.wizard import choose
from escalations.models import Draft
from tests.actions.factories import EMERGENCY, make_draft
from tests.conftest import NOON
from tests.rules.factories import facts, ticket

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ready(visit):
    return visit("engineer").look_up("1001")


POSTS = [
    ("look-up/people/", {"again": "1"}),
    ("go-on/people/", {}),
    ("situation/", {"scenario": "training"}),
    ("words/", {"situation": "Mine."}),
]


@pytest.mark.parametrize(("step", "values"), POSTS)
def test_a_step_answers_with_parts_or_leads_back_to_its_page(ready, step, values):
    part = ready.client.post(f"{ready.address}{step}", values, headers=HTMX)
    assert part.status_code == 200
    assert 'hx-swap-oob="true"' in part.content.decode()
    assert "<html" not in part.content.decode()
    page = ready.client.post(f"{ready.address}{step}", values)
    assert (page.status_code, page["Location"]) == (302, ready.address)


def test_the_history_is_a_page_or_its_rows(ready):
    assert "<html" in ready.client.get("/history/").content.decode()
    assert ready.client.get("/history/", headers=HTMX).content.decode().lstrip().startswith('<section id="rows"')


def test_the_deliveries_are_a_part_or_lead_to_the_escalation(ready):
    ready.send()
    part = ready.client.get(f"{ready.address}deliveries/", headers=HTMX)
    assert 'id="deliveries"' in part.content.decode() and "<html" not in part.content.decode()
    assert ready.client.get(f"{ready.address}deliveries/", follow=True).request["PATH_INFO"] == ready.address


def test_the_deliveries_ask_again_until_they_have_settled(ready, work):
    ready.send()
    assert "every 1s" in ready.html
    assert "Look again" in ready.text
    work()
    assert "every 1s" not in ready.client.get(f"{ready.address}deliveries/", headers=HTMX).content.decode()


def test_an_older_look_up_answers_with_nothing(ready):
    old = ready.client.post(f"{ready.address}look-up/people/", {"revision": "0"}, headers=HTMX)
    assert old.status_code == 204


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "\x00", "1.5"])
def test_a_revision_that_is_no_number_is_an_older_one(ready, revision):
    assert ready.client.post(f"{ready.address}look-up/people/", {"revision": revision}, headers=HTMX).status_code == 204


def test_an_expired_sign_in_leads_the_whole_page_there_and_back(ready):
    ready.client.logout()
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{ready.address}"}
    response = ready.client.post(f"{ready.address}words/", {"situation": "Mine."}, headers=headers)
    assert response.status_code == 204
    assert response["HX-Redirect"] == f"/sign-in/?next={ready.address.replace('/', '%2F')}"


def test_an_expired_sign_in_before_send_keeps_the_draft(ready, visit):
    address = ready.address
    ready.client.logout()
    response = ready.client.post(f"{address}send/", ready.form("/send/")["fields"])
    assert response["Location"] == f"/sign-in/?next={address}"
    back = visit("engineer").open(f"{address}send/")
    assert back.address == address
    assert back.can_send


@pytest.mark.parametrize("elsewhere", ["https://evil.example.com/x", "//evil.example.com/", "javascript:alert(1)", "\\\\evil", "http://[bad"])
def test_nobody_is_led_elsewhere_after_signing_in(client, people, elsewhere):
    response = client.post("/sign-in/as/", {"username": "engineer", "next": elsewhere})
    assert (response.status_code, response["Location"]) == (302, "/")
    client.logout()
    sign_in = client.get("/history/", headers={**HTMX, "HX-Current-URL": elsewhere})["HX-Redirect"]
    assert sign_in == "/sign-in/?next=%2F" or sign_in == "/sign-in/?next=%2Fx"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_an_old_form_is_said_in_plain_words(ready, headers):
    ready.client.handler.enforce_csrf_checks = True
    fields = {**ready.form("/send/")["fields"], "csrfmiddlewaretoken": "x" * 64}
    response = ready.client.post(f"{ready.address}send/", fields, headers=headers)
    assert response.status_code == 403
    assert "press the button once more" in response.content.decode()
    assert "CSRF verification failed" not in response.content.decode()
    assert Draft.objects.get().is_live


@pytest.mark.parametrize("address", ["/escalations/999/", "/drafts/00000000-0000-0000-0000-000000000000/", "/escalations/99999999999999999999/"])
def test_what_is_not_there_is_a_page_with_a_way_on(visit, address):
    seen = visit("engineer").open(address)
    assert seen.status == 404
    assert "There is nothing at this address" in seen.text
    assert "Go to the home page" in seen.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("address", ["words/", "/sign-out/"])
def test_the_address_of_a_form_is_no_blank_page(ready, address, headers):
    response = ready.client.get(address if address.startswith("/") else f"{ready.address}{address}", headers=headers)
    assert (response.status_code, response["Allow"].split(", ")[0]) == (405, "POST")
    assert "There is no page here" in response.content.decode()


def test_before_anything_is_published_the_page_says_what_to_run(client, people):
    from escalations.models.active import forget

    forget()
    client.force_login(people["engineer"])
    response = client.get("/history/")
    assert response.status_code == 503
    assert "manage.py prepare" in response.content.decode()


def test_a_missing_variable_would_be_noticed(no_missing_variables, rf):
    from django.template import Context, Template

    Template("{{ nobody_gave_this }}{% if page.nothing %}x{% endif %}").render(Context({"page": object()}))
    found, no_missing_variables.found = no_missing_variables.found, []
    assert [text.split(" in ")[0] for text in found] == ["nobody_gave_this", "nothing"]


def test_nobody_is_missing_while_salesforce_is_still_looking(people, sign_in, mapping):
    draft = make_draft(people["engineer"], facts=facts(ticket=ticket(priority="urgent")))
    choose(draft, scenario_key=EMERGENCY, now=NOON)
    page = sign_in("engineer").get(draft.get_absolute_url()).content.decode()
    assert "Not known yet" in page
    assert "Waiting for Salesforce." in page
    for too_early in (">Nobody was found<", "No CSM was found", "How found: nobody"):
        assert too_early not in page, too_early

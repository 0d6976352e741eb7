"""What fuzzing has found, each as a test of its own: what was given, and what the answer is instead of a broken page."""

from io import BytesIO

import pytest
from django.urls import reverse

from escalations.models import Draft, Link, Scenario
from portal.wsgi import application
from tests.admin.forms import address, posted, problems

NO_NUMBERS = ["x", "", "-1", "1.5", "\x00", "٣", "9" * 19, "9" * 5000, "99999-01-01", "1 OR 1=1", "🚀"]


@pytest.mark.parametrize("back", ["99999-01-01", "home", "draft", "x:y", "\x00", "🚀", "#", "?a", " /history/", "a/b"])
def test_a_word_to_go_back_to_after_the_sign_in_is_no_address(client, people, back):
    answer = client.post("/sign-in/as/", {"username": "engineer", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/sign-in/", {"next": back}).status_code == 200


@pytest.mark.parametrize("chosen", NO_NUMBERS)
def test_a_list_action_on_what_is_no_row_is_a_400(sign_in, mapping, chosen):
    given = {"action": "retire", "_selected_action": chosen}
    answer = sign_in("editor").post(reverse("admin:escalations_scenario_changelist"), given)
    assert answer.status_code == 400
    assert "That request could not be read" in answer.content.decode()


@pytest.mark.parametrize("chosen", ["x", "1.5", "\x00", "9" * 19])
@pytest.mark.parametrize(("model", "field"), [(Scenario, "role"), (Scenario, "twin_of"), (Scenario, "queues"), (Link, "scenario")])
def test_a_choice_that_is_no_row_is_an_error_beside_the_field(sign_in, mapping, model, field, chosen):
    client, row = sign_in("editor"), model.objects.first()
    answer = client.post(address(row), posted(client.get(address(row)), **{field: chosen}))
    assert answer.status_code == 200
    assert f"{field}: " in problems(answer)


@pytest.mark.parametrize("asked", NO_NUMBERS)
def test_what_an_autocomplete_is_asked_for_may_be_anything(sign_in, mapping, asked):
    of = {"app_label": "escalations", "model_name": "scenario", "field_name": "role"}
    client = sign_in("editor")
    assert client.get(reverse("admin:autocomplete"), {**of, "term": asked}).status_code == 200
    assert client.get(reverse("admin:autocomplete"), {**of, "page": asked}).status_code in (200, 404)
    for name in of:
        assert client.get(reverse("admin:autocomplete"), {**of, name: asked, "term": ""}).status_code == 403


@pytest.mark.parametrize("page", ["change", "delete"])
@pytest.mark.parametrize(("table", "username"), [("scenario", "editor"), ("escalation", "auditor"), ("auditevent", "admin")])
def test_a_field_without_a_name_is_a_400(sign_in, mapping, table, username, page):
    place = reverse(f"admin:escalations_{table}_{page}", args=(1,))
    assert sign_in(username).get(place, {"_to_field": ""}).status_code == 400
    assert sign_in(username).post(place, {"_to_field": ""}).status_code == 400


def test_words_written_while_nothing_can_be_planned_stand_in_the_review_later(visit, sandbox):
    page = visit().look_up("1001").choose("customer-asked")
    form = page.form("/words/")
    sandbox.fault("zendesk", "404")
    page.submit("/look-up/ticket/")
    assert not page.has_form("/words/"), "nothing can be planned without the ticket"
    page.client.post(form["action"], {**form["fields"], "situation": "Mine: they called."})
    assert Draft.objects.get().edits == {"customer-asked.situation": "Mine: they called."}
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    page.open(page.address).submit("/look-up/ticket/")
    assert page.form("/words/")["fields"]["situation"] == "Mine: they called."


CHARSETS = ["hex", "undefined", "idna", "utf-16", "UTF-7", "rot13", "no-such", "x" * 300, "", '"hex"']
ASKED = [("GET", "/sign-in/", "200 OK"), ("POST", "/sign-in/as/", "403 Forbidden"), ("GET", "/nothing/", "404 Not Found")]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(("method", "address", "expected"), ASKED)
def test_a_charset_that_a_request_names_is_not_asked_for(people, charset, method, address, expected):
    """Django would decode by it before any middleware runs, and nobody would catch what that raises."""
    assert served(method, address, f"application/x-www-form-urlencoded; charset={charset}") == expected
    assert served(method, address, f"text/plain;\tCharset = {charset}; a=b") == expected


def served(method: str, address: str, content_type: str) -> str:
    """What the web server gets to hear, from the very function that it calls."""
    body, said = b"next=%ff", []
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": address, "QUERY_STRING": "next=%ff", "CONTENT_TYPE": content_type, "wsgi.url_scheme": "http",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body), "SERVER_NAME": "testserver", "SERVER_PORT": "80",
    }  # fmt: skip
    application(environ, lambda status, headers: said.append(status)).close()
    return said[0]

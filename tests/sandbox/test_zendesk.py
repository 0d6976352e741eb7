"""Zendesk as the real zenpy meets it, and the odd cases as plain requests."""

import pytest
from zenpy.lib.api_objects import Comment
from zenpy.lib.exception import RecordNotFoundException

USGOV = "https://portal-demo-usgov.zendesk.com"


def test_zenpy_reads_a_ticket_with_its_people(zenpy):
    ticket = zenpy.tickets(id=1001)
    assert (ticket.priority, ticket.requester.name, ticket.organization.name) == ("urgent", "Alex Winter", "Acme Corp")
    assert ticket.organization.organization_fields["account_owner"] == "Omar Haddad"


def test_zenpy_writes_an_internal_note_and_finds_its_key_in_the_audits(zenpy, sandbox):
    ticket = zenpy.tickets(id=1001)
    ticket.comment = Comment(body="For Dana", public=False)
    ticket.metadata = {"portal_key": "k-1"}
    zenpy.tickets.update(ticket)
    newest = list(zenpy.tickets.audits(ticket=1001))[-1]  # zenpy sends include=None and drops a sort_order
    assert newest.to_dict()["metadata"]["custom"] == {"portal_key": "k-1"}
    assert [(e["kind"], e["key"], e["public"]) for e in sandbox.ledger()] == [("note", "k-1", False)]


def test_audits_come_newest_first_when_asked(sandbox):
    sandbox.update(1001, comment={"body": "x", "public": False}, metadata={"portal_key": "k-2"})
    audits = sandbox.zendesk("GET", "tickets/1001/audits.json?include=None&sort_order=desc").json()["audits"]
    assert audits[0]["metadata"]["custom"] == {"portal_key": "k-2"}
    assert audits[0]["events"][0]["type"] == "Comment"


@pytest.mark.parametrize("number", [1020, 1099, 99_999])
def test_deleted_and_unknown_tickets_are_not_found(zenpy, number):
    with pytest.raises(RecordNotFoundException):
        zenpy.tickets(id=number)


def test_sideloads_come_beside_the_ticket(sandbox):
    body = sandbox.zendesk("GET", "tickets/1008.json?include=users,organizations,ticket_forms").json()
    assert body["ticket_forms"][0]["name"] == "License and Renewals"
    assert body["organizations"][0]["id"] == body["ticket"]["organization_id"]
    assert body["ticket"]["requester_id"] in [user["id"] for user in body["users"]]


def test_a_stamp_is_compared_by_the_second(sandbox):
    stamp = sandbox.zendesk("GET", "tickets/1001").json()["ticket"]["updated_at"]
    note = {"body": "one", "public": False}
    first = sandbox.update(1001, comment=note, safe_update=True, updated_stamp=stamp)
    again = sandbox.update(1001, comment=note, safe_update=True, updated_stamp=stamp)
    assert (first.status_code, again.status_code) == (200, 409)
    assert again.json()["error"] == "UpdateConflict"
    same_second = sandbox.update(
        1001, comment=note, safe_update=True, updated_stamp=first.json()["ticket"]["updated_at"]
    )
    assert same_second.status_code == 200
    assert len(sandbox.ledger()) == 2


def test_a_closed_ticket_is_refused(sandbox):
    refused = sandbox.update(1019, comment={"body": "x", "public": False})
    assert (refused.status_code, refused.json()["error"]) == (422, "RecordInvalid")
    assert sandbox.ledger() == []


def test_followers_must_be_agents(sandbox):
    asked = [
        {"user_email": f"{name}@example.com", "action": "put"} for name in ("dana.reyes", "carlos.pinto", "nobody")
    ]
    ticket = sandbox.update(1001, followers=asked).json()["ticket"]
    assert len(ticket["follower_ids"]) == 1
    assert [(e["kind"], e["user_email"]) for e in sandbox.ledger()] == [("follower", "dana.reyes@example.com")]


def test_an_unknown_cc_address_makes_a_new_end_user(sandbox):
    answer = sandbox.update(1001, email_ccs=[{"user_email": "stranger@elsewhere.example", "action": "put"}])
    assert sandbox.kinds() == ["user_created", "email_cc"]
    assert answer.json()["ticket"]["email_cc_ids"] == [sandbox.ledger()[1]["user"]]


def test_a_comment_without_public_is_public(sandbox):
    sandbox.update(1001, comment={"body": "oops"})
    assert sandbox.kinds() == ["public_comment"]


def test_ccs_are_ignored_in_the_us_government_instance(sandbox):
    answer = sandbox.update(7001, USGOV, email_ccs=[{"user_email": "dana.reyes@example.com", "action": "put"}])
    assert (answer.status_code, answer.json()["ticket"]["email_cc_ids"], sandbox.ledger()) == (200, [], [])


def test_the_same_number_is_two_tickets(sandbox):
    subjects = {
        sandbox.zendesk("GET", "tickets/5001", host).json()["ticket"]["subject"]
        for host in ("https://portal-demo.zendesk.com", USGOV)
    }
    assert len(subjects) == 2


def test_made_up_tickets_stay_the_same_and_lead_to_their_account(sandbox, salesforce):
    body = sandbox.zendesk("GET", "tickets/654321?include=organizations").json()
    again = sandbox.zendesk("GET", "tickets/654321?include=organizations").json()
    assert body == again
    own = body["organizations"][0]["organization_fields"]["salesforce_id"]
    assert (
        salesforce.query(f"SELECT Name FROM Account WHERE Id = '{own}'")["records"][0]["Name"]
        == body["organizations"][0]["name"]
    )


def test_client_credentials_give_a_token_that_can_be_withdrawn(sandbox):
    ask = {"grant_type": "client_credentials", "client_id": "c", "client_secret": "s", "expires_in": 3600}
    token = sandbox.public.post("https://portal-demo.zendesk.com/oauth/tokens", json=ask).json()
    head = {"Authorization": f"Bearer {token['access_token']}"}

    def me(host="https://portal-demo.zendesk.com"):
        return sandbox.public.get(f"{host}/api/v2/users/me.json", headers=head).status_code

    assert (token["expires_in"], me(), me(USGOV)) == (3600, 200, 401)
    sandbox.control("revoke", {"service": "zendesk"})
    assert me() == 401


def test_comments_page_by_cursor_with_the_public_host(sandbox):
    body = sandbox.zendesk("GET", "tickets/1001/comments.json?page[size]=2&sort_order=desc&include=users").json()
    assert body["meta"]["has_more"] and body["links"]["next"].startswith("https://portal-demo.zendesk.com/")
    assert body["comments"][0]["body"] == "Database volume lost, restoring."
    assert body["users"]
    rest = sandbox.zendesk("GET", body["links"]["next"].split("/api/v2/")[1]).json()
    assert len(rest["comments"]) == 2


def test_an_agent_may_be_restricted_to_their_own_tickets(sandbox):
    found = {
        name: sandbox.zendesk("GET", f"users/search?query=email:{name}@example.com").json()["users"][0]
        for name in ("rafael.ortiz", "dana.reyes")
    }
    seen = {name: (user["role"], user["ticket_restriction"]) for name, user in found.items()}
    assert seen == {"rafael.ortiz": ("agent", "assigned"), "dana.reyes": ("agent", None)}


def test_answers_carry_a_date(sandbox):
    assert "Date" in sandbox.zendesk("GET", "users/me").headers

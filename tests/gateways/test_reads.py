"""What each read gives, in the shapes of rules.facts, and how many requests it costs."""

from datetime import datetime, timedelta

import pytest
import requests

from escalations.gateways.base import Deadline, LookupFailed
from escalations.gateways.slack_shapes import is_colleague, pause_facts
from escalations.rules.facts import CustomerFacts, TicketFacts

ACME = "0015e0000000001AAA"


def failure(call):
    with pytest.raises(LookupFailed) as caught:
        call()
    return caught.value


def test_a_ticket_comes_with_its_organization_in_one_request(sandbox, zendesk, soon):
    zendesk.ticket(1001, deadline=soon)  # signs in
    with sandbox.counting() as counted:
        ticket = zendesk.ticket(1001, deadline=soon)
    assert counted == [1]
    assert ticket["priority"] == "urgent" and ticket["state"] == "open" and ticket["form"] == "Self-Managed"
    assert ticket["organization"]["csm"] == "Dana Reyes" and ticket["organization"]["account_owner"] == "Omar Haddad"
    assert ticket["end_users"] == 1 and ticket["url"] == "https://portal-demo.zendesk.com/agent/tickets/1001"
    assert TicketFacts.read(ticket).organization.salesforce_id == "0015e0000000001"


def test_followers_are_addresses_and_do_not_count_as_end_users(sandbox, zendesk, soon):
    dana = zendesk.person("dana.reyes@example.com", deadline=soon)
    sandbox.control("ticket", id=1001, follower_ids=[dana["id"]])
    ticket = zendesk.ticket(1001, deadline=soon)
    assert ticket["followers"] == ["dana.reyes@example.com"] and ticket["end_users"] == 1


@pytest.mark.parametrize("ticket_id", [1020, 999])
def test_a_deleted_or_unknown_ticket_is_not_there(zendesk, soon, ticket_id):
    assert failure(lambda: zendesk.ticket(ticket_id, deadline=soon)).code in ("not_found", "deleted")


def test_an_organization_may_have_no_salesforce_id(zendesk, soon):
    assert not zendesk.ticket(1023, deadline=soon)["organization"]["salesforce_id"]
    assert zendesk.ticket(1011, deadline=soon)["organization"] is None


def test_comments_are_newest_first(zendesk, soon):
    comments = zendesk.comments(1001, deadline=soon)
    assert [one["author"] for one in comments][:2] == ["Tom Okafor", "Alex Winter"]
    assert comments[0]["public"] is False and comments[-1]["body"].startswith("Hello")
    assert [one["at"] for one in comments] == sorted((one["at"] for one in comments), reverse=True)


def write(sandbox, times, ticket=1001, **comment):
    """Somebody of Support (the account that signs in) writes on the ticket."""
    for number in range(times):
        requests.put(
            f"{sandbox.url}/api/v2/tickets/{ticket}.json", headers={"Host": "portal-demo.zendesk.com"}, timeout=10,
            auth=("portal@example.com/token", "t"), json={"ticket": {"comment": {"body": f"Number {number}", **comment}}},
        ).raise_for_status()  # fmt: skip


def test_of_each_comment_it_is_told_who_sees_it_and_whether_support_wrote_it(sandbox, zendesk, soon):
    zendesk.comments(1001, deadline=soon)  # signs in
    with sandbox.counting() as counted:
        comments = zendesk.comments(1001, deadline=soon)
    assert counted == [1], "who wrote them comes along"
    assert [(one["author"], one["public"], one["from_support"]) for one in comments] == [
        ("Tom Okafor", False, True),
        ("Alex Winter", True, False),
        ("Tom Okafor", True, True),
        ("Alex Winter", True, False),
    ]


def test_the_last_public_comment_of_support_is_kept_however_old(sandbox, zendesk, soon):
    write(sandbox, 12, public=False)
    comments = zendesk.comments(1001, deadline=soon)
    assert len(comments) == 11 and not any(one["public"] for one in comments[:10])
    assert comments[10]["body"] == "We are on it and will call you in ten minutes."


def test_no_more_than_ten_are_kept_where_one_of_them_is_public_and_from_support(sandbox, zendesk, soon):
    write(sandbox, 11, public=True)
    comments = zendesk.comments(1001, deadline=soon)
    assert len(comments) == 10 and {one["author"] for one in comments} == {"Escalation Portal"}


@pytest.mark.parametrize("fault", ["partial_page", "cut_page"])
def test_a_part_of_the_comments_is_not_taken_for_all_of_them(sandbox, zendesk, soon, fault):
    sandbox.fault("zendesk", fault, match="GET /api/v2/tickets/1001/comments")
    problem = failure(lambda: zendesk.comments(1001, deadline=soon))
    assert (problem.code, problem.detail) == ("malformed", "sent a part of the comments only")


def test_of_a_us_government_ticket_nothing_but_links_is_kept(sandbox, usgov, soon):
    usgov.ticket(7001, deadline=soon)
    with sandbox.counting() as counted:
        ticket = usgov.ticket(7001, deadline=soon)
        assert usgov.comments(7001, deadline=soon) == []
    assert counted == [1]
    kept = {key: value for key, value in ticket.items() if value}
    organization = kept.pop("organization")
    assert set(kept) == {"instance", "id", "priority", "form", "state", "url"}
    assert {key for key, value in organization.items() if value} <= {"salesforce_id", "external_id"}
    assert (organization["id"], organization["name"]) == ("", "")


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("dana.reyes@example.com", "agent"),
        ("DANA.REYES@example.com", "agent"),
        ("sam.idowu@example.com", "admin"),
        ("carlos.pinto@example.com", "end-user"),
        ("nobody@example.com", None),
        ('x" role:admin email:"sam.idowu@example.com', None),
        ("dana.reyes", None),
    ],
)
def test_zendesk_people_are_found_by_their_exact_address(zendesk, soon, email, role):
    person = zendesk.person(email, deadline=soon)
    assert (person and person["role"]) == role


def test_an_account_comes_in_one_request(sandbox, salesforce, soon):
    salesforce.account(ACME, deadline=soon)
    with sandbox.counting() as counted:
        account = salesforce.account(ACME[:15], deadline=soon)
    assert counted == [1]
    assert account["id"] == ACME and account["csm"]["email"] == "dana.reyes@example.com"
    assert account["owner"]["name"] == "Omar Haddad" and account["owner"]["active"] is True
    assert account["opportunities"][0]["owner"]["email"] == "omar.haddad@example.com"
    assert account["unreadable"] == [] and CustomerFacts.read(account).channel_id == "C0ACCT0001"


@pytest.mark.parametrize(
    "text", ["", "0015e", "0015e0000000001AAB", "0015e0000000001' OR Name LIKE '%", "0015e00000000\u20281"]
)
def test_what_cannot_be_an_id_is_never_asked(sandbox, salesforce, soon, text):
    with sandbox.counting() as counted:
        problem = failure(lambda: salesforce.account(text, deadline=soon))
    assert counted == [0] and problem.code == "not_found" and "Salesforce id" in problem.detail


def test_an_unknown_account_is_not_found(salesforce, soon):
    assert failure(lambda: salesforce.account("001000000000001", deadline=soon)).code == "not_found"


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        (["Region__c"], ["region"]),
        (["Customer_Success_Manager__c", "Customer_Success_Manager__r"], ["csm"]),
        (["Region__c", "Technical_Account_Manager_Name__c"], ["csm_name", "region"]),
    ],
)
def test_a_field_we_may_not_read_is_said_to_be_unreadable(sandbox, salesforce, soon, fields, facts):
    sandbox.control("account", unreadable=fields)
    account = salesforce.account(ACME, deadline=soon)
    assert account["unreadable"] == facts and account["owner"]["name"] == "Omar Haddad"
    assert all(account[fact] is None for fact in facts)


def test_slack_people(slack, soon):
    dana = slack.person("dana.reyes@example.com", deadline=soon)
    assert dana == {
        "id": "U0DANAREYES",
        "name": "Dana Reyes",
        "timezone": "America/Los_Angeles",
        "status_text": "",
        "status_emoji": "",
        "active": True, "guest": False,
    }
    assert slack.person("keiko.tanaka@example.com", deadline=soon)["status_text"] == "On leave until Monday"
    assert slack.person("ruth.adler@example.com", deadline=soon) is None


def test_slack_names_are_those_of_active_colleagues(slack, soon):
    found = slack.named(["maria silva", "piotr nowak", "escalation portal"], str.lower, deadline=soon)
    assert [(one["email"], one["title"]) for one in found["maria silva"]] == [
        ("maria.silva@example.com", "Customer Success Manager"), ("maria.silva2@example.com", "Account Executive"),
    ]  # fmt: skip
    assert found["piotr nowak"] == [] and found["escalation portal"] == []


def test_slack_names_come_from_all_pages_or_not_at_all(sandbox, slack, soon):
    sandbox.fault("slack", "partial_page", "users.list")
    assert len(slack.named(["maria silva"], str.lower, deadline=soon)["maria silva"]) == 2
    sandbox.clear_faults()
    for kind in ("cut_page", "repeated_cursor"):
        sandbox.fault("slack", kind, "users.list")
        problem = failure(lambda: slack.named(["maria silva"], str.lower, deadline=soon))
        assert problem.code == "malformed" and "the list of people" in problem.detail
        sandbox.clear_faults()


def test_slack_colleagues_are_those_who_work_here(slack, soon):
    found = slack.colleagues(deadline=soon)
    assert found["dana.reyes@example.com"] == "U0DANAREYES"
    assert "piotr.nowak@example.com" not in found, "who has left"
    assert "" not in found, "no bot has an address"


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted"])
def test_a_guest_of_another_company_is_no_colleague(kind):
    user = {"id": "U0GUEST", "real_name": "Gus Guest", "profile": {"email": "gus@customer.example"}}
    assert is_colleague(user) and not is_colleague({**user, kind: True})


def test_slack_channels(slack, soon):
    channel = slack.channel("C0ACCTMGMT1", deadline=soon)
    assert (channel["name"], channel["private"], channel["archived"]) == ("account-management", False, False)
    assert channel["bot_is_member"] and channel["readers"] > 5
    assert slack.channel("C0OLDSALES1", deadline=soon)["archived"]
    assert not slack.channel("C0GENERAL01", deadline=soon)["bot_is_member"]
    assert slack.channel("C0NOTTHERE", deadline=soon) is None


def test_tickets_worth_trying(sandbox, soon):
    from escalations.gateways.sandbox import tickets_worth_trying

    rows = tickets_worth_trying(sandbox.url, deadline=soon)
    assert {"instance", "id", "customer", "subject", "shows"} == set(rows[0])
    assert ("main", 1001) in {(row["instance"], row["id"]) for row in rows}
    assert failure(lambda: tickets_worth_trying("http://127.0.0.1:1", deadline=soon)).code == "unreachable"


def test_nothing_is_asked_when_no_time_is_left(sandbox, zendesk, salesforce, slack):
    spent = Deadline(0.0)
    with sandbox.counting() as counted:
        for read in (
            lambda: zendesk.ticket(1001, deadline=spent),
            lambda: salesforce.account(ACME, deadline=spent),
            lambda: slack.person("dana.reyes@example.com", deadline=spent),
        ):
            assert failure(read).code == "late"
    assert counted == [0]


def test_too_many_requests_at_the_sign_in_are_no_refused_credentials(sandbox, salesforce, soon):
    """Salesforce says both with 403; nobody is to look for a wrong password."""
    sandbox.fault("salesforce", "429", retry_after=30)
    wait = failure(lambda: salesforce.account("001000000000001", deadline=soon))
    assert (wait.code, wait.retry_after) == ("limited", 30.0)


def test_whose_notifications_are_paused_is_one_request_for_everybody(sandbox, slack, soon):
    with sandbox.counting() as counted:
        told = slack.pauses(["U0BEANOVAK", "U0DANAREYES", "U0NOBODY"], deadline=soon)
    assert counted == [1] and told["U0NOBODY"] is None, "of who is not there nothing is said"
    begins, ends = (datetime.fromisoformat(text) for text in told["U0BEANOVAK"])
    assert ends - begins == timedelta(days=10) and begins.tzinfo
    assert told["U0DANAREYES"] is None


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        ({"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}, None),
        ({"dnd_enabled": True, "next_dnd_start_ts": 0, "next_dnd_end_ts": 86400}, ["1970-01-01T00:00:00+00:00", "1970-01-02T00:00:00+00:00"]),
        ({"dnd_enabled": True, "next_dnd_start_ts": -5, "next_dnd_end_ts": 10**18}, ["1970-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00"]),
    ],
)
def test_a_pause_without_end_is_a_long_one(said, pause):
    assert pause_facts(said) == pause


def test_of_more_people_than_slack_takes_the_first_are_asked_after(slack, soon):
    assert slack.pauses([*(f"U0SOMEBODY{n}" for n in range(49)), "U0DANAREYES", "U0BEANOVAK"], deadline=soon)["U0BEANOVAK"] is None

"""Many threads at once, and what is configured."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from escalations.gateways import wiring
from escalations.gateways.base import Deadline
from escalations.gateways.salesforce_query import Fields
from escalations.gateways.tokens import Token
from escalations.gateways.troubles import NoTimeLeft, SignInFailed
from escalations.rules import salesforce_ids


def eight(work):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(work, range(8)))


def test_eight_threads_make_one_login(sandbox, zendesk, salesforce):
    with sandbox.counting("*", "*oauth*") as counted:
        eight(lambda _: zendesk.ticket(1001, deadline=Deadline(5.0)))
        eight(lambda _: salesforce.account("0015e0000000001AAA", deadline=Deadline(5.0)))
    assert counted == [2]


def test_eight_threads_write_eight_notes_that_are_not_empty(sandbox, zendesk):
    eight(lambda n: zendesk.note(ticket_id=100_500 + n, body=f"body {n}", key=f"k{n}", deadline=Deadline(5.0)))
    found = {(one["target"], one["text"], one["key"]) for one in sandbox.effects()}
    assert found == {(100_500 + n, f"body {n}", f"k{n}") for n in range(8)} and len(sandbox.effects()) == 8


def test_a_token_is_made_again_when_it_is_old_or_was_refused():
    now, made = [0.0], iter("abcd")
    token, by = Token(clock=lambda: now[0]), Deadline(1.0)

    def get():
        return token.get(lambda: (next(made), 100.0), by)

    assert (get(), get()) == ("a", "a")
    now[0] = 91.0  # renewed before it ends
    assert get() == "b"
    token.drop("a")  # somebody who still held the old one
    assert get() == "b"
    token.drop("b")
    assert get() == "c"


def test_a_failing_login_says_nothing_but_that():
    with pytest.raises(SignInFailed) as caught:
        Token().get(lambda: {}["secret"], Deadline(1.0))
    assert "secret" not in str(caught.value) and caught.value.write == "not_sent"


def test_nobody_waits_for_another_login_beyond_the_deadline():
    token = Token()
    token._lock.acquire()
    with pytest.raises(NoTimeLeft):
        token.get(lambda: ("a", 1.0), Deadline(0.05))


@pytest.mark.parametrize("name", ["Name FROM Account--", "a b", "1a", "a.", "Ünicode__c", "x'"])
def test_a_configured_field_must_be_a_field_name(name):
    with pytest.raises(ValueError, match="not a field name"):
        Fields(region=name)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("0015e0000000001", "0015e0000000001AAA"),
        ("0015e0000000001AAA", "0015e0000000001AAA"),
        (" 0015e000000000UAAQ ", "0015e000000000UAAQ"),
        ("0015e000000000U", "0015e000000000UAAQ"),
        ("0015e000000000Uaaq", "0015e000000000UAAQ"),
    ],
)
def test_salesforce_ids_get_their_checksum(text, whole):
    assert salesforce_ids.account_id(text) == whole


@pytest.mark.parametrize("text", ["", None, "0015e000000000", "0015e000000000uAAQ", "0015e00000000-1", "０" * 15])
def test_what_is_no_salesforce_id(text):
    with pytest.raises(ValueError, match="Salesforce id"):
        salesforce_ids.account_id(text)


def test_the_settings_build_working_gateways(sandbox, settings):
    settings.SANDBOX_URL = sandbox.url
    built = wiring.gateways()
    assert built.zendesk("main").ticket(1001, deadline=Deadline(5.0))["id"] == 1001
    assert built.zendesk("usgov").ticket(7001, deadline=Deadline(5.0))["subject"] is None
    assert built.salesforce.account("0015e0000000001", deadline=Deadline(5.0))["csm"]["name"] == "Dana Reyes"
    assert built.slack.person("dana.reyes@example.com", deadline=Deadline(5.0))["id"] == "U0DANAREYES"
    with sandbox.counting("*", "*oauth*") as counted:
        wiring.zendesk("main").ticket(1001, deadline=Deadline(5.0))  # another object, the same token
    assert counted == [0]


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://portal-demo.zendesk.com/agent/tickets/1", "http://x:1/portal-demo.zendesk.com/agent/tickets/1"),
        ("https://portal-demo.slack.com/archives/C1/p1?a=b#c", "http://x:1/portal-demo.slack.com/archives/C1/p1?a=b#c"),
        ("https://portal-demo.my.salesforce.com/001", "http://x:1/portal-demo.my.salesforce.com/001"),
        ("https://handbook.gitlab.com/", "https://handbook.gitlab.com/"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_public_addresses_lead_to_the_sandbox_while_there_is_one(settings, url, opened):
    settings.SANDBOX_URL = "http://x:1"
    assert wiring.public_url(url) == opened
    settings.SANDBOX_URL = ""
    assert wiring.public_url(url) == url

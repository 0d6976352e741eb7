"""Every fault x reading and writing: which code or outcome it has, and how many effects there are. Never two.

A fault "before" hits instead of the effect, one "after" hides an effect that happened.
"""

import pytest

from escalations.gateways.base import Deadline, DeliveryError, LookupFailed

ACME = "0015e0000000001AAA"
WRITES = {"zendesk": "PUT /api/v2/tickets", "slack": "chat.postMessage"}
SECRETS = ("xoxb", "Bearer", "SELECT", "http", "portal-demo", "disk failure", "Acme", "dana", "0015e")

# kind, options: read code, write outcome, effects of the write
FAULTS = [
    ("reset", {}, "unreachable", "ambiguous", 0),
    ("hang", {"seconds": 1}, "late", "ambiguous", 0),
    ("html", {}, "malformed", "ambiguous", 0),
    ("429", {}, "limited", "not_sent", 0),
    ("429", {"retry_after": 7}, "limited", "not_sent", 0),
    ("500", {}, "failed", "ambiguous", 0),
    ("502", {}, "failed", "ambiguous", 0),
    ("503", {}, "failed", "ambiguous", 0),
    ("403", {}, "forbidden", "refused", 0),
    ("404", {}, "not_found", "permanent", 0),
    ("413", {}, "failed", "permanent", 0),
    ("422", {}, "failed", "permanent", 0),
    ("refuse_credentials", {}, "credentials", "paused", 0),
    ("late", {"seconds": 0.8}, "late", "ambiguous", 1),
    ("reset_late", {"seconds": 0.2}, "unreachable", "ambiguous", 1),
    ("reset_after", {}, "unreachable", "ambiguous", 1),
    ("hang_after", {"seconds": 1}, "late", "ambiguous", 1),
    ("truncated", {}, "unreachable", "ambiguous", 1),
    ("malformed", {}, "malformed", "ambiguous", 1),
    ("html_after", {}, "malformed", "ambiguous", 1),
    ("drip", {"seconds": 0.05}, "late", "ambiguous", 1),
    ("500_after", {}, "failed", "ambiguous", 1),
    ("503_after", {}, "failed", "ambiguous", 1),
]
IDS = [f"{kind}{options or ''}" for kind, options, *_ in FAULTS]


def deadline_for(kind):
    return Deadline(0.2 if kind in ("hang", "hang_after", "late", "drip") else 5.0)


@pytest.fixture
def reads(zendesk, salesforce, slack):
    """Every read by service; signed in already, so that the fault hits the read itself."""
    zendesk.ticket(1002, deadline=Deadline(5.0))
    salesforce.account(ACME, deadline=Deadline(5.0))
    slack.find_post(channel="C0ACCTMGMT1", key="k", oldest=1.0, deadline=Deadline(5.0))
    return {
        "zendesk": [
            lambda by: zendesk.ticket(1001, deadline=by),
            lambda by: zendesk.comments(1001, deadline=by),
            lambda by: zendesk.person("dana.reyes@example.com", deadline=by),
            lambda by: zendesk.find_note(ticket_id=1001, key="k", deadline=by),
        ],
        "salesforce": [lambda by: salesforce.account(ACME, deadline=by)],
        "slack": [
            lambda by: slack.person("dana.reyes@example.com", deadline=by),
            lambda by: slack.channel("C0ACCTMGMT1", deadline=by),
            lambda by: slack.find_post(channel="C0ACCTMGMT1", key="k", oldest=1.0, deadline=by),
        ],
    }


@pytest.fixture
def writes(zendesk, slack):
    """The write of each service, with a key of its own."""
    zendesk.ticket(1002, deadline=Deadline(5.0))
    return {
        "zendesk": lambda by: zendesk.note(ticket_id=1001, body="b", key="k", deadline=by),
        "slack": lambda by: slack.post(channel="C0ACCTMGMT1", text="t", blocks=None, key="k", deadline=by),
    }


def quiet(error):
    """No secret and no customer's word in what is raised, nor behind it."""
    assert not [word for word in SECRETS if word in f"{error} {getattr(error, 'text', '')}"]
    assert error.__cause__ is None and error.__suppress_context__


@pytest.mark.parametrize("service", ["zendesk", "salesforce", "slack"])
@pytest.mark.parametrize(("kind", "options", "code"), [row[:3] for row in FAULTS], ids=IDS)
def test_reading(sandbox, reads, service, kind, options, code):
    for read in reads[service]:
        sandbox.fault(service, kind, **options)
        by = deadline_for(kind)
        with pytest.raises(LookupFailed) as caught:
            read(by)
        assert (caught.value.service, caught.value.code) == (service, code)
        assert caught.value.retry_after == options.get("retry_after")
        quiet(caught.value)
    assert sandbox.effects() == []


@pytest.mark.parametrize("service", ["zendesk", "slack"])
@pytest.mark.parametrize(("kind", "options", "_code", "outcome", "effects"), FAULTS, ids=IDS)
def test_writing(sandbox, writes, service, kind, options, _code, outcome, effects):
    sandbox.fault(service, kind, WRITES[service], **options)
    with pytest.raises(DeliveryError) as caught:
        writes[service](deadline_for(kind))
    assert caught.value.outcome == outcome
    assert caught.value.retry_after == options.get("retry_after")
    quiet(caught.value)
    assert sandbox.eventually(effects) == effects


@pytest.mark.parametrize(("kind", "options", "_code", "outcome"), [row[:4] for row in FAULTS], ids=IDS)
def test_what_fails_before_the_note_is_never_ambiguous(sandbox, writes, kind, options, _code, outcome):
    sandbox.fault("zendesk", kind, "GET", **options)
    with pytest.raises(DeliveryError) as caught:
        writes["zendesk"](deadline_for(kind))
    assert caught.value.outcome == ("not_sent" if outcome == "ambiguous" else outcome)
    assert sandbox.effects() == []


@pytest.mark.parametrize(("kind", "options", "code", "outcome"), [row[:4] for row in FAULTS], ids=IDS)
def test_a_sign_in_that_fails_is_never_ambiguous(sandbox, zendesk, kind, options, code, outcome):
    sandbox.fault("zendesk", kind, "POST /oauth/tokens", **options)
    with pytest.raises(DeliveryError) as caught:
        zendesk.note(ticket_id=1001, body="b", key="k", deadline=deadline_for(kind))
    expected = "paused" if kind == "403" else "not_sent" if outcome == "ambiguous" else outcome
    assert caught.value.outcome == expected and sandbox.effects() == []
    quiet(caught.value)


@pytest.mark.parametrize(
    ("kind", "options"),
    [row[:2] for row in FAULTS if row[4]],
    ids=[i for i, row in zip(IDS, FAULTS, strict=True) if row[4]],
)
def test_what_was_applied_unseen_is_found(sandbox, zendesk, slack, writes, kind, options):
    for service, find in (
        ("zendesk", lambda: zendesk.find_note(ticket_id=1001, key="k", deadline=Deadline(5.0))),
        ("slack", lambda: slack.find_post(channel="C0ACCTMGMT1", key="k", oldest=1.0, deadline=Deadline(5.0))),
    ):
        sandbox.control("reset")
        sandbox.fault(service, kind, WRITES[service], times=1, **options)
        with pytest.raises(DeliveryError):
            writes[service](deadline_for(kind))
        sandbox.eventually(1)
        assert find().remote_id


def test_salesforce_is_asked_a_second_time_and_not_a_third(sandbox, reads, salesforce):
    sandbox.fault("salesforce", "503", times=1)
    assert salesforce.account(ACME, deadline=Deadline(5.0))["name"] == "Acme Corp"
    sandbox.fault("salesforce", "503", times=2)
    with pytest.raises(LookupFailed):
        salesforce.account(ACME, deadline=Deadline(5.0))


def test_no_second_try_once_half_of_the_time_is_spent(sandbox, reads, salesforce):
    sandbox.fault("salesforce", "503", times=1)
    ticks = iter([0.0] + [5.0] * 100)
    with pytest.raises(LookupFailed):
        salesforce.account(ACME, deadline=Deadline(9.0, clock=lambda: next(ticks)))


@pytest.mark.parametrize("service", ["zendesk", "salesforce"])
def test_a_token_that_was_withdrawn_is_replaced_once(sandbox, reads, service):
    for read in reads[service][:1]:
        sandbox.control("revoke", service=service)
        with sandbox.counting(service) as counted:
            assert read(Deadline(5.0))
        assert counted == [3]  # refused, signed in, answered


def test_a_token_withdrawn_in_the_middle_of_a_write_makes_one_note(sandbox, writes):
    sandbox.fault("zendesk", "refuse_credentials", "PUT", times=1)
    assert writes["zendesk"](Deadline(5.0)).remote_id
    assert len(sandbox.effects()) == 1

"""What a service may answer that nobody planned for: waiting times, shapes, codes, pages. Reads and writes, both services."""

import pytest

from escalations.gateways.base import Deadline, DeliveryError, LookupFailed

CHANNEL, ACME, DANA = "C0ACCTMGMT1", "0015e0000000001AAA", "dana.reyes@example.com"
PUT, AUDITS = "PUT /api/v2/tickets", "GET /api/v2/tickets/1001/audits"


@pytest.fixture
def signed_in(zendesk, salesforce, soon):
    zendesk.ticket(1002, deadline=soon)
    salesforce.account(ACME, deadline=soon)


@pytest.fixture
def message(slack, soon):
    return slack.post(channel=CHANNEL, text="t", blocks=None, key="first", deadline=soon).remote_id.split(":")[1]


@pytest.fixture
def reads(signed_in, zendesk, salesforce, slack, message, soon):
    slack.find_post(channel=CHANNEL, key="k", oldest=1.0, deadline=soon)  # knows who it is from now on
    at = {"channel": CHANNEL, "key": "k", "deadline": soon}
    return {
        "zendesk ticket": lambda: zendesk.ticket(1001, deadline=soon),
        "zendesk comments": lambda: zendesk.comments(1001, deadline=soon),
        "zendesk person": lambda: zendesk.person(DANA, deadline=soon),
        "zendesk find_note": lambda: zendesk.find_note(ticket_id=1001, key="k", deadline=soon),
        "salesforce account": lambda: salesforce.account(ACME, deadline=soon),
        "slack person": lambda: slack.person(DANA, deadline=soon),
        "slack channel": lambda: slack.channel(CHANNEL, deadline=soon),
        "slack members": lambda: slack.members(CHANNEL, deadline=soon),
        "slack find_post": lambda: slack.find_post(oldest=1.0, **at),
        "slack find_post in a thread": lambda: slack.find_post(oldest=1.0, thread_ts=message, **at),
        "slack find_replaced": lambda: slack.find_replaced(ts=message, **at),
    }


@pytest.fixture
def writes(signed_in, zendesk, slack, message, soon):
    said = {"channel": CHANNEL, "text": "t", "blocks": None, "key": "k", "deadline": soon}
    return {
        "zendesk note": (lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon), PUT),
        "slack post": (lambda: slack.post(**said), "chat.postMessage"),
        "slack replace": (lambda: slack.replace(ts=message, **said), "chat.update"),
    }


READS = (
    "zendesk ticket", "zendesk comments", "zendesk person", "zendesk find_note", "salesforce account", "slack person",
    "slack channel", "slack members", "slack find_post", "slack find_post in a thread", "slack find_replaced",
)  # fmt: skip
WRITES = ("zendesk note", "slack post", "slack replace")


def failed(read):
    with pytest.raises(LookupFailed) as caught:
        read()
    return caught.value


def refused(write):
    with pytest.raises(DeliveryError) as caught:
        write()
    return caught.value


def test_the_names_are_the_ones_that_are_run(reads, writes):
    assert set(reads) == set(READS) and set(writes) == set(WRITES)


# What Retry-After says -> seconds to wait, from and to
WAITS = [
    ({"retry_after": "7"}, 7, 7),
    ({"retry_after": "0"}, 0, 0),
    ({"retry_after": "2.5"}, 2.5, 2.5),
    ({"retry_after_date": 30}, 20, 31),
    ({"retry_after_date": -30}, 0, 0),
    ({"retry_after_date": 1e8}, 3600, 3600),
    ({"retry_after": "1000000000"}, 3600, 3600),
    ({"retry_after": "inf"}, 3600, 3600),
    ({"retry_after": "1e400"}, 3600, 3600),
    ({}, None, None),
    ({"retry_after": ""}, None, None),
    ({"retry_after": "-1"}, None, None),
    ({"retry_after": "-1e9"}, None, None),
    ({"retry_after": "NaN"}, None, None),
    ({"retry_after": "soon"}, None, None),
    ({"retry_after": "Mon, 99 Foo 2026 10:00:00 GMT"}, None, None),
]
WAIT_IDS = ["=".join(map(str, next(iter(row[0].items()), ("absent", "")))) for row in WAITS]


def fits(error, low, high):
    waits = error.retry_after
    return waits is None if low is None else waits is not None and low <= waits <= high


@pytest.mark.parametrize(("given", "low", "high"), WAITS, ids=WAIT_IDS)
def test_how_long_to_wait(sandbox, reads, writes, given, low, high):
    for name, (write, match) in writes.items():
        sandbox.fault(name.split()[0], "429", match, **given)
        error = refused(write)
        assert (error.outcome, error.free, error.unwell) == ("not_sent", True, True)
        assert fits(error, low, high), (name, error.retry_after)
    sandbox.fault("*", "429", **given)
    for name, read in reads.items():
        error = failed(read)
        assert error.code == "limited" and fits(error, low, high), (name, error.retry_after)
    assert len(sandbox.effects()) == 1


@pytest.mark.parametrize(("given", "low", "high"), WAITS, ids=WAIT_IDS)
def test_how_long_to_wait_before_signing_in(sandbox, zendesk, soon, given, low, high):
    sandbox.fault("zendesk", "429", "POST /oauth/tokens", **given)
    error = refused(lambda: zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon))
    assert error.outcome == "not_sent" and error.free and fits(error, low, high)
    assert fits(failed(lambda: zendesk.ticket(1001, deadline=soon)), low, high)
    assert sandbox.effects() == []


SHAPES = [
    {}, [], None, 7, "text", [[]], {"ok": True}, {"ok": True, "channel": None, "ts": None, "message": None},
    {"ok": True, "messages": None, "user": [], "channel": "C1"}, {"ok": True, "messages": [7], "ts": 7, "channel": 7},
    {"ok": "yes", "error": 7}, {"ok": False}, {"ok": False, "error": {"x": 1}}, {"ticket": None, "audit": None},
    {"ticket": {"id": "x"}, "audit": {}, "users": 7, "comments": 7, "audits": 7, "records": 7},
    {"audits": [7], "comments": [7], "users": [7], "records": [7], "ticket": 7},
    {"audits": [], "count": "many", "next_page": 7},
]  # fmt: skip


@pytest.mark.parametrize("body", SHAPES, ids=[str(body)[:40] for body in SHAPES])
@pytest.mark.parametrize("name", READS)
def test_data_of_another_shape_is_no_answer(sandbox, reads, name, body):
    sandbox.fault(name.split()[0], "json", body=body)
    error = failed(reads[name])
    assert error.code in ("malformed", "failed") and error.retry_after is None


@pytest.mark.parametrize("body", SHAPES, ids=[str(body)[:40] for body in SHAPES])
@pytest.mark.parametrize("name", WRITES)
def test_data_of_another_shape_is_no_receipt(sandbox, writes, name, body):
    write, match = writes[name]
    sandbox.fault(name.split()[0], "json_after", match, body=body)
    assert refused(write).outcome == "ambiguous"
    assert len([one for one in sandbox.effects() if one["key"] == "k"]) == 1


@pytest.mark.parametrize("name", [name for name in READS if name.startswith("slack")])
def test_a_code_nobody_knows_is_never_an_answer(sandbox, reads, name):
    sandbox.fault("slack", "error", error="never_heard_of")
    error = failed(reads[name])
    assert (error.code, error.cause, error.unwell) == ("failed", "never_heard_of", False)


@pytest.mark.parametrize("code", ["never_heard_of", "", "<script>", "x" * 500, "credentials paused"])
@pytest.mark.parametrize("name", ["slack post", "slack replace"])
def test_a_code_nobody_knows_may_have_been_applied(sandbox, writes, name, code):
    write, match = writes[name]
    sandbox.fault("slack", "json_after", match, body={"ok": False, "error": code})
    error = refused(write)
    assert error.outcome == "ambiguous" and "<" not in f"{error.code}{error.text}" and len(error.code) <= 60


def many(sandbox, slack, message, number=20):
    for n in range(number):
        slack.post(channel=CHANNEL, text="t", blocks=None, key=f"c{n}", deadline=Deadline(5.0))
        slack.post(channel=CHANNEL, text="t", blocks=None, key=f"r{n}", thread_ts=message, deadline=Deadline(5.0))


PAGED = {
    "zendesk find_note": AUDITS,
    "slack find_post": "conversations.history",
    "slack find_post in a thread": "conversations.replies",
    "slack find_replaced": "conversations.history",
}


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("kind", ["repeated_cursor", "cut_page"])
@pytest.mark.parametrize("name", PAGED)
def test_a_part_of_a_history_is_never_the_whole(sandbox, slack, reads, message, name, kind, filled):
    if filled:
        many(sandbox, slack, message)
    sandbox.fault(name.split()[0], kind, PAGED[name])
    error = failed(reads[name])
    assert (error.code, error.unwell) == ("malformed", False)
    asked = sandbox.matched()
    assert 1 <= asked <= 3  # it stops, and does not go in circles


@pytest.mark.parametrize("name", PAGED)
def test_one_page_sent_twice_does_not_hide_the_others(sandbox, slack, reads, message, name):
    many(sandbox, slack, message)
    sandbox.fault(name.split()[0], "repeated_cursor", PAGED[name], times=1)
    assert reads[name]() is None


def test_what_cannot_be_seen_yet_is_found_later(sandbox, zendesk, slack, writes, message, soon):
    for write, _ in writes.values():
        write()
    for service in ("zendesk", "slack"):
        sandbox.fault(service, "delayed_visibility", seconds=60)
    look = [
        lambda: zendesk.find_note(ticket_id=1001, key="k", deadline=soon),
        lambda: slack.find_post(channel=CHANNEL, key="k", oldest=1.0, deadline=soon),
        lambda: slack.find_replaced(channel=CHANNEL, ts=message, key="k", deadline=soon),
    ]
    assert [find() for find in look] == [None, None, None]
    sandbox.clear_faults()
    assert all(find().remote_id for find in look)

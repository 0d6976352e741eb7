"""Whose fault an error is: every code the gateways know, in one table."""

import ast

import pytest

from escalations.gateways import slack_codes
from escalations.gateways.base import DeliveryError, LookupFailed
from escalations.gateways.troubles import Refused, SignInFailed, Trouble
from escalations.rules.facts import LOOKUP_ERRORS
from tests.house.code import modules, tree

# (unwell, free): the codes
TABLE = {
    (True, True): (
        "unreachable no_time_left foreign_host limited credentials http_401 http_503 http_429 "
        # Slack
        "invalid_auth not_authed account_inactive token_revoked token_expired no_permission org_login_required "
        "ekm_access_denied team_access_not_granted not_allowed_token_type two_factor_setup_required "
        "accesslimited enterprise_is_restricted ratelimited rate_limited message_limit_exceeded "
        "service_unavailable"
    ),
    (True, False): (
        "late broken not_json malformed redirected http_408 http_500 http_502 http_504 http_520 "
        "fatal_error internal_error request_timeout"
    ),
    (False, True): "just_changed fence_too_old",
    (False, False): (
        "failed forbidden http_403 missing_scope access_denied incomplete fenced conflict closed deleted disconnected refused later cc_off not_found skipped something_new "
        "http_400 http_402 http_404 http_405 http_406 http_409 http_410 http_413 http_422 "
        # Slack
        "channel_not_found users_not_found user_not_found thread_not_found message_not_found is_archived not_in_channel "
        "msg_too_long no_text invalid_blocks invalid_blocks_format msg_blocks_too_long too_many_attachments "
        "restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel "
        "restricted_action_non_threadable_channel restricted_action_thread_locked messages_tab_disabled cannot_dm_bot "
        "user_disabled user_not_visible not_enough_users too_many_users invalid_user_combination metadata_too_large "
        "invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app cannot_reply_to_message "
        "invalid_thread_ts channel_type_not_supported invalid_arguments invalid_arg_name invalid_channel "
        "cant_update_message edit_window_closed is_inactive "
        "method_not_supported_for_channel_type channel_is_limited_access too_many_members"
    ),
}
ROWS = {code: verdict for verdict, codes in TABLE.items() for code in codes.split()}
PAUSED = (
    slack_codes.CREDENTIALS
    | slack_codes.FORBIDDEN
    | {"foreign_host", "credentials", "http_401"}
)


def known() -> set[str]:
    """Every code that stands in the gateways: Slack's, the troubles' own, and what is given as `code=` or `cause=`."""
    listed = ("CREDENTIALS", "FORBIDDEN", "FORBIDDEN_HERE", "LIMITED", "PERMANENT", "PASSING")
    found = {code for name in listed for code in getattr(slack_codes, name)}
    found |= {f"http_{status}" for status in Refused.MEANING} | set(LOOKUP_ERRORS)
    for module in (name for name in modules() if name.startswith("escalations.gateways")):
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.keyword) and node.arg in ("code", "cause") and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
    return found | {kind.code for kind in _kinds(Trouble)}


def _kinds(kind):
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]


def test_no_code_is_forgotten():
    assert not known() - set(ROWS) - {""}


@pytest.mark.parametrize("code", ROWS)
def test_of_a_write(code):
    error = DeliveryError("x", outcome="paused" if code in PAUSED else "not_sent", code=code)
    assert (error.unwell, error.free) == ROWS[code]


@pytest.mark.parametrize("code", ROWS)
def test_of_a_read(code):
    assert LookupFailed("slack", "failed", cause=code).unwell == ROWS[code][0]


@pytest.mark.parametrize("code", LOOKUP_ERRORS)
def test_of_a_read_without_a_finer_reason(code):
    assert LookupFailed("slack", code).unwell == ROWS[code][0]


def test_a_paused_lane_is_unwell_whatever_the_code():
    error = DeliveryError("x", outcome="paused")
    assert error.unwell and error.free


@pytest.mark.parametrize(
    ("cause", "unwell", "free"),
    [(Refused(503), True, True), (Refused(500), True, False), (Refused(401), True, True), (KeyError("x"), True, False)],
)
def test_of_a_failing_sign_in(cause, unwell, free):
    trouble = SignInFailed(cause)
    error = DeliveryError("x", outcome=trouble.write, code=trouble.code)
    assert (error.unwell, error.free) == (unwell, free)


# What was met on the way: fault, options, (unwell, free) of the write, unwell of the read
MET = [
    ("503", {}, (True, True), True),
    ("500", {}, (True, False), True),
    ("429", {}, (True, True), True),
    ("reset", {}, (True, False), True),
    ("html", {}, (True, False), True),
    ("refuse_credentials", {}, (True, True), True),
    ("403", {}, (False, False), False),
    ("404", {}, (False, False), False),
    ("422", {}, (False, False), False),
]


@pytest.mark.parametrize(("kind", "options", "write", "read"), MET, ids=[row[0] for row in MET])
@pytest.mark.parametrize("service", ["zendesk", "slack"])
def test_what_is_met_has_the_same_verdict(sandbox, zendesk, slack, soon, service, kind, options, write, read):
    zendesk.ticket(1002, deadline=soon)
    sandbox.fault(service, kind, **options)
    with pytest.raises(LookupFailed) as looked:
        if service == "zendesk":
            zendesk.ticket(1001, deadline=soon)
        else:
            slack.channel("C0ACCTMGMT1", deadline=soon)
    assert looked.value.unwell == read
    sandbox.control("reset")
    sandbox.fault(service, kind, {"zendesk": "PUT", "slack": "chat.postMessage"}[service], **options)
    with pytest.raises(DeliveryError) as written:
        if service == "zendesk":
            zendesk.note(ticket_id=1001, body="b", key="k", deadline=soon)
        else:
            slack.post(channel="C0ACCTMGMT1", text="t", blocks=None, key="k", deadline=soon)
    assert (written.value.unwell, written.value.free) == write


def test_a_read_before_the_note_keeps_its_reason(sandbox, zendesk, soon):
    sandbox.fault("zendesk", "503", "GET /api/v2/users/search")
    with pytest.raises(DeliveryError) as caught:
        zendesk.note(ticket_id=1001, body="b", key="k", follower="dana.reyes@example.com", deadline=soon)
    error = caught.value
    assert (error.outcome, error.code, error.unwell, error.free) == ("not_sent", "http_503", True, True)


def test_a_conversation_sent_in_part_says_nothing_about_the_service(sandbox, slack, soon):
    for number in range(16):
        slack.post(channel="C0ACCTMGMT1", text="t", blocks=None, key=f"k{number}", deadline=soon)
    sandbox.fault("slack", "repeated_cursor", "conversations.history")
    with pytest.raises(LookupFailed) as caught:
        slack.find_post(channel="C0ACCTMGMT1", key="other", oldest=1.0, deadline=soon)
    assert caught.value.code == "malformed" and not caught.value.unwell

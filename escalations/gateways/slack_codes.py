"""What Slack's error codes mean. A code that is not listed is ambiguous: look before posting again. Pure."""


def codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


CREDENTIALS = codes(
    "invalid_auth not_authed account_inactive token_revoked token_expired no_permission org_login_required "
    "ekm_access_denied team_access_not_granted not_allowed_token_type two_factor_setup_required"
)
FORBIDDEN = codes("accesslimited enterprise_is_restricted")
# Of one conversation, or one kind of them: others may go on well.
FORBIDDEN_HERE = codes("missing_scope access_denied")
LIMITED = codes("ratelimited rate_limited message_limit_exceeded")
PASSING = codes("fatal_error internal_error request_timeout service_unavailable")
NOT_FOUND = codes("channel_not_found users_not_found user_not_found thread_not_found message_not_found")
PERMANENT = NOT_FOUND | codes(
    "is_archived not_in_channel msg_too_long no_text invalid_blocks invalid_blocks_format msg_blocks_too_long "
    "too_many_attachments restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel "
    "restricted_action_non_threadable_channel restricted_action_thread_locked messages_tab_disabled cannot_dm_bot "
    "user_disabled user_not_visible not_enough_users too_many_users invalid_user_combination metadata_too_large "
    "invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app cannot_reply_to_message "
    "invalid_thread_ts channel_type_not_supported invalid_arguments invalid_arg_name invalid_channel "
    "cant_update_message edit_window_closed is_inactive method_not_supported_for_channel_type channel_is_limited_access "
    "too_many_members"
)
# Who is in such a channel is not for our bot to know.
NOT_FOR_US = codes("channel_not_found not_in_channel channel_type_not_supported method_not_supported_for_channel_type")
WORDS = {
    "channel_not_found": "does not know this channel, or the portal's bot is not in it",
    "is_archived": "has archived this channel",
    "not_in_channel": "does not have the portal's bot in this channel",
    "method_not_supported_for_channel_type": "lets nobody join this kind of channel; somebody in it has to invite the bot",
    "msg_too_long": "did not accept a text this long",
    "message_not_found": "does not have this message any more",
    "cant_update_message": "does not let the portal change this message",
    "edit_window_closed": "does not let a message of this age be changed any more",
    "is_inactive": "has archived this channel, so its messages stay as they are",
    "missing_scope": "has not granted the portal a permission that this needs",
}

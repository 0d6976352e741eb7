"""Slack: find people and channels, post a message with our key in its metadata, and find it again.

Slack has no server-side key, so a post is at most once only if `find_post` looks before another try.
Reads raise LookupFailed, writes DeliveryError, nothing else.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from escalations.gateways.base import Deadline, LookupFailed, Receipt
from escalations.gateways.faults import preparing, reading, writing
from escalations.gateways.slack_history import pages
from escalations.gateways.slack_session import SlackSaid, open_client
from escalations.gateways.tokens import Token
from escalations.gateways.transport import Hosts

EVENT_TYPE = "escalation"
A_DAY = 86_400.0
LINK_SECONDS = 2.0


class Slack:
    """One workspace, as our bot. `workspace_host` (acme.slack.com) is where permalinks lead."""

    def __init__(
        self,
        token: str,
        workspace_host: str,
        *,
        base: str | None = None,
        hosts: Hosts | None = None,
        identity: Token | None = None,
    ):
        self.workspace_host, self._token = workspace_host, token
        self._base, self._hosts, self._identity = base, hosts or Hosts(["slack.com"]), identity or Token()

    def _open(self, deadline, fence=None):
        return open_client(self._token, self._hosts, deadline, self._base, fence)

    def person(self, email: str, *, deadline: Deadline) -> dict | None:
        """Return the slack person of rules.facts with this address; None when there is nobody."""
        with reading("slack"):
            try:
                with self._open(deadline) as client:
                    user = client.users_lookupByEmail(email=email)["user"]
            except SlackSaid as said:
                if said.code == "users_not_found":
                    return None
                raise
            profile = user.get("profile") or {}
            return {
                "id": user["id"],
                "name": profile.get("real_name") or user.get("real_name") or user.get("name"),
                "timezone": user.get("tz"),
                "status_text": profile.get("status_text") or "",
                "status_emoji": profile.get("status_emoji") or "",
                "active": not user.get("deleted"),
            }

    def channel(self, channel_id: str, *, deadline: Deadline) -> dict | None:
        """Return the channel of rules.facts; None when it is not there or our bot may not know of it."""
        with reading("slack"):
            try:
                with self._open(deadline) as client:
                    found = client.conversations_info(channel=channel_id, include_num_members=True)["channel"]
            except SlackSaid as said:
                if said.code == "channel_not_found":
                    return None
                raise
            return {
                "id": found["id"],
                "name": found.get("name"),
                "private": bool(found.get("is_private")),
                "archived": bool(found.get("is_archived")),
                "bot_is_member": bool(found.get("is_member")),
                "readers": int(found.get("num_members") or 0),
                "external": any(found.get(key) for key in ("is_ext_shared", "is_pending_ext_shared")),
            }

    def post(
        self,
        *,
        channel: str,
        text: str,
        blocks: Sequence[dict] | None,
        key: str,
        thread_ts: str | None = None,
        deadline: Deadline,
        fence: Callable[[], None] | None = None,
    ) -> Receipt:
        """Post once; `text` and `blocks` are finished and escaped. `remote_id` is channel:ts.

        `fence` is called immediately before the first byte: if it raises, nothing is posted and the outcome is `fenced`.
        """
        with writing("slack"), self._open(deadline, fence) as client:
            answer = client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=list(blocks) if blocks else None,
                thread_ts=thread_ts,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )
            return self._receipt(answer["channel"], answer["ts"], deadline)

    def open_group(self, slack_ids: Sequence[str], *, deadline: Deadline) -> str:
        """Return the id of the direct message of these people and our bot; opening it again gives the same one."""
        with preparing("slack"), self._open(deadline) as client:
            return str(client.conversations_open(users=list(slack_ids))["channel"]["id"])

    def find_post(
        self,
        *,
        channel: str,
        key: str,
        oldest: datetime | float,
        deadline: Deadline,
        thread_ts: str | None = None,
    ) -> Receipt | None:
        """Return the receipt of our message with this key since `oldest` (an instant, or seconds since 1970).

        None only after every page was read. A message posted into a thread is found only with its `thread_ts`: replies
        are not part of a channel's history.
        """
        with reading("slack"):
            since = oldest.timestamp() if isinstance(oldest, datetime) else float(oldest)
            with self._open(deadline) as client:
                bot = self._identity.get(lambda: (_identity(client), A_DAY), deadline)
                for message in pages(client, channel, f"{since:.6f}", thread_ts):
                    if _is_ours(message, key, bot):
                        return self._receipt(channel, message["ts"], deadline)
            return None

    def _receipt(self, channel, ts, deadline):
        url = f"https://{self.workspace_host}/archives/{channel}/p{ts.replace('.', '')}"
        try:
            with reading("slack"), self._open(Deadline(min(LINK_SECONDS, deadline.remaining))) as client:
                url = client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]
        except LookupFailed:
            pass  # the message is there: the address we build leads to it as well
        return Receipt(f"{channel}:{ts}", url, datetime.fromtimestamp(float(ts), UTC))


def _identity(client):
    return str(client.auth_test()["bot_id"])


def _is_ours(message, key, bot):
    metadata = message.get("metadata") or {}
    same = metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("key") == key
    return same and message.get("bot_id") == bot

"""Slack: find people and channels, post a message with our key in its metadata, and find it again.

Slack has no server-side key, so a post is at most once only if `find_post` looks before another try.
Reads raise LookupFailed, writes DeliveryError, nothing else.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from escalations.gateways import slack_shapes as shapes
from escalations.gateways.base import Deadline, LookupFailed, Receipt
from escalations.gateways.faults import preparing, reading, writing
from escalations.gateways.slack_codes import NOT_FOR_US
from escalations.gateways.slack_history import answers, pages
from escalations.gateways.slack_session import SlackSaid, open_client
from escalations.gateways.tokens import Token
from escalations.gateways.transport import Hosts

A_DAY = 86_400.0
MOST_MEMBERS = 999  # Slack gives fewer than 1,000 at once
MOST_PAUSES = 50
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
            return shapes.person_facts(user)

    def named(self, keys: Collection[str], key_of: Callable[[str], str], *, deadline: Deadline) -> dict[str, list[dict]]:
        """Return the names of rules.facts: by key, the active colleagues one of whose names has it. All pages are read, or it fails."""
        found = {key: [] for key in keys}
        with reading("slack"):
            for user in self._everybody(deadline):
                for key in {key_of(name) for name in shapes.names_of(user)} & found.keys():
                    found[key].append(shapes.named_facts(user))
        return found

    def colleagues(self, *, deadline: Deadline) -> dict[str, str]:
        """Return the id of each colleague by their address, in small letters. All pages are read, or it fails."""
        with reading("slack"):
            people = [shapes.named_facts(user) for user in self._everybody(deadline) if shapes.is_colleague(user)]
            return {person["email"].lower(): person["id"] for person in people if person["email"]}

    def _everybody(self, deadline: Deadline) -> list[dict]:
        with self._open(deadline) as client:
            pages = answers(lambda cursor: client.users_list(cursor=cursor, limit=MOST_MEMBERS), "the list of people")
            return [user for page in pages for user in page["members"]]

    def pauses(self, slack_ids: Sequence[str], *, deadline: Deadline) -> dict[str, list[str] | None]:
        """Return the pauses of rules.facts, in one request; None as well for whom Slack says nothing of. Two to MOST_PAUSES people."""
        with reading("slack"), self._open(deadline) as client:
            told = client.dnd_teamInfo(users=list(slack_ids)[:MOST_PAUSES])["users"]
            return {slack_id: shapes.pause_facts(told[slack_id]) if slack_id in told else None for slack_id in slack_ids}

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
            return shapes.channel_facts(found)

    def members(self, channel_id: str, *, deadline: Deadline) -> tuple[frozenset[str], bool] | None:
        """Return (the ids of who is in the channel, whether that is all of them); None when our bot may not know.

        One request: of a channel with more than MOST_MEMBERS people it is only a part.
        """
        with reading("slack"):
            try:
                with self._open(deadline) as client:
                    answer = client.conversations_members(channel=channel_id, limit=MOST_MEMBERS)
            except SlackSaid as said:
                if said.code in NOT_FOR_US:
                    return None
                raise
            more = (answer.get("response_metadata") or {}).get("next_cursor")
            return frozenset(map(str, answer["members"])), not more

    def join(self, channel_id: str, *, deadline: Deadline) -> None:
        """Let our bot join a public channel; DeliveryError says why not. Joining twice does no harm."""
        with writing("slack"), self._open(deadline) as client:
            client.conversations_join(channel=channel_id)

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
                metadata=shapes.metadata(key),
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )
            return self._receipt(answer["channel"], answer["ts"], deadline)

    def replace(
        self,
        *,
        channel: str,
        ts: str,
        text: str,
        blocks: Sequence[dict] | None,
        key: str,
        deadline: Deadline,
        fence: Callable[[], None] | None = None,
    ) -> Receipt:
        """Put another text in the place of a message of ours; `key` is this effect's own and takes the place of the first one's.

        `remote_id` is channel:ts:mark, where the mark comes from the key. Repeating it does no harm.
        """
        with writing("slack"), self._open(deadline, fence) as client:
            answer = client.chat_update(
                channel=channel,
                ts=ts,
                text=text,
                blocks=list(blocks or ()),  # an empty list takes the old ones away
                metadata=shapes.metadata(key),
                link_names=False,
            )
            message = {**(answer.get("message") or {}), "ts": answer["ts"]}
            return self._replaced(answer["channel"], message, key, deadline)

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
                bot = self._bot(client, deadline)
                for message in pages(client, channel, f"{since:.6f}", thread_ts):
                    if shapes.is_ours(message, key, bot):
                        return self._receipt(channel, message["ts"], deadline)
            return None

    def find_replaced(
        self, *, channel: str, ts: str, key: str, deadline: Deadline, thread_ts: str | None = None
    ) -> Receipt | None:
        """Return the receipt of `replace` with this key; None when the message is not there or was not replaced by it.

        A reply is found only with its `thread_ts`.
        """
        with reading("slack"), self._open(deadline) as client:
            bot = self._bot(client, deadline)
            for message in pages(client, channel, ts, thread_ts if thread_ts != ts else None, latest=ts):
                if message.get("ts") == ts and shapes.is_ours(message, key, bot):
                    return self._replaced(channel, message, key, deadline)
            return None

    def _bot(self, client, deadline):
        return self._identity.get(lambda: (_identity(client), A_DAY), deadline)

    def _replaced(self, channel, message, key, deadline):
        """The same receipt whether just written or found again."""
        first = self._receipt(channel, message["ts"], deadline)
        return Receipt(f"{first.remote_id}:{shapes.mark(key)}", first.url, shapes.edited_at(message))

    def _receipt(self, channel, ts, deadline):
        url = f"https://{self.workspace_host}/archives/{channel}/p{ts.replace('.', '')}"
        try:
            with reading("slack"), self._open(Deadline(min(LINK_SECONDS, deadline.remaining))) as client:
                said = client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]
                url = said if isinstance(said, str) and said else url
        except LookupFailed:
            pass  # the message is there: the address we build leads to it as well
        return Receipt(f"{channel}:{ts}", url, shapes.instant(ts))


def _identity(client):
    return str(client.auth_test()["bot_id"])

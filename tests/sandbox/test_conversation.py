"""The messages of a channel, against the plain way of looking at every one of them."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.conversation import Conversation, between
from sandbox.records import Message

ACTIONS = st.lists(st.tuples(st.sampled_from(["say", "reply", "broadcast", "drop"]), st.integers(0, 30)), max_size=60)


def played(actions):
    """Return (the conversation, its messages as a plain list)."""
    conversation, plain = Conversation(), []
    for number, (action, which) in enumerate(actions, 1):
        ts = f"{number}.000{number % 10}00"
        parents = [message.ts for message in plain if message.thread_ts is None]
        if action == "drop" and plain:
            gone = plain.pop(which % len(plain)).ts
            conversation.drop(gone)
        elif action != "drop":
            thread_ts = parents[which % len(parents)] if action != "say" and parents else None
            message = Message(ts, "U1", action, thread_ts=thread_ts, broadcast=action == "broadcast")
            plain.append(message)
            conversation.add(message)
    return conversation, plain


@given(ACTIONS, st.integers(0, 70), st.integers(0, 70))
def test_it_finds_what_looking_at_every_message_finds(actions, low, high):
    conversation, plain = played(actions)
    assert conversation.all == plain and len(conversation) == len(plain)
    assert conversation.top == [m for m in plain if m.thread_ts is None or m.broadcast]
    low, high = low * 1_000_000, high * 1_000_000
    assert between(conversation.all, low, high) == [m for m in plain if low < m.micros < high]
    for message in plain:
        root = message.thread_ts or message.ts
        assert conversation.find(message.ts) is message
        assert sorted(m.ts for m in conversation.thread(root)) == sorted(
            m.ts for m in plain if root in (m.ts, m.thread_ts)
        )
    assert conversation.find("0.0") is None

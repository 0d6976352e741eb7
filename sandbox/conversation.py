"""The messages of one channel. Finding one costs the same whether there are ten or ten thousand."""

from bisect import bisect_left, bisect_right


class Conversation:
    """`all` messages, those at the `top` (not only in a thread), and the replies by the timestamp of their parent."""

    def __init__(self):
        self.all, self.top, self.replies, self._by_ts = [], [], {}, {}

    def __len__(self):
        return len(self.all)

    def add(self, message):
        """Add a message; they come in the order of their timestamps."""
        self.all.append(message)
        self._by_ts[message.ts] = message
        is_reply = message.thread_ts not in (None, message.ts)
        if is_reply:
            self.replies.setdefault(message.thread_ts, []).append(message)
        if not is_reply or message.broadcast:
            self.top.append(message)

    def drop(self, ts):
        """Take a message away."""
        kept = [message for message in self.all if message.ts != ts]
        self.__init__()
        for message in kept:
            self.add(message)

    def find(self, ts):
        """Return the message of that timestamp, or None."""
        return self._by_ts.get(ts)

    def thread(self, root):
        """Return the parent, if it is still there, and its replies."""
        parent = self.find(root)
        return [*([parent] if parent else []), *self.replies.get(root, ())]


def between(messages, low, high):
    """Return the messages with `low` < timestamp < `high`, both in microseconds."""
    start = bisect_right(messages, low, key=_micros_of)
    return messages[start : bisect_left(messages, high, lo=start, key=_micros_of)]


def _micros_of(message):
    return message.micros


def micros(ts):
    """Return a timestamp in microseconds. Raises ValueError."""
    seconds, _, rest = str(ts).partition(".")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])

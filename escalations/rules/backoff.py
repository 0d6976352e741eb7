"""How long to wait before the next attempt: full jitter, doubling from 2 s to 15 min, never before Retry-After."""

FIRST, MOST, MOST_ASKED = 2.0, 15 * 60.0, 3600.0


def seconds_to_wait(
    attempts: int, retry_after: float | None, jitter: float, *, most: float = MOST, most_asked: float = MOST_ASKED
) -> float:
    """`jitter` in [0, 1); `retry_after` in seconds as the service asked, capped at `most_asked`."""
    ceiling = min(most, FIRST * 2 ** min(max(attempts - 1, 0), 20))
    asked = min(max(retry_after or 0.0, 0.0), most_asked)
    return max(asked, ceiling * jitter)

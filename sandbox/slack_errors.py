"""How a Slack method says no."""


class Refused(Exception):
    """`code` is Slack's error code; `more` goes into the answer beside it."""

    def __init__(self, code, **more):
        super().__init__(code)
        self.code = code
        self.more = more


def argument(fields, name, code="invalid_arguments"):
    """Return a required argument, or refuse."""
    value = str(fields.get(name) or "").strip()
    if not value:
        raise Refused(code, response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
    return value

"""The line with which every message ends: where who was told can answer. Pure.

The reference is known only once the escalation is stored, so it is added to the content then, after what was reviewed was compared.
"""

from . import escaping

ANSWER, RECORD = "Answer here", "On record"


def label_of(named: bool) -> str:
    """Where nobody was told by name, nobody has a page to answer on: the line only says where it is on record."""
    return ANSWER if named else RECORD


def with_link(system: str, content: dict, reference: str, url: str, *, named: bool) -> dict:
    """`content` of a leg, with the line in a block or a paragraph of its own: nothing that stands there is changed or cut."""
    label = label_of(named)
    if system == "slack":
        text = f"{label}: {escaping.slack_link(url, reference)}"
        block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        return {**content, "blocks": [*content["blocks"], block]}
    if system == "zendesk":
        return {**content, "body": f"{content['body']}\n\n{label}: {escaping.note(url)}"}
    return content


def copied(text: str, url: str, *, named: bool) -> str:
    """The text for copy and paste, once there is a reference."""
    return f"{text}\n{label_of(named)}: {url}"

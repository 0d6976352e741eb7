"""The words that take back what was sent, and those that tell people of trouble. Pure: finished text, escaped for its channel."""

from datetime import datetime

from . import escaping
from .calendar import spoken_instant
from .clocks import own, slack_times

REASONS = ("Wrong account", "Wrong person", "Already solved", "Sent twice", "Not needed any more")


def replaced_message(who: str, because: str, at: datetime, reference: str, url: str) -> dict:
    """What stands in Slack in place of the message: nobody is mentioned, nothing of the ticket is left."""
    said = f"Withdrawn {spoken_instant(at, at)} by {escaping.one_line(who)}: {escaping.one_line(because)}"
    words = slack_times(escaping.slack(said), own([at], at))
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"_{words}_ ({escaping.slack_link(url, reference)})", "verbatim": True}}
    return {"text": words, "blocks": [block]}


def second_note(who: str, because: str, at: datetime, reference: str, follower_removed: str) -> str:
    """The body of the note that follows the one that cannot be unsent."""
    said = f"Withdrawn {at:%Y-%m-%d %H:%M} UTC by {escaping.one_line(who)}: {escaping.one_line(because)}"
    lines = [said, f"The earlier internal note of {reference} no longer counts."]
    if follower_removed:
        lines.append(f"{escaping.one_line(follower_removed)} no longer follows this ticket because of it.")
    return escaping.note("\n".join(lines))


def trouble_notice(
    reference: str, system: str, place: str, state: str, words: str, url: str, *, withdrawal: bool = False
) -> dict:
    """To the author: what did not arrive, why, and where to go. Without the customer's words."""
    what = "could not be sent" if state == "dead" else "may or may not have arrived"
    if withdrawal:
        what = "could not be taken back" if state == "dead" else "may or may not have been taken back"
    where = f"{system} {escaping.one_line(place, 80)}".strip()
    said = f"{reference}: {where} {what}. {escaping.one_line(words)}"
    return both_ways(said, "Open the escalation", url, subject=f"{reference}: {system} {what}")


def group_notice(system: str, since: datetime, many: int, words: str, url: str, *, still: bool = False) -> dict:
    """To the team leads: once a cause, however many deliveries it has stopped. `still`: they stand still, nobody is asked yet."""
    deliveries = "1 delivery waits" if many == 1 else f"{many} deliveries wait"
    wait_for = "to be sent" if still else "for a person"
    said = f"{system}, since {since:%H:%M} UTC: {deliveries} {wait_for}. {escaping.one_line(words)}"
    return both_ways(said, "Look" if still else "Settle them", url, subject=f"{system}: {deliveries} {wait_for}")


def both_ways(said: str, label: str, url: str, *, subject: str) -> dict:
    """A notice as Slack takes it and, under the same roof, as an e-mail: "text", "blocks", "subject", "body"."""
    text = f"{escaping.slack(said)} {escaping.slack_link(url, label)}"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    return {"text": escaping.slack(said), "blocks": [block], "subject": subject, "body": f"{said}\n\n{label}: {url}\n"}

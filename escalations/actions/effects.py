"""From a delivery to the gateway's call, per system: how it is sent, and how it is looked for."""

from django.conf import settings

from escalations.gateways.base import Deadline, DeliveryError, LookupFailed, Receipt
from escalations.models import Delivery
from escalations.models.delivery import WITHDRAWAL

# A message has Slack's time, an attempt the database's. Looking further back costs pages only: the key is nobody else's.
CLOCKS_APART_SECONDS = 600.0
# The outcome of an attempt that ended with a read that failed; otherwise it was simply not sent.
BEFORE_THE_WRITE = {"credentials": "paused", "forbidden": "refused"}


def _send_note(delivery: Delivery, gateways, fence) -> Receipt:
    instance, ticket_id = delivery.target.split(":")
    content = delivery.content
    return gateways.zendesk(instance).note(
        ticket_id=int(ticket_id),
        body=content["body"],
        key=str(delivery.key),
        follower=content.get("follower"),
        email_cc=content.get("email_cc"),
        remove_follower=content.get("remove_follower"),
        deadline=Deadline(settings.DELIVERY_DEADLINE_SECONDS),
        fence=fence,
    )


def _send_message(delivery: Delivery, gateways, fence) -> Receipt:
    deadline = Deadline(settings.DELIVERY_DEADLINE_SECONDS)
    if delivery.purpose == WITHDRAWAL:
        return _replace_message(delivery, gateways, deadline, fence)
    channel, thread = _slack_target(delivery, gateways, deadline)
    content = delivery.content
    return gateways.slack.post(
        channel=channel,
        text=content["text"],
        blocks=content["blocks"],
        key=str(delivery.key),
        thread_ts=thread,
        deadline=deadline,
        fence=fence,
    )


def _replace_message(delivery: Delivery, gateways, deadline: Deadline, fence) -> Receipt:
    channel, _, ts = delivery.target.partition(":")
    content = delivery.content
    return gateways.slack.replace(
        channel=channel,
        ts=ts,
        text=content["text"],
        blocks=content["blocks"],
        key=str(delivery.key),
        deadline=deadline,
        fence=fence,
    )


def _send_mail(delivery: Delivery, gateways, fence) -> Receipt:
    return gateways.mail(
        to=delivery.target,
        subject=delivery.content["subject"],
        body=delivery.content["body"],
        key=str(delivery.key),
        deadline=Deadline(settings.DELIVERY_DEADLINE_SECONDS),
        fence=fence,
    )


def _slack_target(delivery: Delivery, gateways, deadline: Deadline) -> tuple[str, str | None]:
    kind, _, rest = delivery.target.partition(":")
    if kind == "group":
        return gateways.slack.open_group(rest.split(","), deadline=deadline), None
    if kind == "person":
        return gateways.slack.open_group([_slack_id(rest, gateways, deadline)], deadline=deadline), None
    return kind, rest or None


def _slack_id(address: str, gateways, deadline: Deadline) -> str:
    """Only notices go to an address; whoever is escalated to was found and shown before Send."""
    try:
        person = gateways.slack.person(address, deadline=deadline)
    except LookupFailed as failed:
        text = f"Slack could not be asked for the person: {failed.detail or failed.code}."
        outcome = BEFORE_THE_WRITE.get(failed.code, "not_sent")
        raise DeliveryError(text, outcome=outcome, code=failed.cause, retry_after=failed.retry_after) from None
    if not person or not person["active"]:
        raise DeliveryError("Slack has nobody with this address.", outcome="permanent", code="users_not_found")
    return person["id"]


def _time_to_look() -> Deadline:
    """People look as well, from a page that waits no longer than for any other look-up."""
    return Deadline(min(settings.DELIVERY_DEADLINE_SECONDS, settings.LOOKUP_BUDGET_SECONDS))


def _find_note(delivery: Delivery, gateways) -> Receipt | None:
    instance, ticket_id = delivery.target.split(":")
    deadline = _time_to_look()
    return _instance(gateways, instance).find_note(
        ticket_id=int(ticket_id),
        key=str(delivery.key),
        deadline=deadline,
        follower=delivery.content.get("follower"),
        remove_follower=delivery.content.get("remove_follower"),
    )


def _instance(gateways, name: str):
    """The gateway to look with; one that is gone from the settings is no mistake of ours."""
    try:
        return gateways.zendesk(name)
    except KeyError:
        raise LookupFailed("zendesk", "failed", f"the instance {name} is not configured any more", cause="not_configured") from None


def _find_message(delivery: Delivery, gateways) -> Receipt | None:
    deadline = _time_to_look()
    try:
        channel, thread = _slack_target(delivery, gateways, deadline)
    except DeliveryError as error:  # what it says of Slack as a whole is kept: how long to wait, and whom it concerns
        code = "credentials" if error.outcome == "paused" else "failed"
        text = error.text.rstrip(".")
        raise LookupFailed("slack", code, text, retry_after=error.retry_after, cause=error.code) from None
    if delivery.purpose == WITHDRAWAL:
        channel, _, ts = delivery.target.partition(":")
        parent = delivery.origin.target.partition(":")[2] if ":" in delivery.origin.target else None
        thread = None if delivery.origin.target.startswith("group:") else parent
        return gateways.slack.find_replaced(
            channel=channel, ts=ts, thread_ts=thread, key=str(delivery.key), deadline=deadline
        )
    first = delivery.tries.order_by("n").values_list("started_at", flat=True).first() or delivery.due_at
    oldest = first.timestamp() - CLOCKS_APART_SECONDS
    return gateways.slack.find_post(
        channel=channel, key=str(delivery.key), oldest=oldest, thread_ts=thread, deadline=deadline
    )


def _find_mail(delivery: Delivery, gateways) -> None:
    """Nobody can read it back: it is sent again under the same Message-ID, which mail programs show once."""


SENDERS = {"zendesk": _send_note, "slack": _send_message, "email": _send_mail}
LOOKERS = {"zendesk": _find_note, "slack": _find_message, "email": _find_mail}

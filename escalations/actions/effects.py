"""From a delivery to the gateway's call, per system: how it is sent, and how it is looked for."""

from django.conf import settings

from escalations.gateways.base import Deadline, DeliveryError, LookupFailed, Receipt
from escalations.models import Delivery


def _send_note(delivery: Delivery, gateways) -> Receipt:
    instance, ticket_id = delivery.target.split(":")
    content = delivery.content
    return gateways.zendesk(instance).note(
        ticket_id=int(ticket_id),
        body=content["body"],
        key=str(delivery.key),
        follower=content.get("follower"),
        email_cc=content.get("email_cc"),
        deadline=Deadline(settings.DELIVERY_DEADLINE_SECONDS),
    )


def _send_message(delivery: Delivery, gateways) -> Receipt:
    deadline = Deadline(settings.DELIVERY_DEADLINE_SECONDS)
    channel, thread = _slack_target(delivery, gateways, deadline)
    content = delivery.content
    return gateways.slack.post(
        channel=channel,
        text=content["text"],
        blocks=content["blocks"],
        key=str(delivery.key),
        thread_ts=thread,
        deadline=deadline,
    )


def _slack_target(delivery: Delivery, gateways, deadline: Deadline) -> tuple[str, str | None]:
    kind, _, rest = delivery.target.partition(":")
    if kind == "group":
        return gateways.slack.open_group(rest.split(","), deadline=deadline), None
    return kind, rest or None


def _find_note(delivery: Delivery, gateways) -> Receipt | None:
    instance, ticket_id = delivery.target.split(":")
    deadline = Deadline(settings.DELIVERY_DEADLINE_SECONDS)
    return gateways.zendesk(instance).find_note(ticket_id=int(ticket_id), key=str(delivery.key), deadline=deadline)


def _find_message(delivery: Delivery, gateways) -> Receipt | None:
    deadline = Deadline(settings.DELIVERY_DEADLINE_SECONDS)
    try:
        channel, thread = _slack_target(delivery, gateways, deadline)
    except DeliveryError as error:
        raise LookupFailed("slack", "failed", error.text) from None
    first = delivery.tries.order_by("n").values_list("started_at", flat=True).first() or delivery.due_at
    oldest = first.timestamp() - 60
    return gateways.slack.find_post(
        channel=channel, key=str(delivery.key), oldest=oldest, thread_ts=thread, deadline=deadline
    )


SENDERS = {"zendesk": _send_note, "slack": _send_message}
LOOKERS = {"zendesk": _find_note, "slack": _find_message}

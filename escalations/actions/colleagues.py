"""The list of everybody in Slack, read by the worker: met for the first time, somebody's id is known already."""

import logging

from django.db import transaction

from escalations.gateways.base import Deadline, LookupFailed
from escalations.models import Colleague

log = logging.getLogger("escalations.worker")
READ_SECONDS = 120.0  # a company of thousands is many pages


def refresh(gateways) -> bool:
    """Keep what has changed since; False, and nothing changed, where Slack did not give the whole list."""
    try:
        now = gateways.slack.colleagues(deadline=Deadline(READ_SECONDS))
    except LookupFailed as failure:
        log.warning("the list of people could not be read", extra={"service": "slack", "code": failure.code})
        return False
    with transaction.atomic():
        before = dict(Colleague.objects.values_list("email", "slack_id"))
        Colleague.objects.filter(email__in=before.keys() - now.keys()).delete()
        Colleague.objects.bulk_create(
            [Colleague(email=email, slack_id=slack_id) for email, slack_id in now.items() if before.get(email) != slack_id],
            update_conflicts=True, unique_fields=["email"], update_fields=["slack_id"], batch_size=500,
        )  # fmt: skip
    return True

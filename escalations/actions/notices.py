"""Trouble finds people: the author at once, the team leads' channel after a while, once a cause; by e-mail if Slack is the trouble."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from escalations.models import Delivery, Escalation
from escalations.models.clock import database_now
from escalations.models.delivery import NOTICE
from escalations.models.planning import is_restricted
from escalations.models.trouble import Cause, causes, waiting
from escalations.rules.withdrawal import group_notice, trouble_notice

from . import lanes
from .records import notice_row
from .unit import unit


def tell_author(escalation: Escalation, delivery: Delivery, *, now: datetime) -> None:
    """One direct message an escalation, in the transaction of the move that makes it necessary."""
    if delivery.purpose == NOTICE:
        if delivery.system == "slack" and (address := delivery.target.removeprefix("person:")) != delivery.target:
            _add(escalation, delivery.origin, "email", address, address, delivery.content, now)
        return
    author = escalation.author
    if escalation.sample or not author.email:
        return
    content = trouble_notice(
        escalation.reference,
        delivery.get_system_display(),
        "" if is_restricted(escalation.instance) else delivery.place.get("label", ""),  # a channel may be named after a customer
        delivery.state,
        delivery.last_words,
        settings.PORTAL_URL + escalation.get_absolute_url(),
    )
    by_mail = delivery.system == "slack" and (lanes.is_paused("slack") or delivery.state == "needs_a_person")
    system, target = ("email", author.email) if by_mail else ("slack", f"person:{author.email}")
    _add(escalation, delivery, system, target, author.get_full_name() or author.username, content, now)


def _add(escalation, origin, system: str, target: str, label: str, content: dict, now: datetime) -> None:
    if not Delivery.objects.filter(escalation=escalation, system=system, target=target, purpose=NOTICE).exists():
        notice_row(escalation, origin, system=system, target=target, label=label[:200], content=content, at=now).save()


def tell_team_leads() -> int:
    """Say each cause that has waited long enough in the team leads' channel; how many were said. Called by every worker."""
    channel = settings.SLACK.get("team_leads_channel")
    rows = list(waiting())
    if not channel or not rows:
        return 0
    now = database_now()
    old = now - timedelta(seconds=settings.TEAM_LEADS_AFTER_SECONDS)
    told = set(
        Delivery.objects.filter(purpose=NOTICE, target=channel, origin__in=rows).values_list("origin_id", flat=True)
    )
    ripe = [c for c in causes(rows) if c.since <= old and not told & {row.pk for row in c.deliveries}]
    return sum(_tell(cause, channel, now) for cause in ripe)


def _tell(cause: Cause, channel: str, now: datetime) -> bool:
    first = cause.deliveries[0]
    url = settings.PORTAL_URL + reverse("attention")
    content = group_notice(first.get_system_display(), cause.since, len(cause.deliveries), first.last_words, url)
    row = notice_row(
        first.escalation,
        first,
        system="slack",
        target=channel,
        label="the team leads' channel",
        content=content,
        at=now,
    )
    try:
        with transaction.atomic(), unit(by="portal", now=now, durable=False) as opened:
            row.save()
            opened.record(
                "notice.team_leads", first.escalation.reference, system=cause.system, deliveries=len(cause.deliveries)
            )
    except IntegrityError:  # another worker was a moment earlier
        return False
    return True

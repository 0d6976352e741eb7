"""Trouble finds people: the author at once, the team leads after a while, once a cause; by e-mail if Slack is the trouble."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse

from escalations.models import Delivery, Escalation
from escalations.models.clock import database_now
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.models.lanes import lane_of
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.models.trouble import Cause, causes, standing_still, waiting
from escalations.rules.answer_notices import answer_notice, correction_notice, overdue_notice
from escalations.rules.follow_up import Said
from escalations.rules.withdrawal import group_notice, trouble_notice

from . import lanes
from .ownership import wake
from .records import notice_row
from .unit import unit

LEADS = "notice-leads"  # the leg key of what is said to the team leads about a whole cause


def tell_author(escalation: Escalation, delivery: Delivery, *, now: datetime) -> None:
    """In the transaction of the move that makes it necessary: once a start, as only a team lead moves it on from there.

    What Slack does not take goes by e-mail.
    """
    if delivery.purpose == NOTICE:
        if delivery.system == "slack":
            _by_mail_instead(escalation, delivery, now)
        return
    if escalation.sample:
        return
    content = trouble_notice(
        escalation.reference,
        delivery.get_system_display(),
        # A channel may be named after its customer.
        "" if is_restricted(escalation.instance) else delivery.place.get("label", ""),
        delivery.state,
        delivery.last_words,
        settings.PORTAL_URL + escalation.get_absolute_url(),
        withdrawal=delivery.purpose == WITHDRAWAL,
    )
    doubtful = delivery.system == "slack" and delivery.state == "needs_a_person"
    _to_author(escalation, delivery, content, now, by_mail=doubtful)


def tell_author_of_answer(escalation: Escalation, said: Said, *, words: str = "", draft=None, now: datetime) -> None:
    """What their recipient has said on the portal, in its transaction. Who records what they were told knows it already."""
    url = settings.PORTAL_URL + (draft or escalation).get_absolute_url()
    _to_author(escalation, None, answer_notice(escalation.reference, said.what, said.said_by, url, words), now)


def tell_author_of_correction(escalation: Escalation, key: str, means: str, *, now: datetime) -> None:
    """Whom it waits to tell will not be told, because of the correction `key`: once of each."""
    leg_key = f"{NOTICE}-{key}"
    if not escalation.deliveries.filter(purpose=NOTICE, leg_key=leg_key).exists():
        url = settings.PORTAL_URL + escalation.get_absolute_url()
        _to_author(escalation, None, correction_notice(escalation.reference, means, escalation.contact_name, url), now, leg_key=leg_key)


def tell_author_of_silence(escalation: Escalation, *, now: datetime) -> None:
    """No answer by the day that the message named."""
    url = settings.PORTAL_URL + escalation.get_absolute_url()
    _to_author(escalation, None, overdue_notice(escalation.reference, escalation.contact_name, escalation.answer_on, url), now)


def _to_author(escalation: Escalation, origin: Delivery | None, content: dict, now: datetime, *, by_mail: bool = False, **more) -> None:
    author = escalation.author
    if not author.email:
        return
    by_mail = by_mail or lanes.in_trouble("slack")
    system, target = ("email", author.email) if by_mail else ("slack", f"person:{author.email}")
    _add(escalation, origin, system, target, name_of(author), content, now, **more)


def _by_mail_instead(escalation: Escalation, notice: Delivery, now: datetime) -> None:
    """To the one person, or, where it was the channel, to every team lead."""
    kind, _, address = notice.target.partition(":")
    for to in [address] if kind == "person" else _addresses_of_leads():
        _add(escalation, notice.origin, "email", to, to, notice.content, now, leg_key=notice.leg_key)


def _addresses_of_leads() -> list[str]:
    leads = get_user_model().objects.filter(groups__name="team lead", is_active=True).exclude(email="")
    return list(leads.values_list("email", flat=True).distinct().order_by("email"))


def _add(escalation, origin, system: str, target: str, label: str, content: dict, now: datetime, **more) -> None:
    row = notice_row(escalation, origin, system=system, target=target, label=label[:200], content=content, at=now, **more)
    row.save()
    wake()


def tell_team_leads() -> int:
    """Say each cause that has waited long enough; how many were said. Called by every worker, every few seconds.

    Two sorts: what waits for a person, and what stands still in a lane that is paused; there notices as well, or nobody would
    hear that they do not come.
    """
    now = database_now()
    old = now - timedelta(seconds=settings.TEAM_LEADS_AFTER_SECONDS)
    untold = Q(told_at__isnull=True)
    said = 0
    if waiting().filter(untold).exists():
        ripe = [cause for cause in causes(waiting()) if cause.since <= old]
        said += sum(_tell(cause, now, still=False) for cause in ripe)
    if standing_still(old).filter(untold).exists():
        said += sum(_tell(cause, now, still=True) for cause in _by_lane(standing_still(old)))
    return said


def _by_lane(rows) -> list[Cause]:
    """Notices alone stand still only where the lane is in trouble: one on its way is no news."""
    found = {}
    for row in rows.order_by("pk"):
        found.setdefault(lane_of(row), []).append(row)
    told = [group for lane, group in found.items() if any(row.purpose != NOTICE for row in group) or lanes.in_trouble(lane)]
    return [Cause(group[0].system, "pending", "", tuple(group)) for group in told]


def _tell(cause: Cause, now: datetime, *, still: bool) -> bool:
    """One notice for the cause, unless another worker has said it or somebody of the same cause was told before."""
    first = cause.deliveries[0]
    rows = Delivery.objects.filter(pk__in=[row.pk for row in cause.deliveries])
    with unit(by="portal", now=now, durable=False) as opened:
        new = all(row.told_at is None for row in cause.deliveries)
        if not rows.filter(told_at__isnull=True).update(told_at=now) or not new:
            return False
        since = first.begun_at if still else cause.since
        url = settings.PORTAL_URL + reverse("status" if still else "attention")
        many, about = len(cause.deliveries), first.origin if first.purpose == NOTICE else first
        content = group_notice(first.get_system_display(), since, many, first.last_words, url, still=still)
        for system, target in _where(cause):
            _add(first.escalation, about, system, target, "the team leads", content, now, leg_key=LEADS)
        opened.record("notice.team_leads", first.escalation.reference, system=cause.system, deliveries=many)
    return True


def _where(cause: Cause) -> list[tuple[str, str]]:
    channel = settings.SLACK.get("team_leads_channel")
    # One archived channel is not Slack's trouble.
    well = (cause.system != "slack" or cause.state == "dead") and not lanes.in_trouble("slack")
    if channel and well:
        return [("slack", channel)]
    return [("email", address) for address in _addresses_of_leads()] or ([("slack", channel)] if channel else [])

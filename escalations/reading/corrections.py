"""The corrections that stand, for their page, and what each would change."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from escalations.models import Correction, Escalation
from escalations.models.planning import is_restricted
from escalations.rules import corrections as rules

MOST = 200


def standing(day: date, text: str = "") -> QuerySet[Correction]:
    """Those that count today or later, the newest first; `text` is part of an account's id or name, or of a person."""
    rows = Correction.objects.not_over(day).select_related("recorded_by", "escalation").order_by("-pk")
    fields = ("account_id", "account_name", "name", "email", "use_name", "use_email")
    wanted = Q()
    for field in fields if text else ():
        wanted |= Q(**{f"{field}__icontains": text})
    return rows.filter(wanted)[:MOST]


def over(day: date) -> QuerySet[Correction]:
    """The last that were taken back or ran out."""
    rows = Correction.objects.select_related("recorded_by", "ended_by", "escalation")
    return rows.filter(Q(ended_at__isnull=False) | Q(valid_until__lt=day)).order_by("-pk")[:20]


def account_names(rows: Iterable[Correction]) -> dict[int, str]:
    """The name of each one's account by the correction's number: as recorded, else as the newest escalation has it.

    None comes from a restricted instance, and none stands beside what was said of a ticket there.
    """
    rows = [row for row in rows if row.account_id and not of_a_restricted(row)]
    found = _names(rows)
    return {row.pk: found[row.account_id] for row in rows if row.account_id in found}


def of_a_restricted(row: Correction) -> bool:
    """Whether it was said of a ticket of a restricted instance: of its escalation, or from a draft, where nothing is typed."""
    if row.escalation:
        return is_restricted(row.escalation.instance)
    return not row.account_name and row.reason == row.said_by == rules.UNSAID


def _names(rows: list[Correction]) -> dict[str, str]:
    names = {row.account_id: row.account_name for row in rows if row.account_name}
    unnamed = {row.account_id for row in rows} - names.keys()
    sent = Escalation.objects.filter(account_id__in=unnamed).exclude(customer_name="").order_by("pk") if unnamed else Escalation.objects.none()
    found = {key: name for key, name, instance in sent.values_list("account_id", "customer_name", "instance") if not is_restricted(instance)}
    return found | names


def circle(new: Correction, day: date) -> str:
    """The names of a circle that `new`, not yet stored, would close on `day` or later; "" when it closes none."""
    others = Correction.objects.not_over(day).exclude(email="").order_by("pk")
    others = others.filter(account_id__in=("", new.account_id)) if new.account_id else others
    return rules.circle(_read(new), map(_read, others), day)


def against(new: Correction, role: str, day: date) -> str:
    """The reference of what says that somebody else than `new` names, not yet stored, is told next, or nobody; "" where nothing does."""
    others = Correction.objects.not_over(day).filter(account_id__in={"", new.account_id}).order_by("pk")
    found = rules.against(_read(new), map(_read, others), role, day) if new.use_email else None
    return found.key if found else ""


def _read(row: Correction) -> rules.Correction:
    return rules.Correction.read(row.as_value())

"""Where the answer to an escalation stands: what is waited for, what was said by whom, what can be said now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from escalations.models import Draft, Escalation, FollowUp
from escalations.models.planning import is_restricted
from escalations.rules import follow_up as rules
from escalations.rules import states

UNSAID = ("none", "awaiting_reply", "overdue")  # nobody has said anything yet: nothing to ask for
TONES = {"awaiting_reply": "info", "overdue": "warn", "acknowledged": "good", "not_mine": "warn", "closed": "neutral"}


@dataclass(frozen=True)
class Line:
    """One thing that was said. `words`: why, or what they said with it. `thanks` is to paste as an answer to who refused; "" for everything
    else. `draft`: see `next_step`.

    `role`: a refusal goes for it alone; "" where it goes for every role.
    """

    row: FollowUp
    text: str
    tone: str
    thanks: str = ""
    role: str = ""
    words: str = ""
    draft: Draft | None = None


@dataclass(frozen=True)
class Answer:
    """`waits` is one sentence, "" when nothing is waited for."""

    waits: str
    tone: str
    lines: tuple[Line, ...]
    can: tuple[str, ...]


def answer_of(escalation: Escalation, *, now: datetime) -> Answer:
    rows = escalation.follow_ups.select_related("recorded_by", "correction", "draft__escalation")
    if escalation.follow_up in UNSAID:
        rows = rows.none()
    lines = tuple(_line(escalation, row, now) for row in rows)
    can = tuple(what for what in ("acknowledged", "not_mine", "closed") if escalation.may_be_said(what))
    return Answer(waits(escalation, now), TONES.get(escalation.follow_up, "neutral"), lines, can)


def waits(escalation: Escalation, now: datetime) -> str:
    """What is waited for, as long as somebody was asked and has not answered."""
    if not escalation.waits:
        return ""
    return rules.waited_for(escalation.follow_up, escalation.contact_name, escalation.answer_on, now.date())


def _line(escalation: Escalation, row: FollowUp, now: datetime) -> Line:
    customer = "" if is_restricted(escalation.instance) else escalation.customer_name
    right = row.right_name or row.right_email
    role = escalation.role_name if row.correction and row.correction.role_key else ""
    refused = row.what == "not_mine"
    thanks = rules.thanks(row.said_by, customer, role, right, remembered=bool(row.correction)) if refused else ""
    return Line(row, rules.sentence(row.said, now), TONES[row.what], thanks, role, _words(row), next_step(row))


def _words(row: FollowUp) -> str:
    if row.what == "acknowledged":
        return f"“{row.reason}”" if row.reason else ""
    return f"{row.reason}{'' if row.reason.endswith(('.', '!', '?')) else '.'}" if row.reason else ""


def next_step(said: FollowUp) -> Draft | None:
    """The draft of the next step, sent or not; of one that was undone the draft that came back, or what was sent after it.

    Only for the same role or situation: another matter of the same ticket is no next step. None where nothing is left of it.
    """
    draft = said.draft
    sent = getattr(draft, "escalation", None)
    if sent is None or sent.state != "cancelled" or sent.withdrawn_at:
        return draft
    others = Draft.objects.filter(instance=draft.instance, ticket_id=draft.ticket_id, created_at__gte=draft.created_at).exclude(pk=draft.pk)
    later = others.filter(escalation__pk__gt=sent.pk, escalation__role_key=sent.role_key).exclude(escalation__state="cancelled")
    back = others.filter(Q(scenario_key=draft.scenario_key) | Q(created_at=draft.created_at), escalation=None, state__in=states.LIVE)
    return later.select_related("escalation").order_by("escalation__pk").first() or back.order_by("-updated_at").first()


def is_next_step_of() -> Q:
    """The refusals (FollowUp) for which a live draft, the outer row, is the next step: `next_step` in a query."""
    undone = Q(draft__escalation__state="cancelled", draft__escalation__withdrawn_at=None)
    same = Q(draft__instance=OuterRef("instance"), draft__ticket_id=OuterRef("ticket_id"), draft__created_at__lte=OuterRef("created_at"))
    matter = Q(draft__scenario_key=OuterRef("scenario_key")) | Q(draft__created_at=OuterRef("created_at"))
    sent = Escalation.objects.filter(
        instance=OuterRef("draft__instance"), ticket_id=OuterRef("draft__ticket_id"), role_key=OuterRef("draft__escalation__role_key"),
        pk__gt=OuterRef("draft__escalation__pk"),
    ).exclude(state="cancelled")  # fmt: skip
    return Q(draft=OuterRef("pk")) | undone & same & matter & ~Exists(sent)

"""The home page's lists: a person's own open drafts, and what they sent last."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from escalations.models import Draft, Escalation, FactSnapshot, FollowUp
from escalations.models.active import active
from escalations.models.planning import is_restricted
from escalations.rules import states

from .follow_up import is_next_step_of
from .outcomes import ANSWERS

MOST_DRAFTS = 60  # more than anybody begins in the week that they live


@dataclass(frozen=True)
class OpenDraft:
    """`after` is the escalation that was not theirs, ESC-12, where this draft is its next step; "" for every other."""

    draft: Draft
    customer: str
    title: str
    after: str


def mine(user) -> dict:
    """A person's open drafts and their last ten escalations. The next step after a "not theirs" waits for them, so it stands first."""
    refused = FollowUp.objects.filter(what="not_mine", escalation__follow_up="not_mine", escalation__withdrawn_at=None)
    refused = refused.filter(is_next_step_of()).order_by("-pk")
    drafts = Draft.objects.filter(author=user, state__in=states.LIVE)
    drafts = drafts.annotate(
        after=Subquery(refused.values("escalation")[:1]),
        # The next step has read nothing yet: its customer is that of the escalation before.
        customer=Coalesce(
            _read("account", "value__name"), _read("ticket", "value__organization__name"),
            Subquery(refused.values("escalation__customer_name")[:1], TextField()), Value("", TextField()),
        ),
    ).order_by(F("after").desc(nulls_last=True), "-updated_at")
    # A number that was mistyped is nobody's work to go on with.
    mistyped = FactSnapshot.objects.filter(draft=OuterRef("pk"), key="ticket", error__in=("not_found", "deleted"))
    drafts = drafts.exclude(Exists(mistyped))[:MOST_DRAFTS]
    last = Escalation.objects.by(user).real().with_arrived().newest_first()[:10]
    mapping = active().mapping
    titles = {scenario.key: scenario.title for scenario in mapping.scenarios}
    return {"drafts": [_open_draft(draft, titles) for draft in drafts], "last": list(last), "answers": ANSWERS}


def _read(key: str, path: str) -> Subquery:
    """A text of what was read for a draft, as part of the query that lists it: Facts.customer_name in a list."""
    return Subquery(FactSnapshot.objects.filter(draft=OuterRef("pk"), key=key).annotate(text=KT(path)).values("text")[:1])


def _open_draft(draft: Draft, titles: dict[str, str]) -> OpenDraft:
    customer = "" if is_restricted(draft.instance) else draft.customer
    return OpenDraft(draft, customer, titles.get(draft.scenario_key, ""), f"ESC-{draft.after}" if draft.after else "")

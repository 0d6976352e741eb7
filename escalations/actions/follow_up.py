"""What people answered to an escalation, by whoever records it: acknowledged, not mine, closed. Slack's buttons will use the same verbs.

Each is said once: pressed twice it is the first one, and in other words it is refused. NotPossible says in words why something cannot be said any more.
"""

from datetime import datetime

from escalations.models import Correction, Draft, Escalation, FollowUp
from escalations.models.delivery import AFTERWARDS
from escalations.models.facts import facts_from_json
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.rules.corrections import UNSAID
from escalations.rules.facts import Person
from escalations.rules.follow_up import NotPossible, refuses_role_only
from escalations.rules.together import JOINING

from . import choices, corrections, notices, snapshots, wizard
from .moves import call_off, on
from .ownership import wake
from .unit import Unit

WORDS = ("reason", "disposition", "handed_to", "right_name", "right_email")  # what else was said of it than that it was said
TAKEN_ALONG = ("answers", "edits", "scenario_by", "scenario_key")  # of a draft, beside the ticket; facts are read anew


def acknowledge(
    escalation: Escalation, *, said_by: str, by, now: datetime, by_themselves: bool = False, words: str = ""
) -> FollowUp:
    """Somebody has it. `said_by` is their name; `by_themselves` when they have said so here, so that the author is told.

    `words`: what they said with it, one line; none is kept of a US Government ticket.
    """
    line = "" if is_restricted(escalation.instance) else words[:250]
    said = FollowUp(what="acknowledged", said_by=said_by[:255], by_themselves=by_themselves, reason=line)
    return _say(escalation, said, by=by, now=now)


def not_mine(
    escalation: Escalation, *, said_by: str, reason: str, right: Person | None, by, now: datetime, by_themselves: bool = False
) -> FollowUp:
    """Who was told refuses: a correction for this customer, and a draft for the next step. Nothing is sent.

    `right` is who is to be asked instead: with an address the search finds them next, with a name only it is on record.
    """
    said = FollowUp(what="not_mine", said_by=said_by[:255], by_themselves=by_themselves, reason=reason[:250])
    if right:
        named = right.email or not is_restricted(escalation.instance)
        said.right_name, said.right_email = right.name[:255] if named else "", right.email.lower()
    return _say(escalation, said, by=by, now=now)


def close(escalation: Escalation, *, disposition: str, said_by: str, by, now: datetime, handed_to: str = "") -> FollowUp:
    """The end of it, with how it ended: a key of DISPOSITIONS. `handed_to` goes with "handed_over" only."""
    to = handed_to[:120] if disposition == "handed_over" and not is_restricted(escalation.instance) else ""
    said = FollowUp(what="closed", said_by=said_by[:255], disposition=disposition, handed_to=to)
    return _say(escalation, said, by=by, now=now)


def account_of(escalation: Escalation) -> str:
    """The account for which “not mine” is remembered; "" where none is known, so that nothing is."""
    return facts_from_json(escalation.facts).account_id or escalation.account_id


def correction_of(escalation: Escalation, said: FollowUp, day) -> Correction | None:
    """What “not mine” means for the next search, not yet stored; None where no account is known for which it could count."""
    account = account_of(escalation)
    if not account or not escalation.contact_email:
        return None
    restricted = is_restricted(escalation.instance)
    return Correction(
        account_id=account, account_name="" if restricted else escalation.customer_name,
        role_key=escalation.role_key if refuses_role_only(said.reason) else "",
        email=escalation.contact_email.lower(), name=escalation.contact_name, instead="person" if said.right_email else "next_step",
        use_email=said.right_email, use_name=said.right_name if said.right_email else "", valid_from=day,
        reason=UNSAID if restricted else said.reason[:200] or "Not mine", said_by=said.said_by[:120], escalation=escalation,
    )  # fmt: skip


def _say(escalation: Escalation, said: FollowUp, *, by, now: datetime) -> FollowUp:
    with on(escalation.pk, by=by.username, now=now) as (opened, row):
        before = row.follow_ups.filter(what=said.what).first()
        if before:
            _check_same(before, said)
            return before
        row.check_may_be_said(said.what)
        if said.what == "not_mine":
            _pass_on(opened, row, said, by)
        said.escalation, said.recorded_by, said.recorded_at = row, by, now
        said.save(force_insert=True)
        Escalation.objects.filter(pk=row.pk).update(follow_up=said.what)
        escalation.follow_up = row.follow_up = said.what
        if row.called_off:
            for leg in row.deliveries.exclude(purpose__in=AFTERWARDS):
                call_off(opened, row, leg)
            wake()  # what may have arrived is looked for
        how = {"disposition": said.disposition} if said.disposition else {"by_themselves": said.by_themselves}
        words = said.reason if said.what == "acknowledged" else ""
        opened.record(f"follow_up.{said.what}", row.reference, words=words, **how)
        if said.by_themselves:
            notices.tell_author_of_answer(row, said.said, words=words, draft=said.draft, now=now)
    return said


def _check_same(before: FollowUp, said: FollowUp) -> None:
    nothing_more = said.what == "acknowledged" and not said.reason
    if not nothing_more and any(getattr(before, name) != getattr(said, name) for name in WORDS):
        who = name_of(before.recorded_by)
        how = "in other words" if any(getattr(before, name) for name in WORDS) else "without words"
        then = " Support can still record who is right, as a correction." if said.what == "not_mine" else ""
        raise NotPossible(f"{who} recorded it already, {how}, and what was said stays.{then}")


def _pass_on(opened: Unit, row: Escalation, said: FollowUp, by) -> None:
    correction = correction_of(row, said, opened.now.date())
    if correction:
        said.correction = corrections.recorded(opened, correction, by=by)
    said.draft = _prepared(row, now=opened.now)
    if not correction:  # nothing else remembers that it is not theirs
        said.draft.snapshots.filter(source="portal", key__startswith="person_choice:", value__email__iexact=row.contact_email).delete()


def _prepared(row: Escalation, *, now: datetime) -> Draft:
    """The author's draft of the same ticket and situation. One that is open keeps what its author chose, said and wrote; all is read anew."""
    draft = wizard.start(by=row.author, instance=row.instance, ticket_id=row.ticket_id, now=now)
    snapshots.read_anew(draft, now=now)
    if row.draft:
        choices.take_along(draft, row.draft)
    if row.draft and not draft.scenario_key:
        for name in TAKEN_ALONG:
            setattr(draft, name, getattr(row.draft, name))
        # A note in the thread mentions nobody: whoever is told next has not been told yet.
        draft.answers = {key: answer for key, answer in draft.answers.items() if key != JOINING}
        draft.save(update_fields=TAKEN_ALONG)
    return draft

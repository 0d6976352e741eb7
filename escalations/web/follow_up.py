"""What the author or a team lead was told about an escalation: acknowledged, not theirs, closed. Each a page with one form."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from escalations.actions import follow_up
from escalations.gateways.wiring import gateways
from escalations.models import Correction, Escalation, FollowUp
from escalations.models.delivery import AFTERWARDS
from escalations.models.facts import facts_from_json
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.reading.corrections import against, circle
from escalations.rules.contacts import people_of
from escalations.rules.facts import Person
from escalations.rules.follow_up import NotPossible, after_not_mine
from escalations.rules.permissions import check_can_record_answer, check_can_see_escalations
from escalations.rules.states import OVER

from . import looking, waiting
from .answer_forms import CloseForm, HaveItForm, NotMineForm, no_words
from .escalations import escalation_of
from .guards import actor_of, needs

NOT_ASKED = "Slack could not be asked for this person. Nothing is lost: try again, or choose “I do not know”."


@require_http_methods(["GET", "POST"])
@needs(check_can_see_escalations)
def acknowledged(request, number):
    row = _recorded_by(request, number)
    form = HaveItForm(posted(request), initial={"said_by": row.contact_name}, restricted=is_restricted(row.instance))

    def save():
        words = form.cleaned_data.get("words", "")
        follow_up.acknowledge(row, said_by=_who(form, row), words=words, by=request.user, now=timezone.now())

    return asked(request, row, "acknowledged", form, save, row.get_absolute_url())


@require_http_methods(["GET", "POST"])
@needs(check_can_see_escalations)
def not_mine(request, number):
    row = _recorded_by(request, number)
    form = not_mine_form(request, row)

    def save():
        refuse(request, row, form, said_by=_who(form, row))

    return asked(request, row, "not_mine", form, save, row.get_absolute_url())


@require_http_methods(["GET", "POST"])
@needs(check_can_see_escalations)
def close(request, number):
    row = _recorded_by(request, number)
    own = actor_of(request).name
    form = CloseForm(posted(request), initial={"said_by": own}, restricted=is_restricted(row.instance))

    def save():
        given = form.cleaned_data
        said = {"disposition": given["disposition"], "handed_to": given.get("handed_to", "")}
        follow_up.close(row, **said, said_by=given.get("said_by") or own, by=request.user, now=timezone.now())

    return asked(request, row, "closed", form, save, row.get_absolute_url())


def asked(request, row: Escalation, what: str, form, save, back: str, *, themselves: bool = False):
    """The form, the form with what is missing, or, once it is said, the page from which somebody came.

    What cannot be said any more leads back there as well, with the reason; what was typed stays here to be copied.
    """
    context = {
        "escalation": row, "form": form, "what": what, "back": back, "themselves": themselves, "restricted": is_restricted(row.instance),
        "ends": what in OVER and row.deliveries.filter(state__in=("pending", "sending")).exclude(purpose__in=AFTERWARDS).exists(),
    }  # fmt: skip
    try:
        if request.method == "POST" and not row.follow_ups.filter(what=what).exists():
            row.check_may_be_said(what)
        if request.method == "POST" and form.is_valid():
            save()
            if not form.errors:
                return redirect(back)
    except NotPossible as late:
        if form.typed:
            return render(request, "follow_up/form.html", {**context, "late": str(late)}, status=409)
        messages.warning(request, f"Nothing was recorded. {late}")
        return redirect(back)
    if request.method == "GET" and not row.may_be_said(what):
        return redirect(back)
    return render(request, "follow_up/form.html", {**context, "late": ""}, status=422 if request.method == "POST" else 200)


def have_it_form(request, row: Escalation) -> HaveItForm:
    """For who was told: with one line for its author, unless nothing may be typed."""
    return HaveItForm(posted(request), restricted=is_restricted(row.instance), themselves=True, author=name_of(row.author))


def posted(request):
    """What a form gets: nothing but csrf may be in it, and of nothing at all Django thinks that nobody has sent it."""
    return request.POST if request.method == "POST" else None


def not_mine_form(request, row: Escalation, *, themselves: bool = False) -> NotMineForm:
    """Everybody whom the facts named for this customer, without who was told."""
    told = row.contact_email.lower()
    people = tuple((person, part) for person, part in people_of(facts_from_json(row.facts)) if person.email.lower() != told)
    first = {"said_by": row.contact_name, "right": "unknown"}
    restricted = is_restricted(row.instance)
    who = "You are" if themselves else f"{row.contact_name} is"
    remembered = follow_up.account_of(row)
    follows = partial(after_not_mine, who=who, role=row.role_name) if remembered else no_words
    return NotMineForm(posted(request), initial=first, people=people, restricted=restricted, themselves=themselves, follows=follows)


def refuse(request, row: Escalation, form: NotMineForm, *, said_by: str, themselves: bool = False) -> None:
    """Record it, unless the person who is right cannot be asked for or would not be asked: then the form says so."""
    right = _known(form, row, form.right_person)
    if form.errors:
        return
    said = FollowUp(said_by=said_by, reason=form.because, right_email=right.email if right else "", right_name=right.name if right else "")
    problem = _problem(follow_up.correction_of(row, said, timezone.now().date()), row, themselves)
    if problem:
        form.add_error("right", problem)
        return
    given = {"said_by": said_by, "reason": form.because, "right": right, "by_themselves": themselves}
    recorded = follow_up.not_mine(row, **given, by=request.user, now=timezone.now())
    waiting.name(request, recorded.correction)


def _problem(correction: Correction | None, row: Escalation, themselves: bool) -> str:
    """Why the next step would not ask whom `correction`, not yet stored, names; "" when it would."""
    if correction is None:
        return ""
    names = circle(correction, correction.valid_from)
    if names:
        return f"That would lead in a circle: {names}."
    other = against(correction, row.role_key, correction.valid_from)
    then = f"Name somebody else, or ask Support to take {other} back" if themselves else f"Take {other} back under Corrections, or name somebody else"
    return f"The next step would not ask {correction.use_name}: {other} says otherwise. {then}." if other else ""


def _known(form: NotMineForm, row: Escalation, right: Person | None) -> Person | None:
    """Whom somebody named by an address, with the name that Slack has for it: only colleagues are told."""
    if right is None or not right.email or right.name:
        return right
    if right.email.lower() == row.contact_email.lower():
        form.add_error("right_who", "That is the person who was told.")
        return right
    there = looking.colleague(gateways(), right.email)
    if not there.known:
        form.add_error("right_who", NOT_ASKED)
    elif not there.value or not there.value["active"] or there.value["guest"]:
        form.add_error("right_who", "Slack knows no colleague with this address.")
    else:
        return Person(there.value["name"], right.email)
    return right


def _who(form, row: Escalation) -> str:
    """Who said it; of a US Government ticket nobody is typed, so it is who was told, or whoever has the role."""
    return form.cleaned_data.get("said_by") or row.contact_name or row.role_name


def _recorded_by(request, number: int) -> Escalation:
    row = escalation_of(number)
    check_can_record_answer(actor_of(request), row.author.username)
    return row

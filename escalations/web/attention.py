"""The team lead's page: what waits for a person, by cause, and how it is settled. Others see their own, read-only."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from escalations.actions import settling
from escalations.gateways.wiring import gateways
from escalations.models import Delivery
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.models.planning import is_restricted
from escalations.models.trouble import waiting
from escalations.reading import attention as reading
from escalations.reading import elsewhere, overdue, people, targets, trail, under_way, verdicts
from escalations.rules.calendar import spoken_duration
from escalations.rules.permissions import can_settle, check_can_see_escalations, check_can_settle
from escalations.rules.states import MoveError

from .guards import actor_of, needs
from .reasons import NoReason, reason_given

VERBS = {
    "arrived": settling.close_sent,
    "not_arrived": settling.close_not_sent,
    "again": settling.send_again,
}


@require_GET
@needs(check_can_see_escalations)
def attention(request):
    """With ?sent it stays on what was just put on its way: that part polls, and brings what waits for a person once more."""
    return _progress(request) if request.htmx and "sent" in request.GET else _page(request)


@require_POST
@needs(check_can_settle)
def settle(request):
    """What is ticked of one group, in one of three ways; then on to the next group."""
    keys = [group.cause.key for group in reading.grouped(actor_of(request), timezone.now())]
    key = request.POST.get("group", "")
    ticked = _ticked(request)
    rows = [row for row in waiting().filter(pk__in=[pk for pk, _ in ticked]) if (row.pk, row.tried) in ticked]
    verdict = request.POST.get("verdict")
    verb = VERBS.get(verdict)
    try:
        because = reason_given(request.POST, sum(verdicts.REASONS.values(), ()), restricted=_any_restricted(rows))
        if not ticked or verb is None:
            raise NoReason("Tick at least one delivery that still waits, and press one of the buttons.")
    except NoReason as missing:
        return _page(request, problem=str(missing), at=key, code=422)
    done = verb(rows, by=request.user, because=because)
    left = len(ticked) - len(done)
    if not done:
        messages.warning(request, "Nothing was settled: what you ticked was moved meanwhile. Look at it as it is now.")
        return redirect("attention")
    if verb is settling.send_again:
        return _on_its_way(request, done, left)
    _say(request, done, left, verdicts.CLOSED[verdict, verdicts.about(done)])
    following = reading.next_key(keys, key)
    return redirect(f"{reverse('attention')}#{f'cause-{following}' if following else 'main'}")


@require_POST
@needs(check_can_settle)
def look_again(request, waiting_id):
    """Read now, within one budget, whether it is there. Nothing moves: the person decides."""
    row = get_object_or_404(waiting(), pk=waiting_id)
    outcome = settling.look_again(row, gateways(), by=request.user)
    read = (trail.LOOKS_BACK if row.purpose == WITHDRAWAL else trail.LOOKS)[outcome]
    why = f". {row.looks.last().words}" if outcome == "inconclusive" else ""
    messages.info(
        request, f"{row.escalation.reference}, looked in {row.get_system_display()} just now: {read}{why.rstrip('.')}."
    )
    return redirect(f"{reverse('attention')}#delivery-{row.pk}")


@require_http_methods(["GET", "POST"])
@needs(check_can_settle)
def send_elsewhere(request, waiting_id):
    """A dead letter's words to another channel of the mapping; a note to another ticket of the customer. First what that would do, and why."""
    row = waiting().filter(pk=waiting_id).first()
    if row is None:
        return _settled_meanwhile(request, waiting_id)
    try:
        target, label = _target(row, request.POST or request.GET)
        step = elsewhere.step(row, target, label, gateways(), seconds=settings.LOOKUP_BUDGET_SECONDS)
    except targets.CannotTakeIt as said:
        return _page(request, problem=str(said), refused=row.pk, code=422)
    if request.method == "GET":
        return _step(request, step)
    try:
        because = reason_given(request.POST, elsewhere.REASONS, restricted=_any_restricted([row]))
        sent = settling.redirect(row, target=target, label=label, by=request.user, because=because)
    except NoReason as missing:
        return _step(request, step, problem=str(missing))
    except (settling.NoSuchTarget, MoveError) as refused:
        if not waiting().filter(pk=row.pk).exists():  # pressed twice at once: the other one was first
            return _settled_meanwhile(request, row.pk)
        return _page(request, problem=str(refused), code=409)
    messages.info(request, f"{row.escalation.reference} is being sent to {label}. The first delivery is closed as not sent.")
    return redirect(f"{reverse('attention')}?sent={sent.pk}#under-way")


def _settled_meanwhile(request, number: int):
    """To what stands in for a delivery that waits no more, where somebody sent it elsewhere; 404 where there never was one."""
    rows = Delivery.objects.filter(escalation__sample=False).exclude(purpose=NOTICE)
    row = get_object_or_404(reading.seen_by(actor_of(request), rows), pk=number)
    instead = row.later.exclude(purpose=WITHDRAWAL).order_by("-pk").first()
    if instead:
        return redirect(f"{reverse('attention')}?sent={instead.pk}#under-way")
    messages.warning(request, "It was settled meanwhile.")
    return redirect("attention")


def _step(request, step: elsewhere.Step, *, problem: str = ""):
    context = {
        "step": step, "reasons": elsewhere.REASONS, "restricted": _any_restricted([step.delivery]), "problem": problem,
        "given": {name: request.POST.get(name, "") for name in ("reason", "words")},
    }  # fmt: skip
    return render(request, "attention/elsewhere.html", context, status=422 if problem else 200)


def _target(row, given) -> tuple[str, str]:
    """(target, label) as the form of this delivery asked for; raises CannotTakeIt."""
    if targets.takes_a_ticket(row):
        return targets.other_ticket(row, given.get("ticket", ""), gateways(), seconds=settings.LOOKUP_BUDGET_SECONDS)
    wanted = given.get("target", "")
    label = targets.targets_of(row).get(wanted)
    if label is None:
        raise targets.CannotTakeIt("Choose one of the channels that are offered.")
    return wanted, label


def _page(request, *, problem: str = "", at: str = "", refused: int = 0, code: int = 200):
    actor = actor_of(request)
    now = timezone.now()
    groups, going = reading.grouped(actor, now), _going(request)
    context = {
        "groups": groups,
        "going": going,
        "waits": {} if groups else under_way.how_many_on_their_way(actor, now),
        "overdue": overdue.listed(actor),
        "many": sum(group.many for group in groups),
        "most": reading.MOST,
        "may_settle": can_settle(actor),
        "leads": [] if can_settle(actor) else people.team_leads(),
        "leads_after": spoken_duration(now, now + timedelta(seconds=settings.TEAM_LEADS_AFTER_SECONDS)),
        "may_look": any(group.cause.state == "needs_a_person" for group in groups),
        "problem": problem,
        "refused": refused,
        "at": at if at in {group.cause.key for group in groups} else "",
        "given": {name: (request.POST or request.GET).get(name, "") for name in ("reason", "words", "ticket")},
        "unticked": _unticked(request, groups) if code == 422 else set(),
    }
    return render(request, "attention/attention.html", context, status=code)


def _progress(request):
    """The part, the count in the navigation, and the groups of what has come back since the page was told."""
    actor, going, now = actor_of(request), _going(request), timezone.now()
    fresh = _listed(going.again) - _listed(request.GET.get("again", ""))
    groups = reading.grouped(actor, now) if fresh else []
    context = {
        "going": going,
        "groups": [group for group in groups if fresh & {row.delivery.pk for row in group.rows}],
        "on_the_page": request.GET.getlist("group"),
        "waits": under_way.how_many_on_their_way(actor, now),
        "may_settle": can_settle(actor),
        "oob": True, "problem": "", "at": "", "refused": 0, "given": {}, "unticked": set(),
    }  # fmt: skip
    return render(request, "attention/_progress.html", context)


def _going(request) -> under_way.UnderWay:
    return under_way.under_way(actor_of(request), _listed(request.GET.get("sent", "")), timezone.now())


def _listed(numbers: str) -> set[int]:
    return _numbers(numbers.split(",")[: reading.MOST])


def _on_its_way(request, done, left: int):
    """The page stays on them until they have settled: what was sent again may be refused again at once."""
    if left:
        messages.warning(request, f"{left} could not be sent again: moved meanwhile.")
    return redirect(f"{reverse('attention')}?sent={','.join(str(row.pk) for row in done)}#under-way")


def _any_restricted(rows) -> bool:
    return any(is_restricted(row.escalation.instance) for row in rows)


def _unticked(request, groups) -> set[int]:
    """What the person had taken out of the group whose form came back."""
    ticked = _ticked(request)
    here = (group for group in groups if group.cause.key == request.POST.get("group"))
    rows = (row.delivery for group in here for row in group.rows)
    return {row.pk for row in rows if (row.pk, row.tried) not in ticked}


def _ticked(request) -> set[tuple[int, int]]:
    """(number, how often it was tried when the page was made): a decision is about that attempt, and not about a later one."""
    pairs = (text.partition(":") for text in request.POST.getlist("delivery"))
    return {(pk, tried) for first, _, second in pairs for pk in _numbers([first]) for tried in _numbers([second])}


def _numbers(texts: list[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16}


def _say(request, done, left: int, said: str) -> None:
    many = f"{len(done)} {'delivery' if len(done) == 1 else 'deliveries'}"
    more = f" {left} could not be: {'it was' if left == 1 else 'they were'} moved meanwhile, or need{'s' * (left == 1)} another button." if left else ""
    messages.success(request, f"{many} {said}.{more}")

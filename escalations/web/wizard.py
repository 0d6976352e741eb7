"""The wizard: from a ticket to Send. Every step is a plain form; with JavaScript the same forms answer with parts."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from escalations.actions import lifecycle, remarks, seal, wizard
from escalations.gateways.wiring import gateways
from escalations.models.planning import is_restricted, ticket_hosts
from escalations.reading.draft_page import in_force
from escalations.reading.lines import TRIPS
from escalations.rules.endings import ENDINGS, NONE_FITS
from escalations.rules.permissions import check_can_escalate, check_can_send
from escalations.rules.tickets import NotATicket, TicketNumber, read_tickets

from . import endings, kept, looking, not_twice, parts, several, words
from .drafts import draft_of, own_draft
from .guards import actor_of, needs, trouble

BEING_READ = "The facts were just being read again, in another tab or by another click."
WHY_NOT = "Say in a few words why not, or press one of the reasons; it is counted."
WHAT_IS_MISSING = "Say in a few words which situation is missing."
HOSTS = ticket_hosts()


@require_http_methods(["GET", "POST"])
@needs(check_can_escalate)
def escalate(request):
    """The ticket field. A POST starts (or finds) the author's draft of that ticket."""
    pasted = _public((request.POST if request.method == "POST" else request.GET).get("ticket", ""))
    try:
        numbers = read_tickets(pasted, HOSTS) if pasted or request.method == "POST" else []
        if request.method == "GET":
            return _start_page(request, pasted, start=bool(pasted))
        return several.start(request, numbers, _instances) if len(numbers) > 1 else _start_one(request, numbers[0], pasted)
    except several.NotForThem as problem:
        return _start_page(request, pasted, error=str(problem), not_for_them=True, status=403)
    except NotATicket as problem:
        return _start_page(request, pasted, error=str(problem), status=200 if request.method == "GET" else 422)


def _start_page(request, pasted: str, *, start=False, error: str = "", not_for_them=False, links=(), status: int = 200):
    """The field with what was pasted, and why it led no further; `start` looks it up at once."""
    context = {"pasted": pasted, "start": start, "error": error, "not_for_them": not_for_them, "links": links}
    return render(request, "wizard/start.html", context, status=status)


def _start_one(request, number: TicketNumber, pasted: str):
    [found] = _instances(request, [number])
    if len(found) > 1:
        return _start_page(request, pasted, links=_links(found, number.id))
    several.check_may_open(actor_of(request), [(found[0], number.id)])
    draft = wizard.start(by=request.user, instance=found[0], ticket_id=number.id, now=timezone.now())
    endings.say_that_it_ended(request, draft)
    if "scripted" not in request.POST:
        looking.look_up_all(draft, gateways())
    return redirect(draft)


@require_GET
def draft(request, draft_id):
    """The page that grows downward, or its newest parts. Once sent, its address leads to the escalation, never to a form."""
    row = draft_of(request, draft_id)
    if row.state == "submitted":
        return redirect(row.escalation)
    if row.is_live and row.author_id == request.user.pk and words.store(row, kept.taken(request, row)):
        messages.success(request, "Your sign-in had expired; what you wrote meanwhile is stored.")
    if request.htmx:
        return parts.answer(request, row, parts.AFTER_SITUATION)
    return parts.whole(request, row, page=looking.if_said_since(row, parts.read(row), by=request.user))


@require_POST
def look_up(request, draft_id, trip):
    """Make one trip; the answer starts the next one. With "again" the chain starts anew from this trip."""
    row = own_draft(request, draft_id)
    if not request.htmx:
        looking.look_up_all(row, gateways(), start=trip)
        return redirect(row)
    again = "again" in request.POST
    revision = None if again or trip == "ticket" else _number(request.POST.get("revision"))
    as_of = looking.look_up(row, trip, gateways(), revision=revision)
    if as_of is None:
        return HttpResponse(status=204)
    page = parts.read(row)
    line = page.line(trip)
    said = f"{line.service}: {line.text}."
    return parts.answer(request, row, page=page.while_looking(_next_trip(page, trip)), say=said, as_of=as_of)


@require_POST
def go_on(request, draft_id, trip):
    row = own_draft(request, draft_id)
    looking.go_on_without(row, trip, gateways())
    return parts.answer(request, row, say="Left out; go on.")


@require_POST
def situation(request, draft_id):
    """The chosen card, the role where two rows share it, and the answers: one form, stored at every change."""
    row, now = own_draft(request, draft_id), timezone.now()
    scenario = in_force().mapping.scenario(request.POST.get("scenario", ""))
    if scenario:
        twins = {twin.key for twin in in_force().mapping.twins(scenario, now.date())}
        key = request.POST.get("role") if request.POST.get("role") in twins else scenario.key
        if key != row.scenario_key:
            wizard.choose(row, scenario_key=key, now=now)
        for question in in_force().mapping.scenario(key).questions:
            given = request.POST.get(f"answer-{question.key}")
            if question.takes(given) and row.answers.get(question.key) != given:
                wizard.answer(row, question_key=question.key, choice_key=given, now=now)
        not_twice.tick(row, request.POST, now=now)
    return parts.answer(request, row, parts.AFTER_SITUATION, say="What will be sent has changed." if scenario else "")


@require_POST
def direct_message(request, draft_id):
    """Send the person a direct message as well, as the review offers it; with nobody named, do not."""
    row, to = own_draft(request, draft_id), request.POST.get("to", "")
    page = parts.read(row)
    if not to or page.offers("direct_message", to):
        wizard.also_directly(row, to=to, now=timezone.now())
    page = parts.read(row, page)
    return parts.answer(request, row, parts.AFTER_REPAIR, page=page, say=f"The button now says: {page.send.act}.")


@require_POST
def join(request, draft_id):
    """Let the portal join the public channel that the review names; what Slack says against it is said."""
    row, channel = own_draft(request, draft_id), request.POST.get("channel", "")
    if not parts.read(row).offers("join", channel):
        return parts.answer(request, row)
    why_not = looking.join(row, channel, gateways(), by=request.user)
    if why_not and request.htmx:
        return trouble(request, 409, "The portal could not join the channel", why_not)
    if why_not:
        messages.error(request, f"The portal could not join the channel. {why_not}")
    return parts.answer(request, row, parts.AFTER_JOINING, say="The portal is in the channel now.")


@require_http_methods(["GET", "POST"])
def send(request, draft_id):
    """Submit. Twice pressed is once sent; what changed since the review comes back as a 409 with the difference."""
    row = draft_of(request, draft_id)
    if request.method == "GET" or row.state == "submitted":
        return redirect(row.escalation if row.state == "submitted" else row)
    check_can_send(actor_of(request), row.author.username, is_restricted(row.instance))
    try:
        reviewed = seal.open_seal(request.POST.get("seal", ""), draft=str(row.pk), user=request.user.username)
        if not (_read_again_if_old(row) and looking.read_corrections(row, gateways())):
            raise lifecycle.Changed((BEING_READ,))
        at = _morning(request.POST.get("at", ""))
        escalation = lifecycle.submit(row, digest=reviewed.digest, by=request.user, now=timezone.now(), at=at)
        return redirect(several.after(row, request.POST) or escalation)
    except (seal.BadSeal, lifecycle.Changed, lifecycle.CannotSend) as refusal:
        return parts.whole(request, row, status=409, refusal=_refusal(refusal))


@require_POST
def do_not_escalate(request, draft_id):
    row = own_draft(request, draft_id)
    said = endings.chosen(request.POST, parts.read(row))
    if said is None:
        return parts.whole(request, row, status=422, refusal=(WHY_NOT,), field="id_because")
    kind, because = said
    wizard.do_not_escalate(row, by=request.user, kind=kind, because=because, now=timezone.now())
    return redirect(row)


@require_POST
def remark(request, draft_id):
    """A line to the row keepers: none of these fits. With "end" the draft ends there as well."""
    row, now = own_draft(request, draft_id), timezone.now()
    page = parts.read(row)
    text = endings.missing(request.POST, page)
    if text is None:
        return parts.whole(request, row, status=422, refusal=(WHAT_IS_MISSING,), field="id_remark")
    remarks.leave(row, by=request.user, text=text, nearest=page.out.nearest_key, now=now)
    if "end" in request.POST:
        wizard.do_not_escalate(row, by=request.user, kind=NONE_FITS, because=text or ENDINGS[NONE_FITS].what, now=now)
    messages.success(request, "The row keepers have your line; it is counted.")
    return redirect(row)


@require_POST
def discard(request, draft_id):
    row = own_draft(request, draft_id)
    wizard.discard(row, by=request.user, now=timezone.now())
    messages.info(request, format_html('The draft on ticket {} is discarded. <a href="{}">See or reopen it</a>', row.ticket_id, row.get_absolute_url()))
    return redirect(row if several.all_done(row) else "home")


@require_POST
def reopen(request, draft_id):
    row = own_draft(request, draft_id)
    wizard.reopen(row, by=request.user, now=timezone.now())
    return redirect(row)


@require_POST
def take_over(request, draft_id):
    """A colleague goes on with the draft: the text stays, the author changes, and both are on record."""
    row = draft_of(request, draft_id)
    check_can_escalate(actor_of(request), is_restricted(row.instance))
    wizard.take_over(row, by=request.user, now=timezone.now())
    return redirect(row)


def _next_trip(page, trip: str) -> str:
    """The following line, if it has anybody to ask: not after a ticket that was not read, nor without an account."""
    following = TRIPS[TRIPS.index(trip) + 1 : TRIPS.index(trip) + 2]
    due = page.ticket and following and page.line(following[0]).state in ("looking", "done", "stale", "ambiguous", "error")
    return following[0] if due else ""


def _public(pasted: str) -> str:
    """In sandbox mode the address of the sandbox's own page of a ticket is as good as the ticket's."""
    return pasted.replace(f"{settings.SANDBOX_URL}/", "https://") if settings.SANDBOX_URL else pasted


def _instances(request, numbers: list[TicketNumber]) -> list[list[str]]:
    """Where each ticket is: asked only for bare numbers, and only for whom may open both instances."""
    asked = [number.id for number in numbers if number.bare] if "US Government" in actor_of(request).groups and len(HOSTS) > 1 else []
    found = looking.instances_of(gateways(), asked) if asked else {}
    return [number.bare and found.get(number.id) or [number.instance] for number in numbers]


def _links(instances: list[str], ticket_id: int) -> list[tuple[str, str]]:
    return [(host, f"https://{host}/agent/tickets/{ticket_id}") for host, name in HOSTS.items() if name in instances]


def _read_again_if_old(row) -> bool:
    """Whether what is stored is fresh now; False when another look-up has overtaken this one.

    What stands in for a service that did not answer is as fresh as the last try.
    """
    read = row.snapshots.filter(source__in=("zendesk", "salesforce", "slack"), key__in=TRIPS, error="")
    oldest = read.first_asked_at()
    if oldest and (timezone.now() - oldest).total_seconds() > settings.FACTS_FRESH_SECONDS:
        return looking.look_up_all(row, gateways())
    return True


def _morning(text: str) -> datetime | None:
    """The instant of the second button, as the review wrote it into the form; nothing of the first one."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        raise lifecycle.Changed((lifecycle.ANOTHER_MORNING,)) from None


def _refusal(refusal: Exception) -> tuple[str, ...]:
    return getattr(refusal, "said", ()) or getattr(refusal, "reasons", ()) or (str(refusal),)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1

"""Several tickets in a row: started together, each read ahead while the one before it is looked at."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from escalations.actions import wizard
from escalations.gateways.wiring import gateways
from escalations.models.planning import is_restricted
from escalations.reading.in_a_row import in_a_row
from escalations.rules.permissions import Actor, can_escalate
from escalations.rules.tickets import NotATicket, TicketNumber

from . import looking
from .drafts import own_draft
from .guards import actor_of


class NotForThem(NotATicket):
    """A ticket, or some of several, is not for who pasted it; the text says which, and what to do."""


def start(request, numbers: list[TicketNumber], instances_of):
    """The drafts of all of them, and on to the first.

    Raises NotATicket where a bare number is in both instances, and NotForThem; nothing is started then.
    """
    tickets = []
    for number, found in zip(numbers, instances_of(request, numbers), strict=True):
        if len(found) > 1:
            raise NotATicket(f"Ticket {number.id} exists in both Zendesk instances: paste its link instead of the number.")
        tickets.append((found[0], number.id))
    tickets = list(dict.fromkeys(tickets))  # a link and a bare number may be the same ticket
    check_may_open(actor_of(request), tickets)
    first = wizard.start_in_a_row(by=request.user, tickets=tickets, now=timezone.now())[0]
    if "scripted" not in request.POST:
        looking.look_up_all(first, gateways())
    return redirect(first)


def check_may_open(actor: Actor, tickets: list[tuple[str, int]]) -> None:
    """Raises NotForThem; nothing of a ticket is read for it."""
    not_theirs = [str(number) for instance, number in tickets if is_restricted(instance) and not can_escalate(actor, True)]
    if not_theirs:
        *most, last = not_theirs
        which = f"Tickets {', '.join(most)} and {last} are" if most else f"Ticket {last} is"
        them = "them" if most else "it"
        let = f"Take {them} out here, and let" if len(tickets) > 1 else "Let"
        raise NotForThem(
            f"{which} of the US Government instance: only the group US Government may open {them}. "
            f"{let} a colleague of that group escalate {them}, or ask an administrator to add you to the group."
        )


def after(draft, given):
    """Where "Send and next" leads: the next ticket of the row that is still open; None without one, or when it was not pressed."""
    row = in_a_row(draft) if given.get("then") == "next" else None
    return row.next if row else None


def all_done(draft) -> bool:
    """Whether it was the last of its row that was open: its page says then what became of each."""
    row = in_a_row(draft)
    return bool(row and row.became)


@require_POST
def ahead(request, draft_id):
    """Read the next ticket of the row, unless somebody has; nothing of the page changes by it."""
    row = in_a_row(own_draft(request, draft_id))
    if row and row.next and not row.next.revision:
        looking.look_up_all(row.next, gateways())
    return HttpResponse(status=204)

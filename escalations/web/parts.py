"""The wizard's parts: one view gives the page, or the parts of it that changed."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from escalations.actions import seal, wizard
from escalations.reading.draft_page import DraftPage, draft_page
from escalations.reading.in_a_row import in_a_row
from escalations.rules.plan import shown
from escalations.rules.problems import blocking

from .escalations import just_sent
from .guards import actor_of

ALL = ("ticket", "situation", "review")
AFTER_SITUATION = ("situation", "review")  # the ticket's lines stay: one of them may be under way
AFTER_REPAIR = ("legs", "send")
AFTER_JOINING = ("review",)  # the steps of the search name the place as well
AFTER_WORDS = ("legs", "was", "emptied", "send")


def read(draft, earlier: DraftPage | None = None) -> DraftPage:
    """The page of today; `earlier` is one of the same request, whose facts still hold."""
    return draft_page(draft, now=timezone.now(), earlier=earlier)


def page_of(request: HttpRequest, draft, page: DraftPage | None = None) -> dict:
    """The context of the wizard's page and of each of its parts; what the author is shown is kept and sealed."""
    page = page or read(draft)
    mine = draft.author_id == request.user.pk
    if page.plan and mine:
        wizard.reviewed(draft, digest=page.plan.digest, shown=shown(page.plan))
    return {
        "page": page,
        "draft": draft,
        "row": in_a_row(draft),
        "mine": mine,
        "seal": _seal(request, page),
        "oob": False,
        "wanted": "",
        "emptied": "",
    }


def answer(
    request: HttpRequest,
    draft,
    parts: tuple[str, ...] = ALL,
    *,
    page: DraftPage | None = None,
    say: str = "",
    emptied: str = "",
    as_of: datetime | None = None,
    wanted: str = "",
) -> HttpResponse:
    """The changed parts for htmx, with the focus in the element `wanted`; without JavaScript the whole page, at its own address.

    Where two answers cross, the page keeps the parts that were read later: X-As-Of, in seconds.
    """
    if not request.htmx:
        return redirect(draft)
    as_of = as_of or timezone.now()
    context = {**page_of(request, draft, page), "oob": True, "say": say, "emptied": emptied, "wanted": wanted}
    html = [render_to_string(f"wizard/_{part}.html", context, request) for part in parts]
    html.append(render_to_string("components/_announcement.html", context, request))
    return HttpResponse("".join(html), headers={"X-As-Of": f"{as_of.timestamp():.6f}"})


def whole(
    request: HttpRequest,
    draft,
    *,
    page: DraftPage | None = None,
    status: int = 200,
    refusal: tuple[str, ...] = (),
    field: str = "review",
) -> HttpResponse:
    """The page; each sentence of a refusal leads to what it speaks of, else to `field`, an element of the page."""
    context = page_of(request, draft, page)
    row = context["row"]
    context |= just_sent(request, row.just_sent(timezone.now()) if row else None)
    led = [(text, _place(context["page"], text) or field) for text in refusal]
    return render(request, "wizard/draft.html", {**context, "refusal": led, "wanted": field}, status=status)


def _place(page: DraftPage, text: str) -> str:
    return next((page.places.get(one.part, "") for one in blocking(page.problems) if text.startswith(one.text)), "")


def _seal(request: HttpRequest, page: DraftPage) -> str:
    if not page.send.can_send:
        return ""
    return seal.make(draft=str(page.draft.pk), digest=page.plan.digest, user=actor_of(request).username)

"""How a draft ends without escalating: a closed list, each with why, what to do instead, and words to answer somebody with."""

from dataclasses import dataclass

from .mapping import Choice, Link, Scenario

OTHER, ANSWER, INTERNAL_ISSUE, RETIRED, NONE_FITS = "other", "answer", "internal_issue", "retired_row", "none_fits"


@dataclass(frozen=True)
class Ending:
    """`what` is what an engineer picks it by and what is counted; `copy` is for whom `to` names, with {ticket}, {form}, {address}."""

    key: str
    what: str
    why: str = ""
    instead: str = ""
    to: str = ""
    copy: str = ""
    pick: bool = False


_LIST = (
    Ending(
        "self_service", "The customer can upgrade by themselves",
        "A person in Sales would only send them to the page where they can do it at once.",
        "Tell the customer where they can do it; stay on the ticket until it has worked.",
        "the customer",
        "Hello,\n\nyou can make this upgrade yourselves, without waiting for anybody: open your subscription, choose the plan you want, and "
        "you see the price before anything is charged.\n\nIf a step does not work, or you need a quote or a purchase order, answer on "
        "this ticket ({ticket}) and we take it from there.",
        pick=True,
    ),
    Ending(
        "seats", "The customer wants to add seats",
        "Seats are added by the customer in their subscription; the account's owner need not do anything.",
        "Tell the customer where they can do it; if they need a quote or pay by purchase order, choose the row for a lead.",
        "the customer",
        "Hello,\n\nyou can add seats yourselves: open your subscription, choose how many you need, and you see the price before anything "
        "is charged. The new seats count at once.\n\nIf you need a quote or a purchase order for them, answer on this ticket ({ticket}) "
        "and we pass it on.",
        pick=True,
    ),
    Ending(
        "product_question", "It is a question about the product",
        "Support answers those: Sales and Customer Success would ask Support.",
        "Go on with the ticket; ask in the channel of the product area if you do not know.",
        "the customer",
        "Hello,\n\nthis is something that we in Support answer ourselves, on this ticket ({ticket}). So that we can: which version do you "
        "use, what have you tried, and what happened instead of what you expected?",
        pick=True,
    ),
    Ending(
        "unclear_need", "It is not clear yet what the customer needs",
        "Who is told without a clear need asks you first, and the customer waits twice.",
        "Ask the customer; when they have answered, paste the ticket again.",
        "the customer",
        "Hello,\n\nso that we bring in the right person at once: what do you want to reach, by when, and for how many people? Is it about "
        "something you have today, or something you would like to buy? Please answer on this ticket ({ticket}).",
        pick=True,
    ),
    Ending(
        INTERNAL_ISSUE, "An internal issue exists already",
        "Whoever looks after the customer follows the issue: a second message tells them nothing new.",
        "Link the issue in the ticket and go on there.",
        "a colleague who asks",
        "An internal issue exists for what ticket {ticket} is about, so nothing was sent to the CSM: they follow the issue. It is linked "
        "in the ticket; please go on there.",
        pick=True,
    ),
    Ending(
        "wrong_direction", "Somebody from Sales or Customer Success asked me to move the ticket",
        "This page goes from Support to Sales and Customer Success. In the other direction there is a form of its own.",
        "Send them to the form for attention requests: whoever decides about it sees it there at any hour.",
        "the colleague",
        "Thank you for telling me about ticket {ticket}. So that it is looked at by whoever can decide about it, at any hour, please use "
        "Support's form for attention requests: {form}",
        pick=True,
    ),
    Ending(RETIRED, "The row is no longer in force", "Nobody answers there any more.", to="a colleague who asks"),
    Ending(ANSWER, "An answer says that it is not escalated", to="a colleague who asks"),
    Ending(
        NONE_FITS, "None of the situations fits",
        "The row keepers have your line; it is counted.",
        "Ask a colleague or a team lead whom to tell; the draft stays at its address.",
        "a colleague",
        "Whom would you tell about ticket {ticket}? None of the portal's situations fits. What is known of it is here: {address}",
    ),
    Ending(OTHER, "Another reason"),
)  # fmt: skip
ENDINGS = {ending.key: ending for ending in _LIST}
PICKED = tuple(ending for ending in _LIST if ending.pick)  # one press each


@dataclass(frozen=True)
class WayOut:
    """An ending as a page shows it: finished texts; `to` and `copy` are "" where there is nobody to answer."""

    what: str
    why: str = ""
    instead: str = ""
    to: str = ""
    copy: str = ""
    link: Link | None = None


def kind_of(question_fact: str) -> str:
    """How a draft ends on an answer that stops: an internal issue is counted as that, whatever row asks for it."""
    return INTERNAL_ISSUE if question_fact == "internal_issue" else ANSWER


def way_out(kind: str, ticket: int, *, form: str = "", address: str = "", because: str = "", stop: Choice | None = None) -> WayOut | None:
    """`because` is what was kept with the draft; `stop` the answer that ended it, if one did; `form` and `address` are links."""
    ending = ENDINGS.get(kind)
    if ending is None:
        return None
    if stop:
        said = f"Nothing was sent about ticket {ticket}. {stop.stop}" + (f" {stop.stop_link.url}" if stop.stop_link else "")
        return WayOut(ending.what if kind == INTERNAL_ISSUE else stop.label, ending.why, stop.stop, "a colleague who asks", said, stop.stop_link)
    if kind == RETIRED:
        return WayOut(ending.what, ending.why, because, ending.to, f"About ticket {ticket}: {because}" if because else "")
    link = Link("The form for attention requests", form) if "{form}" in ending.copy else None
    copy = ending.copy.format(ticket=ticket, form=form, address=address)
    return WayOut(because if kind == OTHER and because else ending.what, ending.why, ending.instead, ending.to, copy, link)


def of_retired(row: Scenario) -> str:
    """What a draft keeps that ended on a row which is no longer in force."""
    return f"“{row.title}” is no longer in force. {row.instead or 'Its row keeper knows what to do instead.'}"

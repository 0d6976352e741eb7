"""From what an engineer pastes to (instance, number): a link, a number, or a line with one of them in it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

LINK = re.compile(r"https?://\S+", re.IGNORECASE)
PATH = re.compile(
    r"^/(?:agent/(?:#/)?tickets|tickets|requests|hc/[\w-]+/requests|api/v2/tickets)/(\d{1,15})(?:\.json)?(?:[/?#]|$)"
)
OWN = re.compile(r"(?i)\bESC-\d+\b")
MOST = 20  # tickets in a row
LONGEST = 50_000  # characters; what is longer is refused: cut off, a link could lead to another ticket
NUMBER = re.compile(r"(?<![\w.])#?(\d{1,15})(?![\w])")
# Of several numbers in a line the one that says what it is: "#482913 down since 3 pm", "Ticket 482913: from 16 to 17".
NAMED = re.compile(
    r"(?i)(?:(?<![\w.#])#|\bticket\s*(?:(?:id|no\.?|number|nr\.?)\s*)?[:#]?\s*|\b(?:request|case)\s*(?:(?:id|no\.?|number|nr\.?)\s*[:#]?|[:#])\s*)"
    r"(\d{1,15})(?!\w)"
)


@dataclass(frozen=True)
class TicketNumber:
    """`bare` says that only a number was given: the instance is then a guess."""

    instance: str
    id: int
    bare: bool = False


class NotATicket(ValueError):
    """What was pasted names no ticket; the message says what was seen and what to paste instead."""


def read_tickets(text: str, hosts: dict[str, str], default: str = "main") -> list[TicketNumber]:
    """Several tickets in a row: links, whatever stands between them, or numbers and nothing else. Otherwise the one of `read_ticket`.

    Each once, in their order, at most MOST. Raises NotATicket, naming the one that is none: nothing of the row is taken then.
    """
    text = re.sub(r"(?i)(?<=\S)(?=https?://)", " ", " ".join((text or "").split()))
    if len(text) > LONGEST:
        raise NotATicket("That is too long to look for tickets in. Paste only their links or numbers.")
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    links = [word for word in words if _leads_to(word, hosts)]
    if len(links) < 2 and not (len(words) > 1 and all(re.fullmatch(r"#?\d+", word) or word in links for word in words)):
        return [read_ticket(text, hosts, default)]
    found = list(dict.fromkeys(read_ticket(word, hosts, default) for word in (links if len(links) > 1 else words)))
    if len(found) > MOST:
        raise NotATicket(f"These are more than {MOST} tickets. Paste at most {MOST} at once.")
    return found


def _leads_to(word: str, hosts: dict[str, str]) -> bool:
    bare = re.sub(r"(?i)^[<(]*https?://", "", word).casefold()
    return any(bare.startswith(f"{host}/") for host in hosts)


def read_ticket(text: str, hosts: dict[str, str], default: str = "main") -> TicketNumber:
    """`hosts` maps a Zendesk host name to its instance. Raises NotATicket with a sentence for the page."""
    text = _whole_words(" ".join((text or "").split()), 2000)
    if not text:
        raise NotATicket("Paste the ticket's link or its number.")
    if own := OWN.search(text):
        raise NotATicket(
            f"{own.group().upper()} is an escalation of this portal: find it in the history. Here goes a Zendesk ticket."
        )
    for host in hosts:
        text = re.sub(rf"(?i)(?<![\w./-])({re.escape(host)}/)", r"https://\1", text)
    link = LINK.search(text)
    return _from_link(link.group().rstrip(").,;>]\"'"), hosts) if link else _from_numbers(text, default)


def _whole_words(text: str, most: int) -> str:
    """The beginning of it, without the word that would be cut: half a link may lead to another ticket."""
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0] or text[:most]


def _from_link(link: str, hosts: dict[str, str]) -> TicketNumber:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError:
        raise NotATicket("That link cannot be read. Paste the ticket's number instead.") from None
    if host not in hosts:
        known = " or ".join(sorted(hosts))
        raise NotATicket(f"That link leads to {host or 'nowhere'}. Tickets are at {known}.")
    match = PATH.match(
        parts.path + ("#" + parts.fragment if parts.fragment and parts.path in ("/agent", "/agent/") else "")
    )
    if not match:
        raise NotATicket(
            f"That is a page of {host}, but not a ticket. A ticket's link ends in /agent/tickets/ and a number."
        )
    return TicketNumber(hosts[host], _number(match.group(1)))


def _from_numbers(text: str, default: str) -> TicketNumber:
    numbers = list(dict.fromkeys(NAMED.findall(text) or NUMBER.findall(text)))
    if not numbers or re.fullmatch(r"-\s*\d+", text):
        raise NotATicket(f"There is no ticket number in “{text[:60]}”. Paste the ticket's link or its number.")
    if len(numbers) > 1:
        raise NotATicket(f"That line holds several numbers ({', '.join(numbers[:4])}). Paste only the ticket's, or several tickets' numbers and nothing else.")
    return TicketNumber(default, _number(numbers[0]), bare=True)


def _number(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**53:
        raise NotATicket(f"{text} is no ticket number.")
    return number

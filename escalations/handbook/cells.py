"""What one cell of a role's table says."""

import re

from .page import ChannelCell, NamedChannel

MAX_CELL = 2000
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_SYSTEM = re.compile(r"\b(zendesk|slack)\s*:", re.IGNORECASE)
_NAMES = r"[A-Z][\w/-]*(?:\s+[A-Z][\w/-]*)*"
_CC = re.compile(rf"\b[Cc][Cc]:?\s+(?:the\s+)?(?:@\s?(?P<one>[A-Za-z][\w/-]*)|(?P<more>{_NAMES}))")
_CC_MORE = re.compile(r"(?:,|\band\b|\bor\b)\s*@(?P<who>[A-Za-z][\w/-]*)")
_CHANNEL = re.compile(r"#(?P<name>[^\W_][\w-]*)(?:\s+for\s+(?P<condition>[^,;#@|]*[^,;#@|\s]))?")
_MENTION = re.compile(
    rf"(?:(?<!\w)@\s?mention|\b(?:[Mm]ention|[Tt]ag))\s+(?:the\s+)?(?:@\s?(?P<one>[A-Za-z][\w/-]*)|(?P<more>{_NAMES}))"
    r"|(?<!\w)@(?P<only>[A-Za-z][\w/-]*)"
)
_FILLER = re.compile(r"[\s,;.&+]|\b(?:and|or|in|then)\b", re.IGNORECASE)
_CONDITION_END = re.compile(r"[\s,;.]*(?:\b(?:and|or|then|in|mention|tag)\b[\s,;.]*)+$", re.IGNORECASE)
_WORKFLOW = re.compile(r"^\s*(?:ticket\s+)?workflow\s*:\s*", re.IGNORECASE)
_QUEUE_END = re.compile(r"\s+(?:queue|workflow)s?\s*$", re.IGNORECASE)


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a table line as they stand, outer blanks included; `\\|` does not end a cell."""
    parts = re.split(r"(?<!\\)\|", line.strip())
    if len(parts) > 1 and not parts[0]:
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1]:
        parts = parts[:-1]
    return tuple(parts)


def plain(raw: str) -> str:
    """Without code marks, emphasis and link addresses."""
    text = _LINK.sub(r"\1", raw.replace("\\|", "|"))
    return " ".join(re.sub(r"[`*]|\\(?=[#@_])", "", text).split())


def read_channel(raw: str) -> ChannelCell:
    """`Zendesk: cc @AM, Slack: #sales for new business`: the comma between the two and the code marks may be missing."""
    if len(raw) > MAX_CELL:
        return ChannelCell(raw, leftover=(f"longer than {MAX_CELL} characters",))
    text = plain(raw)
    marks = list(_SYSTEM.finditer(text))
    leftover = _rest(text[: marks[0].start()] if marks else text)
    cc: list[str] = []
    channels: list[NamedChannel] = []
    mentions: list[str] = []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=False):
        part = text[mark.end() : end]
        if not part.strip(" ,;."):
            leftover += (mark[0],)
        elif mark[1].casefold() == "zendesk":
            leftover += _rest(_read_zendesk(part, cc))
        else:
            leftover += _rest(_read_slack(part, channels, mentions))
    return ChannelCell(raw, tuple(cc), tuple(channels), tuple(mentions), leftover)


def read_relevancy(raw: str) -> tuple[str, ...]:
    """The queue names: `Ticket Workflow: License and Renewals queue` is `License and Renewals`; commas separate several."""
    text = _WORKFLOW.sub("", plain(raw[:MAX_CELL]))
    names = (
        part.strip() if part.strip().casefold() in _ALL else _QUEUE_END.sub("", part).strip() for part in _parts(text)
    )
    return tuple(name for name in names if name)


_ALL = {"all queues", "any queue"}


def _parts(text: str) -> list[str]:
    return re.split(r"[,;]", text)


def _read_zendesk(part: str, cc: list[str]) -> str:
    first = _CC.search(part)
    if not first:
        return part
    cc.append(first["one"] or first["more"])
    after = part[first.end() :]
    cc += [more["who"] for more in _CC_MORE.finditer(after)]
    return part[: first.start()] + " " + _CC_MORE.sub(" ", after)


def _read_slack(part: str, channels: list[NamedChannel], mentions: list[str]) -> str:
    def channel(match: re.Match) -> str:
        condition = match["condition"] or ""
        ending = _CONDITION_END.search(condition)
        kept = condition[: ending.start()] if ending else condition
        channels.append(NamedChannel(match["name"], kept.strip(" .")))
        return " "

    def mention(match: re.Match) -> str:
        mentions.append(match["one"] or match["more"] or match["only"])
        return ", "

    return _CHANNEL.sub(channel, _MENTION.sub(mention, part))


def _rest(text: str) -> tuple[str, ...]:
    text = text.strip(" ,;.")
    return (text,) if _FILLER.sub("", text) else ()

"""Two texts side by side, with the words marked that went and came."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from escalations.rules.examples import Pair

ALIKE = 0.4
Words = tuple[tuple[str, str], ...]  # (tag, text), tag being "", "del" or "ins"


@dataclass(frozen=True)
class Message:
    """An example message before and after; `where` is one text, or two when it goes elsewhere. No words: no message."""

    where: tuple[str, ...]
    before: Words
    after: Words


def messages(pairs: Iterable[Pair]) -> tuple[Message, ...]:
    return tuple(_message(pair) for pair in pairs)


def _message(pair: Pair) -> Message:
    if not (pair.before and pair.after):
        return Message(pair.where, _whole(pair.before), _whole(pair.after))
    before, after = marked(pair.before.text, pair.after.text)
    return Message(pair.where, before, after)


def _whole(example) -> Words:
    return (("", example.text),) if example else ()


def marked(before: str, after: str) -> tuple[Words, Words]:
    """Both texts in full, the words that are in one of them only marked; texts that have little in common are not."""
    old, new = (re.findall(r"\S+ ?|\s", text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return (("del", before),), (("ins", after),)
    left, right = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        left.append(("" if kind == "equal" else "del", "".join(old[a:b])))
        right.append(("" if kind == "equal" else "ins", "".join(new[c:d])))
    return tuple(part for part in left if part[1]), tuple(part for part in right if part[1])

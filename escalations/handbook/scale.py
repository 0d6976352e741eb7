"""The section on accounts without a CSM of their own, which is the tenth row of the process."""

import re
from dataclasses import fields

from .cells import plain
from .page import ScaleSection, Section

_HEADING = re.compile(r"\b(?:scale|cse|on-demand|pooled)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"`[^`:]*:\s*([^`]*[^`\s])\s*`")
_REACH = re.compile(r"\breach out to (?:the )?@?([A-Z][\w/-]*(?: [A-Z][\w/-]*)*)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def is_scale(section: Section, heading: str) -> bool:
    body = section.body.text
    return bool(_REACH.search(body) and (_PLACEHOLDER.search(body) or _HEADING.search(heading)))


def read_scale(section: Section, examples: tuple[str, ...]) -> ScaleSection:
    """`examples` are the items of the section's list."""
    sentences = [one for paragraph in section.body.text.split("\n\n") for one in _SENTENCE.split(paragraph)]
    given = {field.name: getattr(section, field.name) for field in fields(Section)} | {"kind": "scale"}
    placeholder = _PLACEHOLDER.search(section.body.text)
    return ScaleSection(
        **given,
        text=plain(section.body.text),
        examples=examples,
        placeholder=placeholder[1] if placeholder else "",
        reach=reach_of(section.body.text),
        reach_sentence=next((" ".join(one.split()) for one in sentences if _REACH.search(one)), ""),
        placeholder_sentence=next((" ".join(one.split()) for one in sentences if _PLACEHOLDER.search(one)), ""),
    )


def reach_of(text: str) -> str:
    """Whom a text says to reach out to."""
    found = _REACH.search(text)
    return found[1] if found else ""

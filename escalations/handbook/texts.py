"""The texts around the tables and the links, between the page and the mapping."""

import re
from collections.abc import Iterable
from dataclasses import replace

from escalations.rules.mapping import Link, Mapping, Prose

from .document import Document
from .page import Page, RoleSection
from .wording import slug

DEFAULT_BASE = "https://handbook.gitlab.com"
FRONT_MATTER, LEAD, PURPOSE, NOTE, MAPPING, SCALE, RESOURCES = (
    "front-matter", "lead", "purpose", "note", "mapping", "scale", "resources",
)  # fmt: skip


def role_text(key: str) -> str:
    return f"role-{key}"


def after_role(key: str) -> str:
    return f"role-{key}-after"


def prose_of(page: Page, role_keys: dict[int, str]) -> tuple[Prose, ...]:
    """The page's texts as they stand, in the page's order. `role_keys` are by id() of the role's section."""
    found = []
    if page.front_matter.line:
        found.append(Prose(FRONT_MATTER, page.title[:200], page.front_matter.text))
    if page.lead.line:
        found.append(Prose(LEAD, "", page.lead.text))
    for section in page.sections:
        if isinstance(section, RoleSection):
            key = role_keys[id(section)]
            found.append(Prose(role_text(key), section.heading, section.text.text))
            if section.after:
                found.append(Prose(after_role(key), "", "\n\n".join(block.text for block in section.after)))
        else:
            key = section.kind if section.kind != "other" else f"section-{slug(section.heading, 60)}"
            found.append(Prose(key, section.heading, section.body.text))
            if section.kind == PURPOSE and page.note.line:
                found.append(Prose(NOTE, "", page.note.text))
    return _numbered(replace(text, heading=text.heading[:200]) for text in found)


def text_of(mapping: Mapping, key: str) -> Prose | None:
    return next((text for text in mapping.prose if text.key == key), None)


def texts_of(mapping: Mapping, key: str) -> list[str]:
    """The text of that key, and those of the same heading further down the page."""
    return [text.body for text in mapping.prose if re.fullmatch(rf"{re.escape(key)}(-\d+)?", text.key)]


def links_of(*texts: str) -> tuple[Link, ...]:
    """The links of Markdown texts, as they stand."""
    found: list[Link] = []
    for text in texts:
        document = Document(text)
        found += document.links(0, len(document.lines))
    return tuple(found)


def absolute(links: Iterable[Link], base: str) -> tuple[Link, ...]:
    """Site-relative links get the base; what can be no link of the mapping (not https) is left out."""
    found = []
    for link in links:
        url = base.rstrip("/") + link.url if link.url.startswith("/") and not link.url.startswith("//") else link.url
        if url.startswith("https://") and len(url) <= 500:
            found.append(Link((link.label or url)[:160], url))
    return tuple(found)


def left_out(links: Iterable[Link], base: str) -> list[str]:
    return [link.url for link in links if not absolute([link], base)]


def merge_links(ours: tuple[Link, ...], before: tuple[Link, ...], now: tuple[Link, ...]) -> tuple[Link, ...]:
    """Ours, without those the page has dropped since `before`, and with those it has gained. Our labels stay."""
    dropped = {link.url for link in before} - {link.url for link in now}
    kept = [link for link in ours if link.url not in dropped]
    known = {link.url for link in kept} | {link.url for link in before}
    return (*kept, *{link.url: link for link in now if link.url not in known}.values())


def relabel(links: tuple[Link, ...], page: tuple[Link, ...]) -> tuple[Link, ...]:
    labels = {link.url: link.label for link in page}
    return tuple(replace(link, label=labels.get(link.url, link.label)) for link in links)


def _numbered(texts: Iterable[Prose]) -> tuple[Prose, ...]:
    found: dict[str, Prose] = {}
    for text in texts:
        key, n = text.key, 2
        while key in found:
            key, n = f"{text.key}-{n}", n + 1
        found[key] = replace(text, key=key)
    return tuple(found.values())

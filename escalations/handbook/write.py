"""The mapping as the handbook page. Imported texts and cells are given back as they stand, as long as they still say what
the mapping does; everything else is written from the mapping's own words. Retired rows are left out."""

from escalations.rules.mapping import Link, Mapping, Prose, Role, Scenario

from .cells import read_channel, read_relevancy
from .legs import agrees
from .scale_row import list_items
from .texts import (
    DEFAULT_BASE,
    FRONT_MATTER,
    LEAD,
    MAPPING,
    NOTE,
    PURPOSE,
    RESOURCES,
    SCALE,
    absolute,
    after_role,
    links_of,
    role_text,
    text_of,
)
from .wording import normal

TITLE = "Sales and Customer Success Escalations"
HEAD = "|Escalation Scenario|Channel|Relevancy|\n|--|--|--|"


def write(mapping: Mapping, *, base: str = DEFAULT_BASE) -> str:
    """`base` is taken off the links again, so that they are site-relative as on the page."""
    parts = [_part(mapping, key, base) for key in _keys(mapping)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _keys(mapping: Mapping) -> list[str]:
    """The texts in the page's order; what the mapping has no text for stands where it does on a page of our own."""
    keys = [text.key for text in mapping.prose]
    roles = [role_text(role.key) for role in mapping.roles if _rows(mapping, role)]
    usual = [FRONT_MATTER, PURPOSE, MAPPING, *roles, SCALE, RESOURCES]
    for at, key in enumerate(usual):
        if key not in keys:
            before = [k for k in usual[:at] if k in keys]
            place = keys.index(before[-1]) + 1 if before else 0
            while place < len(keys) and keys[place] in (NOTE, LEAD, f"{keys[place - 1]}-after"):
                place += 1
            keys.insert(place, key)
    return keys


def _part(mapping: Mapping, key: str, base: str) -> str:
    text = text_of(mapping, key)
    role = next((role for role in mapping.roles if key == role_text(role.key)), None)
    if key == FRONT_MATTER:
        return text.body if text else f"---\ntitle: {TITLE}\n---"
    if role:
        return _role(mapping, role, text, base)
    if key == SCALE:
        return _scale(mapping, text, base)
    if key == RESOURCES:
        return _resources(mapping, text, base)
    if key in (LEAD, NOTE) or any(key == after_role(role.key) for role in mapping.roles):
        return text.body
    if not text:
        return "## Escalation Scenarios Mapping" if key == MAPPING else ""
    return _section(text.heading, text.body)


def _section(heading: str, body: str, level: int = 2) -> str:
    mark = heading if heading.startswith("#") else f"{'#' * level} {heading}"
    return f"{mark}\n\n{body}" if body else mark


def _role(mapping: Mapping, role: Role, text: Prose | None, base: str) -> str:
    heading = text.heading if text else f"**Role: {role.name} ({role.short})**"
    body = text.body if text else "\n\n".join(one for one in (role.intro, _list(role.links, base)) if one)
    rows = [_row(mapping, role, row, base) for row in _rows(mapping, role)]
    # A role whose rows are all retired keeps its table, empty: without any table it would be no page.
    return _section(heading, body, 3) + "\n\n" + "\n".join([HEAD, *rows])


def _rows(mapping: Mapping, role: Role) -> list[Scenario]:
    """Rows of the Scale kind have a section of their own."""
    return [row for row in mapping.scenarios if row.role == role.key and not row.retired_on and not row.only_csm]


def _row(mapping: Mapping, role: Role, row: Scenario, base: str) -> str:
    return f"|{_scenario(row, base)}|{_channel(mapping, role, row)}|{_relevancy(mapping, row)}|"


def _scenario(row: Scenario, base: str) -> str:
    if row.page_scenario.strip():
        return row.page_scenario
    title = _cell(row.title)
    return f"[{title}]({_relative(row.links[0].url, base)})" if row.links and "]" not in title else title


def _channel(mapping: Mapping, role: Role, row: Scenario) -> str:
    said = read_channel(row.page_channel)
    if row.page_channel.strip() and (said.leftover or agrees(said, row, mapping)):
        return row.page_channel
    slack = [leg for leg in row.legs if leg.system == "slack"]
    named = [leg for leg in slack if leg.places == ("channel",) or leg.only_if]
    words = ", ".join(_post(mapping, row, leg) for leg in named)
    if any(leg.mention == "contact" for leg in slack):
        words += f" @mention {role.short}"
    zendesk = f"Zendesk: cc @{role.short}" if any(leg.system == "zendesk" for leg in row.legs) else ""
    return _cell(", ".join(part for part in (zendesk, f"Slack: {words.strip()}" if slack else "") if part))


def _post(mapping: Mapping, row: Scenario, leg) -> str:
    channel = mapping.channel(leg.channel)
    question = row.question(leg.only_if[0]) if leg.only_if else None
    choice = question.choice(leg.only_if[1]) if question else None
    condition = f" for {choice.label[:1].lower()}{choice.label[1:]}" if choice else ""
    return f"`#{channel.name if channel else leg.channel}`{condition}"


def _relevancy(mapping: Mapping, row: Scenario) -> str:
    names = [queue.name for queue in (mapping.queue(key) for key in row.queues) if queue]
    if row.page_relevancy.strip() and _says(row.page_relevancy, mapping, row):
        return row.page_relevancy
    return _cell("Ticket Workflow: " + ", ".join(names or ["All queues"]))


def _says(cell: str, mapping: Mapping, row: Scenario) -> bool:
    """Whether the cell names the row's queues, by their names or those of their forms."""
    said = {normal(name) for name in read_relevancy(cell)}
    queues = [queue for queue in (mapping.queue(key) for key in row.queues) if queue]
    names = [{normal(name) for name in (queue.name, *queue.forms)} for queue in queues]
    return not said or (all(said & one for one in names) and said <= set().union(*names))


def _scale(mapping: Mapping, text: Prose | None, base: str) -> str:
    row = next((row for row in mapping.scenarios if row.only_csm == "scale" and not row.retired_on), None)
    if not row:
        return ""
    heading = text.heading if text else "Scale Customer Success Engineer (CSE) engagement"
    if text and row.page_scenario:
        return _section(heading, text.body)
    placeholder = next((alias.pattern for alias in mapping.aliases if alias.kind == "placeholder"), "Scale")
    owner = mapping.role("ao") or mapping.role(row.role)
    link = f" about a [{row.links[0].label}]({_relative(row.links[0].url, base)})" if row.links else ""
    sentence = (
        f"Their notes in Zendesk say `Customer Success Manager: {placeholder}`. "
        f"Then reach out to the {owner.name}{link}."
    )
    body = [text.body] if text and not list_items(text.body) else []
    examples = "\n".join(f"- {_cell(one)}" for one in row.examples)
    return _section(heading, "\n\n".join(part for part in (*body, sentence, examples) if part))


def _resources(mapping: Mapping, text: Prose | None, base: str) -> str:
    """As it stands on the page, unless the links have changed since."""
    heading = text.heading if text else "Resources"
    if text and set(absolute(links_of(text.body), base)) == set(mapping.links):
        return _section(heading, text.body)
    return _section(heading, _list(mapping.links, base)) if mapping.links else ""


def _list(links: tuple[Link, ...], base: str) -> str:
    return "\n".join(f"- [{_label(link.label)}]({_relative(link.url, base)})" for link in links)


def _relative(url: str, base: str) -> str:
    base = base.rstrip("/")
    return url.removeprefix(base) if url.startswith(f"{base}/") else url


def _label(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\|", "|").replace("|", "\\|")

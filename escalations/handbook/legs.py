"""From what a channel cell says to the leg rules of a row, and whether the two still agree."""

from dataclasses import replace

from escalations.rules.mapping import Channel, Choice, LegRule, Mapping, Question, Scenario

from .page import ChannelCell, NamedChannel
from .wording import Likeness, same, slug

ANYWHERE = ("thread", "account_channel", "group_message", "channel")
FALLBACK = "account-management"
NOT_KNOWN = "It is not known yet which of the row's cases this is."


def find_channel(mapping: Mapping, name: str) -> Channel | None:
    for channel in mapping.channels:
        if name.casefold() in {one.casefold() for one in (channel.name, *channel.former_names)}:
            return channel
    return None


def agrees(cell: ChannelCell, scenario: Scenario, mapping: Mapping) -> bool:
    """Whether the row sends what the cell says. How it is sent (follower or cc, further places) is the portal's own."""
    slack = [leg for leg in scenario.legs if leg.system == "slack"]
    if bool(cell.cc) != any(leg.system == "zendesk" for leg in scenario.legs):
        return False
    if bool(cell.mentions) != any(leg.mention == "contact" for leg in slack):
        return False
    if not cell.channels:
        return bool(slack) == bool(cell.mentions) and not any(
            leg.only_if or leg.places == ("channel",) for leg in slack
        )
    said = sorted((_key(mapping, one.name), bool(one.condition)) for one in cell.channels)
    return said == sorted((leg.channel, bool(leg.only_if)) for leg in slack)


def follow(cell: ChannelCell, scenario: Scenario, mapping: Mapping) -> Scenario:
    """The row with the legs that the cell asks for. Kept of its old legs: their keys, kind of cc and places."""
    scenario = _with_question(scenario, cell)
    old = list(scenario.legs)
    legs = []
    if cell.cc:
        legs.append(_take(old, "zendesk", "") or LegRule(f"{scenario.key}-zendesk", "zendesk", cc_mode="follower"))
    mention = "contact" if cell.mentions else "none"
    for named in cell.channels:
        legs.append(_post(scenario, old, named, _key(mapping, named.name), mention, len(cell.channels) > 1))
    if cell.mentions and not cell.channels:
        key = f"{scenario.key}-slack"
        kept = _take(old, "slack", FALLBACK) or LegRule(key, "slack", channel=fallback_channel(mapping))
        places = kept.places if kept.places and kept.places != ("channel",) else ANYWHERE
        legs.append(replace(kept, mention=mention, places=places, only_if=None))
    return replace(scenario, legs=tuple(_unique(legs)))


def _post(scenario: Scenario, old: list, named: NamedChannel, channel: str, mention: str, several: bool) -> LegRule:
    key = f"{scenario.key}-slack-{channel}"[:80].strip("-") if several else f"{scenario.key}-slack"
    kept = _take(old, "slack", channel) or LegRule(key, "slack")
    places = kept.places if kept.places and kept.channel == channel else ("channel",)
    return replace(kept, mention=mention, channel=channel, places=places, only_if=_answer(scenario, named.condition))


def _take(old: list[LegRule], system: str, channel: str) -> LegRule | None:
    """The old leg of that system, of that channel if there is one; each is taken once."""
    of_system = [leg for leg in old if leg.system == system]
    found = next((leg for leg in of_system if leg.channel == channel), of_system[0] if of_system else None)
    if found:
        old.remove(found)
    return found


def _with_question(scenario: Scenario, cell: ChannelCell) -> Scenario:
    """A question that tells the cell's conditions apart; an existing one is used when it can."""
    conditions = [one.condition for one in cell.channels if one.condition]
    if not conditions or all(_answer(scenario, condition) for condition in conditions):
        return scenario
    labels = list(dict.fromkeys(condition[0].upper() + condition[1:] for condition in conditions))
    if len(labels) == 1:
        labels.append("Something else")
    choices = {slug(label, 36): Choice(slug(label, 36), label[:120], if_unknown=label == labels[-1]) for label in labels}
    why = "It decides the channel: " + ", ".join(
        f"{c.condition} goes to #{c.name}" for c in cell.channels if c.condition
    )
    question = Question(
        _free("where", {q.key for q in scenario.questions}),
        "Which of these is it?",
        f"{why}."[:300],
        "",
        tuple(choices.values()),
        NOT_KNOWN,
    )
    return replace(scenario, questions=(*scenario.questions, question))


def _answer(scenario: Scenario, condition: str) -> tuple[str, str] | None:
    """The answer that the condition's words mean: `renewals` is the choice *Renewal*."""
    if not condition:
        return None
    for question in scenario.questions:
        likeness = Likeness([choice.label for choice in question.choices])
        wanted = likeness.vector(condition)
        for choice in question.choices:
            if same(choice.label, condition) or likeness.of(wanted, likeness.vector(choice.label)) > 0.8:
                return question.key, choice.key
    return None


def _key(mapping: Mapping, name: str) -> str:
    channel = find_channel(mapping, name)
    return channel.key if channel else ""


def fallback_channel(mapping: Mapping) -> str:
    if mapping.channel(FALLBACK):
        return FALLBACK
    return mapping.channels[0].key if mapping.channels else ""


def _free(key: str, taken: set[str]) -> str:
    numbered = (f"{key}-{n}" for n in range(2, len(taken) + 3))
    return key if key not in taken else next(one for one in numbered if one not in taken)


def _unique(legs: list[LegRule]) -> list[LegRule]:
    taken: set[str] = set()
    found = []
    for leg in legs:
        found.append(replace(leg, key=_free(leg.key, taken)))
        taken.add(found[-1].key)
    return found

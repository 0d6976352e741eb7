"""What stands beside Send: what it does, why it cannot be pressed, and what had better be done first."""

from dataclasses import dataclass

from escalations.rules.facts import Facts
from escalations.rules.legs import DIRECT_MESSAGE
from escalations.rules.names import NameAsked
from escalations.rules.plan import Plan
from escalations.rules.problems import Problem, Repair, blocking
from escalations.rules.together import mentions_as_it_says

from .lines import Line

CURES = {
    "account": ("say which account it is", "line-account"),
    "name": ("say who it is", "which-name"),
    "again": ("look again in Salesforce", "again-account"),
    "person": ("", ""),  # said beside Send itself
}
BESIDE_SEND = ("direct_message", "no_direct_message")  # verbs of repairs


@dataclass(frozen=True)
class BesideSend:
    """`live`: whether the draft can be sent at all; `names` are those that somebody can say, or has said, who each of them is."""

    plan: Plan | None
    facts: Facts
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    names: tuple[NameAsked, ...]
    live: bool

    @property
    def act(self) -> str:
        return act(self.plan) if self.plan else "Send"

    @property
    def can_send(self) -> bool:
        return bool(self.plan and self._settled and self.plan.can_be_sent and self.live)

    @property
    def why_not(self) -> str:
        """The first thing that stands in the way, for the button's own words; of a ticket that takes nothing, what to do instead."""
        if self.plan is None:
            return "Choose a situation first."
        looking = next((line for line in self.lines if not line.settled), None)
        if looking:
            return f"Waiting for {looking.service}."
        first = next(iter(blocking(self.problems)), None)
        if first and first.part == "ticket" and not first.repair:
            return f"{first.text} {first.way_out}"
        return first.text if first else ""

    @property
    def directly(self) -> Repair | None:
        """The press that sends a direct message as well, or does not: it stands beside Send, which says what it does."""
        found = [leg.check.repair for leg in self._legs if leg.check and leg.check.repair]
        return next((repair for repair in found if repair.verb in BESIDE_SEND), None)

    @property
    def unreached(self) -> str:
        """Whom Send would mention without reaching them, while `directly` mends that: then that stands out; "" for nobody."""
        missed = (leg.mentions for leg in self._legs if leg.check and leg.check.ok is False and leg.check.repair)
        return next(missed, "") if self.can_send and self.directly else ""

    @property
    def not_in_slack(self) -> str:
        """What to mind where a mention is meant and Slack does not know the person, or did not say; "" where it does.

        No press mends that for sure, so that Send stays first: the channel is asked, and the note tells them, if they are on the ticket.
        """
        plan = self.plan
        missed = plan and plan.contact.person and not plan.contact.slack_id and mentions_as_it_says(plan.scenario, ())
        if not missed or not self.can_send:
            return ""
        return f"As it stands {'only the note' if self.on_the_ticket else 'nothing'} reaches {plan.contact.name}"

    @property
    def on_the_ticket(self) -> bool:
        """Whether the note adds the person, who then gets it by e-mail."""
        return any(leg.cc for leg in self._legs)

    @property
    def cure(self) -> str:
        """Where nobody is found: what stands out instead of a Send that mentions nobody, as a key of CURES; "" where it is Send.

        The engineer's word for what they can see here first, then another look, then somebody who knows.
        """
        plan = self.plan
        wanted = plan and plan.scenario.wants_person and not plan.contact.person and not plan.contact.withheld
        if not wanted or self.facts.ticket is None or not self._settled or not self.live:
            return ""
        account = next(line for line in self.lines if line.trip == "account")
        if account.state == "ambiguous":
            return "account"
        if any(asked.people and not asked.choice for asked in self.names):
            return "name"
        return "again" if account.state == "error" else "person" if self.facts.account_id else ""

    @property
    def cure_words(self) -> tuple[str, str]:
        """What the engineer is asked for, and the id of where on the page."""
        return CURES[self.cure]

    @property
    def _legs(self) -> tuple:
        return self.plan.legs if self.plan else ()

    @property
    def _settled(self) -> bool:
        return all(line.settled for line in self.lines)


def act(plan: Plan) -> str:
    """What the button does, in its own words: Send to Dana Reyes in #a_acme-internal and note ticket 1001."""
    slack = [leg for leg in plan.legs if leg.system == "slack" and leg.key != DIRECT_MESSAGE]
    notes = [leg for leg in plan.legs if leg.system == "zendesk"]
    said = []
    for leg in slack:
        if leg.place.kind == "group_message":
            said.append(f"send {plan.contact.name} and you a direct message")
        elif leg.place.direct:
            said.append(f"go on with your direct message to {plan.contact.name}")
        elif leg.mentions:
            said.append(f"send to {leg.mentions} in {leg.place.label}")
        else:
            said.append(f"post in {leg.place.label}")
    if any(leg.key == DIRECT_MESSAGE for leg in plan.legs):
        said.append("as a direct message,")
    for leg in notes:
        cc = f", {plan.contact.name} in cc" if leg.cc == "email_cc" else ""
        said.append(f"note {leg.place.label}{cc}")
    text = " and ".join(said).rstrip(",") or "send"
    return text[0].upper() + text[1:]

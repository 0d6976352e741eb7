"""A team lead at the page "Needs you", while the faults go on: settles what stands there, each with a verdict that is true.

What is true the ledger of the sandbox says. What has arrived is never sent again, so whatever comes twice is not the lead's doing.
"""

import re
import threading
from dataclasses import dataclass
from random import Random

from tests.faults import tables
from tests.faults.sources import MESSAGES, NOTES

WHO = "teamlead"
BETWEEN_SECONDS = (1.0, 4.0)
TICKED = re.compile(r'name="delivery" value="((\d+):\d+)" form="settle-(\d+)"')
# The form of each that may go to another channel, with the first that is offered.
OFFERED = re.compile(r'action="/attention/(\d+)/elsewhere/"(?:(?!</form>).)*?name="target" value="(C\w+)"', re.DOTALL)
REASONS = {"arrived": "I looked: it is there", "not_arrived": "I looked: it is not there", "again": "The cause is mended", "elsewhere": "They read there"}


@dataclass(frozen=True)
class Waiting:
    """One delivery on the page, and the form that it stands in."""

    pk: int
    ticked: str  # the number, and the attempt that the page showed
    group: str
    key: str
    state: str
    draft: str
    leg_key: str
    offered: str = ""  # another channel for its words


def verdict(state: str, received: bool, dice: float, offered: str = "") -> str:
    """A button for a delivery in this state; "" is to leave it: dead and received is for the checker to see."""
    if received:
        return "arrived" if state == "needs_a_person" else ""
    if offered and dice > 2 / 3:
        return "elsewhere"
    return "not_arrived" if dice < 1 / 3 else "again"


def settling(waiting: Waiting, chosen: str) -> dict:
    """What the form of its group sends, with this one ticked."""
    return {"group": waiting.group, "delivery": waiting.ticked, "verdict": chosen, "reason": REASONS[chosen]}


def sending_elsewhere(channel: str) -> dict:
    return {"target": channel, "reason": REASONS["elsewhere"]}


class Lead(threading.Thread):
    """Until `stop`; `trouble` is what it stumbled over."""

    def __init__(self, sandbox, driver, intents, seed: int):
        super().__init__(daemon=True, name="team lead")
        self.sandbox, self.driver, self.random = sandbox, driver, Random(seed)
        self.intents = {intent.draft: intent for intent in intents}
        self.stop, self.trouble = threading.Event(), None
        self.received, self.read_to = set(), 0

    def run(self) -> None:
        while not self.stop.wait(self.random.uniform(*BETWEEN_SECONDS)):
            self.visit()

    def visit(self) -> None:
        """Everything on the page, once."""
        from django.db import Error

        try:
            for waiting in self._on_the_page():
                self._settle(waiting)
        except Error:  # the database is away for a moment: the next visit is soon
            return
        except Exception as error:  # shown by the run, which must not look as if somebody had settled anything
            self.trouble = error
            self.stop.set()
            raise

    def _on_the_page(self) -> list[Waiting]:
        page = self.driver.people[WHO].read("/attention/", self._port())
        found, offered = {int(pk): (ticked, group) for ticked, pk, group in TICKED.findall(page)}, dict(OFFERED.findall(page))
        return [
            Waiting(
                row["pk"], *found[row["pk"]], row["key"], row["state"], row["escalation__draft_id"], row["leg_key"], offered.get(str(row["pk"]), "")
            )  # fmt: skip
            for row in (tables.waiting(set(found)) if found else ())
        ]

    def _settle(self, waiting: Waiting) -> None:
        dice = self.random.random()
        chosen = verdict(waiting.state, self._is_there(waiting), dice, waiting.offered)
        if chosen == "again" and dice < 2 / 3:
            self._mend(waiting)
        if chosen == "elsewhere":
            for leg in self.intents[waiting.draft].legs:
                if leg.key == waiting.leg_key:
                    leg.elsewhere.append(waiting.offered)
            self._press(waiting, chosen, f"/attention/{waiting.pk}/elsewhere/", sending_elsewhere(waiting.offered))
        elif chosen:
            self._press(waiting, chosen, "/attention/settle/", settling(waiting, chosen))

    def _press(self, waiting: Waiting, what: str, path: str, given: dict) -> None:
        answer = self.driver.people[WHO].press(waiting.draft, self._port(), what, path, given)
        with self.driver.lock:
            self.driver.answers.append(answer)

    def _is_there(self, waiting: Waiting) -> bool:
        for entry in self.sandbox.ask("GET", f"/ledger.json?after={self.read_to}"):
            self.read_to = entry["n"]
            if entry["kind"] in MESSAGES + NOTES:
                self.received.add(entry["key"])
        return waiting.key in self.received

    def _mend(self, waiting: Waiting) -> None:
        """A channel that was archived, or a ticket that was closed, is opened again."""
        intent = self.intents[waiting.draft]
        gone = [leg for leg in intent.legs if leg.gone and leg.key == waiting.leg_key]
        for leg in gone:
            for same in intent.legs:
                same.mended = same.mended or same.target == leg.target
            if leg.system == "slack":
                self.sandbox.control("channel", {"id": leg.target.partition(":")[0], "archived": False})
            else:
                self.sandbox.control("ticket", {"id": intent.ticket, "status": "open"})

    def _port(self) -> int:
        return self.random.choice(self.driver.ports)

"""What a run leaves behind, as plain values: the four sources that the checker compares. Kept as JSON, so a red run can be read again."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Leg:
    """One thing that was reviewed. `members`: Slack ids for a group message; `follower` an address, `cc` a Zendesk user id.

    `gone`: since the review its target can receive nothing any more; `mended`: until a team lead saw to that;
    `elsewhere`: or asked for these targets instead.
    """

    key: str
    system: str
    target: str
    visibility: str
    text: str
    blocks: list | None = None
    mentions: list[str] = field(default_factory=list)
    follower: str | None = None
    cc: str | None = None
    gone: bool = False
    mended: bool = False
    elsewhere: list[str] = field(default_factory=list)


@dataclass
class Intent:
    """A draft that was prepared. `pressed`: somebody pressed Send; `then`: and afterwards "undo", "withdraw", "not_mine", "closed" or "corrected"."""

    draft: str
    author: str
    author_email: str
    ticket: int
    digest: str
    seal: str
    legs: list[Leg]
    account_id: str = ""
    contact: str = ""  # the address of who is told by name
    pressed: bool = True
    then: str = ""


@dataclass
class Answer:
    """One answer to a click on `what`: `state` is the HTTP number (0: none came), `location` where it led."""

    draft: str
    state: int
    location: str = ""
    at: float = 0.0
    body: str = ""
    what: str = "send"


@dataclass
class History:
    """Driver (intents, answers), sandbox (ledger), tables (rows by name), audit log (in `tables`)."""

    intents: list[Intent]
    answers: list[Answer]
    ledger: list[dict]
    tables: dict[str, list[dict]]
    audit_key: str = ""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), default=str))

    @classmethod
    def read(cls, path: Path) -> "History":
        given = json.loads(path.read_text())
        intents = [Intent(**{**one, "legs": [Leg(**leg) for leg in one["legs"]]}) for one in given.pop("intents")]
        return cls(intents, [Answer(**one) for one in given.pop("answers")], **given)

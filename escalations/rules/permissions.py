"""Who may do what: `check_can_x` raises with a reason, `can_x` answers. The reason is what the page says."""

from dataclasses import dataclass

# The portal's groups, each a sentence a manager can read.
GROUPS = {
    "engineer": "Escalates, and sees the history.",
    "team lead": "Settles uncertain deliveries, and closes.",
    "mapping editor": "Changes the working copy of the mapping.",
    "publisher": "Publishes what somebody else changed.",
    "auditor": "Reads and exports everything, changes nothing.",
    "reader": "Reads reports without customers' names.",
    "recipient": "An Account Owner or CSM: sees what was addressed to them.",
    "US Government": "May open the tickets of the US Government instance.",
    "administrator": "Looks after people and settings.",
}
SEES_ESCALATIONS = {"engineer", "team lead", "mapping editor", "publisher", "auditor", "US Government", "administrator"}
ESCALATES = {"engineer", "team lead", "US Government"}


class NotAllowed(PermissionError):
    """The text is for the person who was refused."""


@dataclass(frozen=True)
class Actor:
    """A signed-in person as the rules see them."""

    username: str
    name: str
    email: str
    groups: frozenset[str]

    def is_any_of(self, groups: set[str]) -> bool:
        return bool(self.groups & groups)


def _need(held: bool, reason: str) -> None:
    if not held:
        raise NotAllowed(reason)


def check_can_escalate(actor: Actor, restricted: bool = False) -> None:
    _need(actor.is_any_of(ESCALATES), "Only support engineers and team leads escalate.")
    _need(
        not restricted or "US Government" in actor.groups,
        "Only the group US Government may open tickets of that instance.",
    )


def check_can_send(actor: Actor, author: str, restricted: bool = False) -> None:
    check_can_escalate(actor, restricted)
    _need(actor.username == author, f"This draft is {author}'s. Take it over before you send it.")


def check_can_undo(actor: Actor, author: str) -> None:
    _need(actor.username == author, "Only who sent it can undo it, or send it now. A team lead can withdraw it.")


def check_can_withdraw(actor: Actor, author: str) -> None:
    mine = actor.username == author and actor.is_any_of(ESCALATES)
    _need(mine or "team lead" in actor.groups, "Only who sent it or a team lead can withdraw it.")


def check_can_record_answer(actor: Actor, author: str) -> None:
    mine = actor.username == author and actor.is_any_of(ESCALATES)
    _need(mine or "team lead" in actor.groups, "Only who sent it or a team lead records what was answered, and closes it.")


def check_can_answer(actor: Actor, addressed_to: str) -> None:
    """A recipient is whoever has the address that was told: no group makes one, and none is needed."""
    same = bool(actor.email) and actor.email.lower() == addressed_to.lower()
    _need(same, "Only who was told can answer.")


def check_can_settle(actor: Actor) -> None:
    _need("team lead" in actor.groups, "Only team leads settle deliveries that wait for a person.")


def check_can_see_draft(actor: Actor, restricted: bool = False) -> None:
    _need(actor.is_any_of(SEES_ESCALATIONS), "Drafts are seen by Support only.")
    _need(
        not restricted or "US Government" in actor.groups,
        "Only the group US Government may open tickets of that instance.",
    )


def check_can_see_escalations(actor: Actor) -> None:
    _need(actor.is_any_of(SEES_ESCALATIONS), "Escalations are seen by Support, editors and auditors.")


def check_can_correct(actor: Actor) -> None:
    _need(actor.is_any_of(ESCALATES | {"mapping editor"}), "Corrections are recorded by Support and mapping editors.")


def check_can_see_mapping(actor: Actor) -> None:
    _need(bool(actor.groups - {"recipient"}), "The mapping is seen by Support.")


def check_can_see_reports(actor: Actor) -> None:
    _need(actor.is_any_of(SEES_ESCALATIONS | {"reader"}), "Reports are seen by Support and readers.")


def check_can_edit_mapping(actor: Actor) -> None:
    _need(actor.is_any_of({"mapping editor", "administrator"}), "Only mapping editors change the working copy.")


def check_can_publish(actor: Actor) -> None:
    _need(actor.is_any_of({"publisher", "administrator"}), "Only publishers publish the mapping.")


def check_can_see_admin(actor: Actor) -> None:
    allowed = {"mapping editor", "publisher", "auditor", "administrator"}
    _need(actor.is_any_of(allowed), "This area is for mapping editors, publishers, auditors and administrators.")


def _answer(check):
    def can(*args, **kwargs) -> bool:
        try:
            check(*args, **kwargs)
        except NotAllowed:
            return False
        return True

    can.__name__ = check.__name__.removeprefix("check_")
    can.__doc__ = f"Whether {check.__name__} would let it pass."
    return can


can_escalate = _answer(check_can_escalate)
can_send = _answer(check_can_send)
can_undo = _answer(check_can_undo)
can_withdraw = _answer(check_can_withdraw)
can_record_answer = _answer(check_can_record_answer)
can_answer = _answer(check_can_answer)
can_settle = _answer(check_can_settle)
can_see_draft = _answer(check_can_see_draft)
can_see_escalations = _answer(check_can_see_escalations)
can_correct = _answer(check_can_correct)
can_see_mapping = _answer(check_can_see_mapping)
can_see_reports = _answer(check_can_see_reports)
can_edit_mapping = _answer(check_can_edit_mapping)
can_publish = _answer(check_can_publish)
can_see_admin = _answer(check_can_see_admin)

"""The way into the admin: what somebody wants to do, and the table in which it is done."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """`model` is a model's class name; `adds`: the words of the link to its empty form, where one is offered."""

    model: str
    does: str
    about: str
    adds: str = ""


@dataclass(frozen=True)
class Section:
    """`title` goes on after *Change* or *See*, unless nobody changes what it holds: then it stands alone."""

    title: str
    tasks: tuple[Task, ...]
    changes: bool = True

    def heading(self, may_edit: bool) -> str:
        return f"{'Change' if may_edit else 'See'} {self.title}" if self.changes else self.title


SECTIONS = (
    Section("who a row goes to", (
        Task("Role", "How the person is found", "The steps for Account Owner, CSM and Scale CSE, in the order in which they are tried, and the names of the roles.", "Add a role"),
        Task("Scenario", "The role of a row", "Open the row: “Role” says whose it is, its legs whether that person is mentioned, follows the ticket, or neither."),
        Task("Alias", "Who is never pinged", "Pool users, placeholders such as CSM Scale, words in a name that only pools have, and the words and emoji of a Slack status that say somebody is away; also other names of a role.", "Add a name or a word"),
        Task("FallbackStep", "The steps of all roles in one list", "The same steps as on each role's own page."),
    )),
    Section("the words", (
        Task("Scenario", "The words of one row", "What its message says and asks, when to choose it and when not. “Preview” shows how it reads before it is saved."),
        Task("Template", "The words that all messages share", "The opening, “no action asked”, what the customer was told, earlier attempts."),
    )),
    Section("where it goes", (
        Task("Channel", "Channels", "Their Slack ids and names; when Slack renames one, note the old name there.", "Add a channel"),
        Task("LegRule", "The places of every row", "All legs in one list: Zendesk or Slack, follower or cc, which channel, with or without a mention."),
    )),
    Section("when a row is offered", (
        Task("Scenario", "Add, retire or date a row", "From when until when and in which regions it holds. A row is retired with what to do instead, never deleted.", "Add a row"),
        Task("Queue", "Queues", "Which ticket forms belong to a queue; retire one that is gone.", "Add a queue"),
        Task("Signal", "What in a ticket speaks for a row", "Priority, tag, form, subject, a comment, or a renewal that is near; a decisive signal selects the row.", "Add a signal"),
    )),
    Section("when people work", (
        Task("Calendar", "Working hours and holidays", "By time zone: when people work, on which days they do not, and who can act until then.", "Add a calendar"),
    )),
    Section("what the engineer is asked", (
        Task("Question", "Questions", "Asked only where the answer cannot be read off the ticket.", "Add a question"),
        Task("Choice", "Answers", "Each goes on, or ends with “do not escalate” and what to do instead.", "Add an answer"),
    )),
    Section("the handbook page", (
        Task("Prose", "Texts around the tables", "What stands on the page beside the rows, given back when it is exported.", "Add a text"),
        Task("Link", "Links", "Of a role, of a row, or of the page as a whole.", "Add a link"),
    )),
    Section("Look something up", (
        Task("Escalation", "Escalations", "What was sent by whom, to whom and why; each leads to its page in the portal."),
        Task("Delivery", "Deliveries", "One for each message of an escalation, with its state and the service's proof."),
        Task("Attempt", "Attempts", "Each try to send a delivery, and what came back."),
        Task("RowRemark", "What engineers miss", "Each line to the row keepers: none of the rows fitted, and which came nearest."),
        Task("AuditEvent", "Audit events", "Who did what and when, in a chain that shows if one was altered."),
        Task("MappingVersion", "Versions as records", "Each published mapping with its fingerprint; “Versions” above compares them and goes back to one."),
    ), changes=False),
    Section("People", (
        Task("User", "What each person may do", "Their groups, their name and address. Who leaves is made inactive, not deleted.", "Add a person"),
        Task("Group", "What each group may do", "Made by the portal; to look at, with its members."),
    ), changes=False),
)  # fmt: skip

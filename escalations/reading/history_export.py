"""The history as a file: one line an escalation, with the same explanation that its page shows."""

from collections.abc import Iterable, Iterator

from escalations.models import Escalation
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.rules.explanation import as_text

COLUMNS = (
    "Reference", "Sent at (UTC)", "State", "Customer", "Ticket", "Ticket link", "Role", "Scenario", "To", "As", "By", "Asked until", "Answer",
    "Cc by hand because", "Withdrawn because", "Mapping version", "Why this person and this place", "Sample",
)  # fmt: skip
AT_A_TIME = 500


def lines(rows: Iterable[Escalation]) -> Iterator[tuple]:
    """The cells of each, then one line that says how many there are: a file that was cut short has none."""
    number = 0
    for row in rows:
        number += 1
        yield _cells(row)
    yield ("End of the file", number)


def _cells(row: Escalation) -> tuple:
    # Of a US Government ticket nothing that somebody wrote leaves.
    customer, because = ("", "") if is_restricted(row.instance) else (row.customer_name, row.withdrawn_because)
    return (
        row.reference, f"{row.submitted_at:%Y-%m-%d %H:%M:%S}", row.shown_state, customer, row.ticket_id, row.ticket_url, row.role_name,
        row.scenario_title, row.contact_name, row.contact_as, name_of(row.author), row.answer_on, row.shown_answer, row.cc_because,
        because, row.mapping_version.number, as_text(row.explanation), "yes" if row.sample else "",
    )  # fmt: skip

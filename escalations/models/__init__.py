"""Tables, constraints and querysets that read as sentences."""

from .audit import AuditEvent, AuditHead, AuditWords, DatabaseMark
from .calendars import Calendar
from .colleague import Colleague
from .correction import Correction
from .delivery import Attempt, Delivery, Lane, Look, Worker
from .escalation import Draft, Escalation
from .facts import FactSnapshot
from .follow_up import FollowUp
from .mapping import (
    Alias,
    Channel,
    Choice,
    FallbackStep,
    LegRule,
    Link,
    MappingVersion,
    Prose,
    Question,
    Queue,
    Role,
    Scenario,
    Signal,
    Template,
)
from .remark import RowRemark

__all__ = [
    "Alias", "Attempt", "AuditEvent", "AuditHead", "AuditWords", "Calendar", "Channel", "Choice", "Colleague", "Correction", "DatabaseMark", "Delivery", "Draft",
    "Escalation",
    "FactSnapshot",
    "FallbackStep", "FollowUp", "LegRule", "Lane", "Link", "Look", "MappingVersion", "Prose", "Question", "Queue", "Role", "RowRemark", "Scenario", "Signal",
    "Template", "Worker",
]  # fmt: skip

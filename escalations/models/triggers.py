"""What the database itself refuses, whoever asks: rewriting the audit log, changing what was sent, a move that is not in the table.

Written out for each engine from the tables of moves. Django rebuilds an SQLite table to alter it and drops its triggers
without a word, so they are put back and compared after every migrate (`install`, `missing`).
"""

from django.db import connection, transaction

from escalations.rules import states

from .audit import AuditEvent, AuditWords
from .correction import Correction
from .delivery import Attempt, Delivery
from .escalation import Escalation
from .follow_up import FollowUp
from .mapping import MappingVersion

# Columns that never change once a row is written.
FIXED = {
    Delivery: (
        "escalation_id", "key", "leg_key", "system", "purpose", "origin_id", "target", "place", "visibility", "content",
        "mentions", "cc",
    ),
    Escalation: (
        "draft_id", "author_id", "instance", "ticket_id", "role_key", "scenario_key", "mapping_version_id", "submitted_at",
        "facts", "answers", "explanation", "texts", "contact_email", "sample", "answer_on", "overdue_at",
    ),
    FollowUp: (
        "escalation_id", "what", "said_by", "recorded_by_id", "recorded_at", "by_themselves", "reason", "disposition", "handed_to",
        "right_name", "right_email", "correction_id", "draft_id",
    ),
    Attempt: ("delivery_id", "n", "worker"),
    Correction: (
        "account_id", "role_key", "email", "instead", "use_email", "valid_from", "valid_until", "reason", "said_by", "recorded_by_id",
        "recorded_at", "escalation_id", "once",
    ),
    MappingVersion: ("number", "content", "content_hash", "message", "published_by", "published_at"),
    AuditEvent: ("seq", "at", "actor", "action", "object", "payload", "prev", "hash"),
    AuditWords: ("event_id", "text", "salt"),
}  # fmt: skip
# Columns that never change once the row has come to its end: what the service gave as proof, what an attempt ended with.
# Each is a rule of its own, so that an erasure can be let through where it has to.
ENDED = {
    Delivery: (
        "OLD.state IN ('delivered', 'cancelled', 'closed_sent', 'closed_not_sent')",
        ("remote_id", "receipt_url", "receipt", "settled_at", "attempts", "tried"),
        "receipts stay as they were given",
    ),
    Attempt: ("OLD.ended_at IS NOT NULL", ("outcome", "words", "ended_at"), "ended attempts stay as they ended"),
}
# (table, column, its moves, the words of a refusal)
MOVES = (
    (Delivery, "state", states.DELIVERY, "moves are those of the table"),
    (Escalation, "state", states.ESCALATION, "moves are those of the table"),
    (Escalation, "follow_up", states.FOLLOW_UP, "answers move as in the table"),
)
KEPT = (AuditEvent, AuditWords, Delivery, Escalation, Attempt, MappingVersion, Correction, FollowUp)  # no row is ever deleted


def install(connection=connection) -> None:
    """Put every trigger in place, in place of what was there: all or none."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, (table, sql) in _wanted(connection).items():
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            for statement in sql:
                cursor.execute(statement)


def missing(connection=connection) -> list[str]:
    """The names of triggers that should be there and are not, that are switched off, or that say something else."""
    there = _on_postgresql(connection) if connection.vendor == "postgresql" else _on_sqlite(connection)
    return sorted(name for name, (_, sql) in _wanted(connection).items() if _said(sql) not in there)


def _said(sql: list[str]) -> tuple[str, ...]:
    """What the engine gives back of these statements: the trigger's own and, on PostgreSQL, the body of its function."""
    return (sql[1], sql[0].split("$$")[1]) if len(sql) > 1 else (sql[0],)


def _on_sqlite(connection) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        return set(cursor.fetchall())


def _on_postgresql(connection) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(t.oid, true), p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'A'"
        )
        return set(cursor.fetchall())


def _wanted(connection) -> dict[str, tuple[str, list[str]]]:
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    wanted = {}
    for model, when, condition, words in _rules():
        table = model._meta.db_table
        name = f"keep_{table.removeprefix('escalations_')}_{when.lower().replace(' ', '_')}_{words.split()[0]}"
        wanted[name] = (table, write(name, table, when, condition(connection.vendor), words))
    if connection.vendor == "postgresql":
        for model in KEPT:
            table = model._meta.db_table
            name = f"keep_{table.removeprefix('escalations_')}_truncate"
            wanted[name] = (table, _postgresql(name, table, "TRUNCATE", "", "rows are kept"))
    return wanted


def _rules():
    """(model, when, condition by engine, words): the statement is refused where the condition holds."""
    for model in KEPT:
        yield model, "DELETE", lambda vendor: "", "rows are kept"
    for model, columns in FIXED.items():
        yield model, "UPDATE", lambda vendor, columns=columns: _differs(vendor, columns), "content never changes"
    for model, (ended, columns, words) in ENDED.items():
        yield model, "UPDATE", lambda vendor, e=ended, c=columns: f"{e} AND ({_differs(vendor, c)})", words
    for model, column, moves, words in MOVES:
        yield model, "UPDATE", lambda vendor, column=column, moves=moves: _no_move(column, moves), words
    # INSERT OR REPLACE slips past the DELETE and UPDATE triggers of SQLite.
    yield AuditEvent, "INSERT", _not_next, "numbered one after the other"
    for model in KEPT[1:]:
        yield model, "INSERT", lambda vendor, model=model: _there(model), "rows are never replaced"


def _differs(vendor: str, columns: tuple[str, ...]) -> str:
    """JSON has no equality on every engine, so it is compared as text."""
    unequal = "OLD.{0}::text IS DISTINCT FROM NEW.{0}::text" if vendor == "postgresql" else "OLD.{0} IS NOT NEW.{0}"
    return " OR ".join(unequal.format(column) for column in columns)


def _no_move(column: str, moves: dict[str, tuple[str, ...]]) -> str:
    allowed = [f"(OLD.{column} = '{before}' AND NEW.{column} = '{after}')" for before in moves for after in moves[before]]
    return f"OLD.{column} <> NEW.{column} AND NOT ({' OR '.join(allowed)})"


def _not_next(vendor: str) -> str:
    return f"NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM {AuditEvent._meta.db_table})"


def _there(model) -> str:
    key = model._meta.pk.column
    return f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {key} = NEW.{key})"


def _sqlite(name: str, table: str, when: str, condition: str, words: str) -> list[str]:
    clause = f"WHEN {condition} " if condition else ""
    return [
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} {clause}BEGIN SELECT RAISE(ABORT, '{table}: {words}'); END"
    ]


def _postgresql(name: str, table: str, when: str, condition: str, words: str) -> list[str]:
    row = "FOR EACH STATEMENT" if when == "TRUNCATE" else "FOR EACH ROW"
    body = f"RAISE EXCEPTION '{table}: {words}' USING ERRCODE = 'integrity_constraint_violation';"
    if condition:
        body = f"IF {condition} THEN {body} END IF;"
    result = "NULL" if when == "TRUNCATE" else "OLD" if when == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {result}; END $$",
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} {row} EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]

"""The database's clock: the only one that decides when a delivery is due, however wrong a worker's own may be."""

from datetime import UTC, datetime

from django.db import connection
from django.db.models import DateTimeField, Func
from django.db.models.functions import Now


class DatabaseNow(Func):
    """This instant, in a query. Not `Now()` on PostgreSQL: that one stands still for a whole transaction."""

    template = "clock_timestamp()"
    output_field = DateTimeField()

    def as_sqlite(self, compiler, connection, **context):
        return Now().as_sqlite(compiler, connection, **context)


def database_now() -> datetime:
    """This instant as the database sees it, with its time zone; milliseconds on SQLite, microseconds on PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)

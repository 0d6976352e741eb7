from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class EscalationsConfig(AppConfig):
    name = "escalations"
    verbose_name = "All tables"

    def ready(self):
        post_migrate.connect(_put_triggers_back, sender=self)


def _put_triggers_back(using, **_):
    """After every migrate, because altering a table of SQLite loses its triggers without a word."""
    from escalations.models import triggers

    connection = connections[using]
    if triggers.AuditEvent._meta.db_table in connection.introspection.table_names():
        triggers.install(connection)
        lost = triggers.missing(connection)
        if lost:
            raise RuntimeError(f"The database did not keep these triggers: {', '.join(lost)}")

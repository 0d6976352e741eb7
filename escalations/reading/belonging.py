"""Whether the database is this portal's: written in the same mode, and with the same key of the audit log.

A demo that sends what a real portal has written, or a real one that goes on after a demo, would mix the two for ever.
"""

from hmac import compare_digest

from django.conf import settings
from django.db import connection

from escalations.models import AuditEvent, DatabaseMark
from escalations.rules.audit_chain import fingerprint, seal

OTHER_KEY = (
    "This database was written with another AUDIT_KEY (in sandbox mode: from another VAR_DIR): use that one, or another DATABASE_URL."
)


def refusal() -> str:
    """One sentence for whoever starts the portal; "" when the database is its own, or nobody's yet."""
    if DatabaseMark._meta.db_table not in connection.introspection.table_names():
        return ""
    mark = DatabaseMark.objects.first()
    if mark is None:
        return "" if _sealed_with_our_key() else OTHER_KEY
    if mark.mode != settings.PORTAL_MODE:
        return (
            f"This database belongs to a portal in {mark.mode} mode, and PORTAL_MODE is {settings.PORTAL_MODE}: "
            "use another DATABASE_URL, or the same mode."
        )
    return "" if compare_digest(mark.key_fingerprint, fingerprint(settings.AUDIT_KEY)) else OTHER_KEY


def _sealed_with_our_key() -> bool:
    """A database from before there were marks tells by the last event of its audit log."""
    last = AuditEvent.objects.last()
    if last is None:
        return True
    names = ("seq", "actor", "action", "object", "payload")
    fields = {name: getattr(last, name) for name in names} | {"at": last.at.isoformat()}
    return compare_digest(seal(settings.AUDIT_KEY, fields, last.prev), last.hash)

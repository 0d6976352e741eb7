"""Sessions in the database. A cookie that cannot be one of their keys is no session, and the database is not asked."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key) -> bool:
        """PostgreSQL refuses a NUL in any text; a cookie can carry one, as an escape."""
        return super()._validate_session_key(key) and set(key) <= set(VALID_KEY_CHARS)

"""The mapping's working copy, the record and the people, in Django's own admin. Each module registers its tables."""

from . import parts, people, record, roles, scenarios, shared  # noqa: F401

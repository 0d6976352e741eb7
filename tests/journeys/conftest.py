"""Journeys use the same person and worker as the tests of single pages."""

from tests.web.conftest import no_missing_variables, visit, work

__all__ = ["no_missing_variables", "visit", "work"]

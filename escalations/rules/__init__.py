"""The decisions, as pure functions over frozen values: no Django, no database, no clock, no network."""

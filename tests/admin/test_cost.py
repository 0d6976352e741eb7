"""Lists do not ask once a row: the number of queries stays the same however long the mapping grows."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escalations.models.working_copy import WORKING_COPY

RECORD = [model for model in admin.site._registry if model not in WORKING_COPY]


@pytest.mark.parametrize("model", [*WORKING_COPY, *RECORD])
def test_no_list_asks_once_a_row(model, sign_in, mapping, escalation_row):
    client = sign_in("admin")
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    own = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    by_key = [sql for sql in own if sql.endswith("LIMIT 21")]
    assert len(by_key) <= 4, "\n".join(by_key)
    assert len(own) <= 45, len(own)

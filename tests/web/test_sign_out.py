"""Signing out leads to the sign-in page, whatever the request asks for."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("how", ["data", "query_params"])
@pytest.mark.parametrize("wanted", ["/history/", "https://evil.example/", "//evil.example/x", "\ufffd\ufffd", "javascript:x", "x" * 3000])
def test_nobody_chooses_where_it_leads(visit, wanted, how):
    answer = visit().client.post(reverse("sign-out"), **{how: {"next": wanted}})
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign-in"))

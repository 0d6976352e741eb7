"""The wizard's page of every kind of ticket opens, also those without organization or account."""

import pytest


@pytest.mark.parametrize("number", [1001, 1011, 1017, 1019, 1020, 1023, 1025])
def test_the_page_of_a_ticket_opens(sign_in, mapping, sandbox, number):
    client = sign_in("engineer")
    answer = client.post("/escalate/", {"ticket": str(number)}, follow=True)
    assert answer.status_code == 200
    assert f"Ticket {number}" in " ".join(answer.content.decode().split())

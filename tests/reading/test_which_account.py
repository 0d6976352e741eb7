"""The search for the account against the sandbox: whatever a name holds, it is only a name."""

import pytest

from escalations.gateways.base import Deadline
from escalations.gateways.wiring import gateways


@pytest.mark.parametrize("name", ["O'Reilly & Söhne", "x' OR Name LIKE '%", "\\", "{}", "a\x00b\u2028c", "n" * 999])
def test_any_name_is_only_a_name(sandbox, name):
    assert gateways().salesforce.accounts(domain="", name=name, deadline=Deadline(5)) == []


def test_a_domain_and_a_name_find_the_account(sandbox):
    [found] = gateways().salesforce.accounts(domain="kestrel.example.net", name="Kestrel Robotics", deadline=Deadline(5))
    assert (found["name"], found["why"]) == ("Kestrel Robotics", ["domain", "name"])

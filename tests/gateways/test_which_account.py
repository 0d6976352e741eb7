"""Accounts that it may be: by web domain or by name, and what only looks alike is none."""

import pytest

from escalations.gateways.salesforce_query import accounts_facts, accounts_query


def record(website, name="Acme Corp"):
    return {"Id": "0015e000000000001AAA", "Name": name, "Type": "Customer", "Website": website}


@pytest.mark.parametrize(
    ("website", "domain", "why"),
    [
        ("https://www.acme.example", "acme.example", ["domain"]),
        ("http://acme.example/en/", "acme.example", ["domain"]),
        ("ACME.example:443", "acme.example", ["domain"]),
        ("acme.example", "emea.acme.example", ["domain"]),
        ("emea.acme.example", "acme.example", []),
        ("https://notacme.example", "acme.example", []),
        ("https://acme.example.evil.test", "acme.example", []),
        ("", "acme.example", []),
        (None, "acme.example", []),
    ],
)
def test_which_domain_is_theirs(website, domain, why):
    found = accounts_facts([record(website)], domain, "")
    assert [one["why"] for one in found] == ([why] if why else [])


def test_more_reasons_come_first_and_six_are_enough():
    rows = [record("x.example", "Acme Corp"), record("https://acme.example", "acme corp"), *[record("acme.example", f"A{n}") for n in range(9)]]
    found = accounts_facts(rows, "acme.example", "Acme Corp")
    assert [one["why"] for one in found] == [["domain", "name"], ["name"], *[["domain"]] * 4]


@pytest.mark.parametrize("domain", ["", "acme", "a" * 300 + ".example", "acme.example' OR Name LIKE '%", "%.example", "acme_example", "acme..example"])
def test_what_is_no_domain_is_not_asked_for(domain):
    assert accounts_query(domain, "") == ""

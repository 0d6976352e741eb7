"""Salesforce through the real simple-salesforce."""

import pytest
from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceMalformedRequest

ACME = "0015e0000000001AAA"
DEALS = "(SELECT Id, Owner.Name, Owner.IsActive FROM Opportunities ORDER BY CreatedDate DESC, Id DESC LIMIT 5)"


def account(salesforce, name):
    return salesforce.query(
        f"SELECT Id, Name, Owner.Name, Owner.IsActive, Customer_Success_Manager__r.Email, {DEALS} FROM Account WHERE Name = '{name}'"
    )["records"][0]


def test_an_account_with_its_people_and_deals(salesforce):
    acme = account(salesforce, "Acme Corp")
    assert acme["Owner"]["Name"] == "Omar Haddad"
    assert acme["Customer_Success_Manager__r"]["Email"] == "dana.reyes@example.com"
    assert acme["Opportunities"]["records"][0]["Owner"]["IsActive"] is True


def test_no_csm_is_null_and_an_owner_who_left_is_inactive(salesforce):
    assert account(salesforce, "Orchard Energy")["Customer_Success_Manager__r"] is None
    rowan = account(salesforce, "Rowan Aviation")
    owners = [deal["Owner"]["Name"] for deal in rowan["Opportunities"]["records"]]
    assert (rowan["Owner"]["IsActive"], owners) == (False, ["Grace Molina", "Piotr Nowak"])


@pytest.mark.parametrize("given", [ACME, ACME[:15]])
def test_ids_of_15_and_18_characters(salesforce, given):
    assert salesforce.query(f"SELECT Id FROM Account WHERE Id = '{given}'")["records"][0]["Id"] == ACME


def test_an_unknown_id_finds_nothing(salesforce):
    assert salesforce.query("SELECT Id FROM Account WHERE Id IN ('0015e00000zzzzz')")["totalSize"] == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Nope__c FROM Account", "INVALID_FIELD"),
        ("SELECT Nobody__r.Name FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY"),
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
    ],
)
def test_wrong_queries_are_refused_with_their_code(salesforce, query, code):
    with pytest.raises(SalesforceMalformedRequest) as refused:
        salesforce.query(query)
    assert refused.value.content[0]["errorCode"] == code


def test_a_field_that_may_not_be_read(salesforce, sandbox):
    sandbox.control("account", {"unreadable": ["Customer_Success_Manager__r"]})
    names = [field["name"] for field in salesforce.Account.describe()["fields"]]
    assert "Customer_Success_Manager__c" not in names
    with pytest.raises(SalesforceMalformedRequest):
        salesforce.query("SELECT Customer_Success_Manager__r.Name FROM Account")


def test_users_by_name(salesforce):
    found = salesforce.query("SELECT Email FROM User WHERE Name LIKE 'Maria S%' AND IsActive = true ORDER BY Email")
    assert [row["Email"] for row in found["records"]] == ["maria.silva2@example.com", "maria.silva@example.com"]


def test_a_bad_token_is_an_expired_session(salesforce):
    salesforce.headers["Authorization"] = "Bearer nonsense"
    salesforce._salesforce_login_partial = None
    with pytest.raises(SalesforceExpiredSession):
        salesforce.query("SELECT Id FROM Account")

"""One question to Salesforce for everything about an account, and its answer as rules.facts has it. Pure functions."""

import re
from dataclasses import dataclass

from escalations.rules.facts import MOST_OPPORTUNITIES

FIELD_NAME = re.compile(r"[A-Za-z]\w*(__[cr])?(\.\w+)*", re.ASCII)
PERSON = ("Id", "Name", "Email", "IsActive")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Fields:
    """The configured field names; an empty one is not asked for. ValueError when one is not a field name.

    `csm` is a lookup to User (`Customer_Success_Manager__r`), the others hold text.
    """

    csm: str = ""
    csm_name: str = ""
    channel_id: str = ""
    region: str = ""

    def __post_init__(self):
        for fact, name in self.configured().items():
            if not FIELD_NAME.fullmatch(name):
                raise ValueError(f"The Salesforce field configured for {fact} is not a field name.")

    def configured(self) -> dict[str, str]:
        """Return the field names by the fact they give."""
        return {fact: name for fact, name in vars(self).items() if name}

    def named_in(self, message: str, without: set[str]) -> str | None:
        """Return the fact whose field an INVALID_FIELD message names, of those not left out yet.

        The message repeats a part of the query, so only the name it puts in quotes counts.
        """
        quoted = {name.lower() for name in re.findall(r"(?:column|relationship|field) '([^']+)'", message)}
        for fact, name in self.configured().items():
            stem = name.split(".")[0].lower()
            # a relationship (x__r) is also named by the field behind it (x__c)
            if fact not in without and {name.lower(), stem, re.sub("__r$", "__c", stem)} & quoted:
                return fact
        return None


def account_query(account_id: str, fields: Fields, without: set[str]) -> str:
    """Return the SOQL for one account, leaving out the facts in `without`."""
    from simple_salesforce.format import format_soql

    asked = {fact: name for fact, name in fields.configured().items() if fact not in without}
    columns = ["Id", "Name", "Type", *_person("Owner")]
    for fact, name in asked.items():
        columns += _person(name) if fact == "csm" else [name]
    opportunity = ", ".join(["Id", "Name", "CreatedDate", "CloseDate", "StageName", *_person("Owner")])
    newest = f"(SELECT {opportunity} FROM Opportunities ORDER BY CreatedDate DESC, Id DESC LIMIT {MOST_OPPORTUNITIES})"
    # The columns passed FIELD_NAME: no brace or quote is in them. The id is the only value from outside.
    query = f"SELECT {', '.join(dict.fromkeys(columns))}, {newest} FROM Account WHERE Id = {{}}"  # noqa: S608
    return format_soql(query, CONTROL.sub("", account_id))


MOST_ACCOUNTS = 6
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.ASCII)


def accounts_query(domain: str, name: str) -> str:
    """Return the SOQL for the accounts with this web domain or exactly this name; "" when there is nothing to look for."""
    from simple_salesforce.format import format_soql

    tests = []
    if DOMAIN.fullmatch(domain):
        tests.append(format_soql("Website LIKE '%{:like}%'", domain))
    if name:
        tests.append(format_soql("Name = {}", CONTROL.sub("", name)[:255]))
    where = " OR ".join(tests)  # each value from outside went through format_soql; the rest is ours
    return where and f"SELECT Id, Name, Type, Website FROM Account WHERE {where} ORDER BY Name, Id LIMIT {5 * MOST_ACCOUNTS}"  # noqa: S608


def accounts_facts(records: list[dict], domain: str, name: str) -> list[dict]:
    """Return the accounts of rules.facts, those first for which more speaks; one whose site only contains the domain is none."""
    found = [
        {"id": record["Id"], "name": record.get("Name"), "type": record.get("Type"), "website": record.get("Website"), "why": why}
        for record in records
        if (why := _why(record, domain, name))
    ]  # fmt: skip
    return sorted(found, key=lambda one: -len(one["why"]))[:MOST_ACCOUNTS]


def _why(record: dict, domain: str, name: str) -> list[str]:
    site = re.sub(r"^(https?://)?(www\.)?", "", (record.get("Website") or "").strip().lower()).split("/")[0].split(":")[0]
    same_domain = bool(site) and (domain == site or domain.endswith(f".{site}"))
    same_name = bool(name) and (record.get("Name") or "").casefold() == name.casefold()
    return [*(["domain"] if same_domain else []), *(["name"] if same_name else [])]


def _person(relation):
    return [f"{relation}.{column}" for column in PERSON]


def account_facts(record: dict, host: str, fields: Fields, without: set[str]) -> dict:
    """Return the account of rules.facts; `unreadable` lists facts (csm, csm_name, channel_id, region), not field names."""
    asked = {fact: name for fact, name in fields.configured().items() if fact not in without}
    value = {fact: _at(record, name) for fact, name in asked.items()}
    opportunities = (record.get("Opportunities") or {}).get("records") or []
    return {
        "id": record["Id"],
        "name": record.get("Name"),
        "type": record.get("Type"),
        "region": value.get("region"),
        "url": f"https://{host}/{record['Id']}",
        "channel_id": value.get("channel_id"),
        "owner": _person_facts(record.get("Owner")),
        "csm": _person_facts(value.get("csm")),
        "csm_name": value.get("csm_name"),
        "unreadable": sorted(without),
        "opportunities": [_opportunity_facts(one) for one in opportunities],
    }


def _at(record, name):
    for part in name.split("."):
        record = (record or {}).get(part)
    return record


def _person_facts(user):
    if not user or not user.get("Name"):
        return None
    active = user.get("IsActive") is not False
    return {"id": user.get("Id"), "name": user["Name"], "email": user.get("Email"), "active": active}


def _opportunity_facts(record):
    return {
        "id": record["Id"],
        "name": record.get("Name"),
        "created_at": record.get("CreatedDate"),
        "close_on": record.get("CloseDate"),
        "stage": record.get("StageName"),
        "owner": _person_facts(record.get("Owner")),
    }

"""The Salesforce objects the sandbox has, and the rows of each."""

from datetime import timedelta

from sandbox.people import BY_EMAIL, CAST

USER_FIELDS = {
    "Id": "id", "Name": "string", "Email": "email", "Username": "string", "IsActive": "boolean", "Title": "string",
    "UserType": "picklist", "ManagerId": "reference", "TimeZoneSidKey": "picklist",
}  # fmt: skip
OPPORTUNITY_FIELDS = {
    "Id": "id", "Name": "string", "AccountId": "reference", "OwnerId": "reference", "StageName": "picklist",
    "Type": "picklist", "IsClosed": "boolean", "CreatedDate": "datetime", "CloseDate": "date",
}  # fmt: skip
ACCOUNT_FIELDS = {
    "Id": "id", "Name": "string", "Type": "picklist", "OwnerId": "reference", "Website": "url", "CreatedDate": "datetime",
    "Region__c": "string", "Internal_Slack_Channel__c": "string", "Customer_Success_Manager__c": "reference",
    "Technical_Account_Manager_Name__c": "string", "Support_Level__c": "picklist",
}  # fmt: skip
OBJECTS = {
    "Account": {
        "fields": ACCOUNT_FIELDS,
        "parents": {"Owner": "User", "Customer_Success_Manager__r": "User"},
        "children": {"Opportunities": "Opportunity"},
    },
    "Opportunity": {"fields": OPPORTUNITY_FIELDS, "parents": {"Owner": "User", "Account": "Account"}, "children": {}},
    "User": {"fields": USER_FIELDS, "parents": {"Manager": "User"}, "children": {}},
}
OWN_KEYS = {"OwnerId": "Owner", "Customer_Success_Manager__c": "Customer_Success_Manager__r", "ManagerId": "Manager",
            "AccountId": "Account"}  # fmt: skip


def rows(world, kind, wanted_ids):
    """Return the rows of an object; with `wanted_ids` (or None) only those, so that made-up accounts can be found."""
    if kind == "User":
        return [user_row(person) for person in CAST if person.salesforce]
    if kind == "Account" and wanted_ids is not None:
        found = [world.account(str(one)) for one in wanted_ids]
        accounts = list({account.id: account for account in found if account}.values())
    else:
        accounts = list(world.accounts.values())
    built = [account_row(world, account) for account in accounts]
    if kind == "Account":
        return built
    return [deal for row in built for deal in row["Opportunities"]]


def user_row(person, with_manager=True):
    """Return a User row; the manager's own manager is left out, nobody asks."""
    if person is None:
        return None
    manager = user_row(BY_EMAIL.get(person.manager), False) if with_manager else None
    return {
        "Id": person.salesforce_id,
        "Name": person.name,
        "Email": person.email,
        "Username": person.email,
        "IsActive": person.salesforce == "active",
        "Title": person.title,
        "UserType": "Standard",
        "ManagerId": manager and manager["Id"],
        "Manager": manager,
        "TimeZoneSidKey": person.tz,
    }


def account_row(world, account):
    """Return an Account row with its relationships filled in."""
    owner, csm = user_row(account.owner), user_row(account.csm)
    row = {
        "Id": account.id,
        "Name": account.name,
        "Type": account.type,
        "OwnerId": owner and owner["Id"],
        "Owner": owner,
        "Website": f"https://www.{account.domain}",
        "CreatedDate": "2021-03-01T09:00:00.000+0000",
        "Region__c": account.region,
        "Internal_Slack_Channel__c": account.channel,
        "Customer_Success_Manager__c": csm and csm["Id"],
        "Customer_Success_Manager__r": csm,
        "Technical_Account_Manager_Name__c": account.csm_text,
        "Support_Level__c": account.support_level,
    }
    row["Opportunities"] = [_opportunity_row(world, row, deal) for deal in account.opportunities]
    return row


def _opportunity_row(world, account_row, deal):
    owner = user_row(deal.owner)
    created = world.seeded_at + timedelta(days=deal.created)
    return {
        "Id": deal.id,
        "Name": deal.name,
        "AccountId": account_row["Id"],
        "Account": account_row,
        "OwnerId": owner["Id"],
        "Owner": owner,
        "StageName": deal.stage,
        "Type": "Renewal",
        "IsClosed": deal.stage.startswith("Closed"),
        "CreatedDate": created.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "CloseDate": (world.seeded_at + timedelta(days=deal.closes)).date().isoformat(),
    }


def describe(kind, hidden):
    """Return the describe answer of an object without the fields that may not be read."""
    known = OBJECTS[kind]
    parents = {own: name for own, name in OWN_KEYS.items() if name in known["parents"]}
    fields = [
        {
            "name": name,
            "label": name.removesuffix("__c").replace("_", " "),
            "type": type_,
            "custom": name.endswith("__c"),
            "nillable": name != "Id",
            "filterable": True,
            "sortable": True,
            "updateable": name != "Id",
            "relationshipName": parents.get(name),
            "referenceTo": [known["parents"][parents[name]]] if name in parents else [],
        }
        for name, type_ in known["fields"].items()
        if name not in hidden and parents.get(name) not in hidden
    ]
    children = [
        {"childSObject": target, "field": f"{kind}Id", "relationshipName": n} for n, target in known["children"].items()
    ]
    return {
        "name": kind,
        "label": kind,
        "custom": False,
        "queryable": True,
        "fields": fields,
        "childRelationships": children,
    }

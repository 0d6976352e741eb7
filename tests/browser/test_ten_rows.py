"""A journey for each of the ten rows: what the page offers, how many interactions it takes, what the services received."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.hand import Hand, address_of, on_escalation, ready

ACCOUNT_MANAGEMENT, SALES, ACME = "C0ACCTMGMT1", "C0SALES0001", "C0ACCT0001"
EMERGENCY = "Make the CSM aware of an emergency or a high-priority ticket"
ADD, LEAD = "Add a customer to an organization", "Pass a lead to Sales"


@dataclass(frozen=True)
class Way:
    """`where` is a Slack channel's id, or the people of a group direct message; `mentions` counts the author as well."""

    row: int
    ticket: int
    situation: str
    act: str
    where: str
    mentions: str
    follower: str = ""
    email_cc: str = ""
    note: bool = True
    answer: str = ""
    more: int = 0

    def __str__(self):
        return f"row{self.row}-{self.ticket}"


# Written by hand from the mapping's rows and the sandbox's customers, not from what the portal says.
# fmt: off
WAYS = [
    Way(4, 1001, EMERGENCY, "Send to Dana Reyes in #a_acme-internal and note ticket 1001",
        ACME, "Ana Lima, Dana Reyes", follower="dana.reyes"),
    Way(4, 1002, EMERGENCY, "Send Joel Sandberg and you a direct message and note ticket 1002",
        "Ana Lima, Joel Sandberg", "Ana Lima, Joel Sandberg", follower="joel.sandberg"),
    Way(5, 1003, "The customer asked for an escalation", "Send Dana Reyes and you a direct message and note ticket 1003",
        "Ana Lima, Dana Reyes", "Ana Lima, Dana Reyes", follower="dana.reyes"),
    Way(6, 1004, "Upgrade assistance without an internal issue", "Send Dana Reyes and you a direct message and note ticket 1004",
        "Ana Lima, Dana Reyes", "Ana Lima, Dana Reyes", follower="dana.reyes", answer="No, there is none", more=1),
    Way(7, 1006, "The customer's users need training", "Send Dana Reyes and you a direct message and note ticket 1006",
        "Ana Lima, Dana Reyes", "Ana Lima, Dana Reyes", follower="dana.reyes"),
    Way(8, 1007, "Make the CSM aware of mismatched expectations",
        "Send Joel Sandberg and you a direct message and note ticket 1007",
        "Ana Lima, Joel Sandberg", "Ana Lima, Joel Sandberg", follower="joel.sandberg"),
    Way(2, 1008, LEAD, "Post in #sales and note ticket 1008, Omar Haddad in cc",
        SALES, "Ana Lima", email_cc="omar.haddad"),
    Way(2, 1009, LEAD, "Post in #account-management and note ticket 1009, Omar Haddad in cc",
        ACCOUNT_MANAGEMENT, "Ana Lima", email_cc="omar.haddad"),
    Way(3, 1010, "Professional Services engagement request", "Send to Grace Molina in #account-management",
        ACCOUNT_MANAGEMENT, "Ana Lima, Grace Molina", note=False),
    Way(1, 1011, ADD, "Post in #account-management", ACCOUNT_MANAGEMENT, "Ana Lima", note=False),
    Way(9, 1012, ADD, "Post in #account-management", ACCOUNT_MANAGEMENT, "Ana Lima", note=False,
        answer="Customer Success Manager", more=1),
    Way(10, 1013, "Suggest a Scale CSE engagement to the Account Owner", "Send Omar Haddad and you a direct message",
        "Ana Lima, Omar Haddad", "Ana Lima, Omar Haddad", note=False),
    Way(10, 1014, "Suggest a Scale CSE engagement to the Account Owner", "Send Omar Haddad and you a direct message",
        "Ana Lima, Omar Haddad", "Ana Lima, Omar Haddad", note=False),
]
# fmt: on
each_way = pytest.mark.parametrize("way", WAYS, ids=str)


@each_way
def test_by_link(page, sandbox, work, way):
    hand = Hand(page)
    hand.open(f"/escalate/?ticket={address_of(way.ticket)}")
    review_and_send(page, hand, way)
    assert (hand.count, hand.typed) == (2 + way.more, 0)
    expect(page.locator("#deliveries-title")).to_have_text("Being delivered…")
    work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    received(sandbox, way)


@each_way
def test_by_paste(page, sandbox, work, way):
    hand = Hand(page)
    hand.open("/")
    hand.paste(address_of(way.ticket))
    review_and_send(page, hand, way)
    assert (hand.count, hand.typed) == (3 + way.more, 0) and hand.count <= 4
    work()
    received(sandbox, way)


@each_way
def test_without_javascript(as_person, sandbox, work, way):
    page = as_person("engineer", java_script_enabled=False)
    hand = Hand(page)
    hand.open("/")
    field = page.get_by_label("Ticket link or number")
    expect(field).to_be_focused()
    hand.paste_into(field, address_of(way.ticket))
    hand.click(page.get_by_role("button", name="Look up"))
    if way.answer:
        hand.click(page.get_by_role("button", name=way.answer, exact=True))
    hand.click(ready(page, way.act))
    on_escalation(page)
    assert (hand.count, hand.typed) == (4 + way.more, 0)
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    received(sandbox, way)


def review_and_send(page, hand: Hand, way: Way) -> None:
    chosen = page.locator(".card", has=page.locator("input:checked"))
    expect(chosen.locator(".card__title")).to_have_text(way.situation)
    expect(page.locator("#situation")).to_contain_text("Selected for you")
    if way.answer:
        expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
        hand.click(page.get_by_role("radio", name=way.answer, exact=True))
        expect(page.get_by_role("radio", name=way.answer, exact=True)).to_be_checked()
    hand.click(ready(page, way.act))
    on_escalation(page)


def received(sandbox, way: Way) -> None:
    """Exactly what the row says, and nothing else."""
    effects = sandbox.ledger()
    [message] = [effect for effect in effects if effect["kind"] == "message"]
    in_channel = way.where.startswith("C0")
    assert way.where == (message["target"] if in_channel else ", ".join(sorted(opened(effects)["people"])))
    assert ", ".join(sorted(person["name"] for person in message["mentions"])) == way.mentions
    assert not message["broadcast"] and not message["unfurl_links"]
    assert f"/tickets/{way.ticket}|" in str(message["blocks"])
    notes = [effect for effect in effects if effect["kind"] == "note"]
    assert [(note["target"], note["public"]) for note in notes] == ([(way.ticket, False)] if way.note else [])
    for kind in ("follower", "email_cc"):
        wanted = [f"{getattr(way, kind)}@example.com"] if getattr(way, kind) else []
        assert [effect["user_email"] for effect in effects if effect["kind"] == kind] == wanted
    said = {"message"} | ({"note"} if way.note else set()) | (set() if in_channel else {"conversation_opened"})
    said |= {kind for kind in ("follower", "email_cc") if getattr(way, kind)}
    assert {effect["kind"] for effect in effects} - {"ticket_changed"} == said


def opened(effects) -> dict:
    [conversation] = [effect for effect in effects if effect["kind"] == "conversation_opened"]
    return {**conversation, "people": conversation["target_name"].split(", ")}

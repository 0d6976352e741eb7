"""A Salesforce account."""

import re
from datetime import timedelta

from sandbox.hosts import SLACK_WORKSPACE
from sandbox.markup import badge, facts, fill


def page(world, parts):
    """Return (title, body) or None; the parts of the path contain the account's id in one of Salesforce's forms."""
    wanted = next((part for part in parts if re.fullmatch(r"001\w{12}(\w{3})?", part)), None)
    account = wanted and world.account(wanted)
    if not account:
        return None
    channel = account.channel and fill(
        '<a href="/{host}/archives/{id}">{name}</a>',
        host=SLACK_WORKSPACE,
        id=account.channel,
        name=_channel_name(world, account),
    )
    return account.name, fill(
        '<p class="quiet">Account</p><h1 dir="auto">{name}</h1>{facts}<h2>Opportunities</h2>{deals}',
        name=account.name,
        facts=facts(
            [
                ("Account owner", person_part(account.owner)),
                ("Customer Success Manager", person_part(account.csm)),
                ("Technical account manager (text)", account.csm_text),
                ("Internal Slack channel", channel),
                ("Type", account.type),
                ("Region", account.region),
                ("Support level", account.support_level),
                ("Account id", fill("<code>{id}</code>", id=account.id)),
            ]
        ),
        deals=_deals(world, account) if account.opportunities else fill('<p class="quiet">None.</p>'),
    )


def _channel_name(world, account):
    channel = world.channel(account.channel)
    return f"#{channel.name}" if channel else account.channel


def person_part(person):
    """Return a person with what stands against asking them."""
    if person is None:
        return None
    marks = []
    if person.salesforce == "inactive":
        marks.append(badge("has left", "alarm"))
    if person.away:
        marks.append(badge(person.away, "alarm"))
    if person.slack is None:
        marks.append(badge("not in Slack"))
    return fill('{name} <span class="quiet">{email}</span> {marks}', name=person.name, email=person.email, marks=marks)


def _deals(world, account):
    rows = [
        fill(
            "<li><bdi>{name}</bdi>: {stage}, closes {closes}, created {created}, owner {owner}</li>",
            name=deal.name,
            stage=deal.stage,
            closes=(world.seeded_at + timedelta(days=deal.closes)).date(),
            created=(world.seeded_at + timedelta(days=deal.created)).date(),
            owner=person_part(deal.owner),
        )
        for deal in account.opportunities
    ]
    return fill('<ul class="wrap">{rows}</ul>', rows=rows)

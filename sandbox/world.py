"""The state of all three services: seeded data, what was made from numbers on demand, and everything applied since.

One lock guards it. Request handlers hold it while they read and while they record, never while a fault makes them wait.
"""

import secrets
import threading
import time
from datetime import UTC, datetime

from sandbox import channels, customers, effects, generated, seeding
from sandbox.ledger import Ledger
from sandbox.people import CAST


class Instance:
    """One Zendesk: its users, organizations and tickets. Tickets from 100000 up appear when asked for."""

    def __init__(self, name, organizations, seeded_at):
        self.name = name
        self.seeded_at = seeded_at
        self.users, self.by_email, self.tickets = {}, {}, {}
        self.organizations = {organization.id: organization for organization in organizations.values()}
        for user in seeding.staff(name):
            self.add_user(user)
        self.robot = self.users[seeding.USER_BASE[name]]
        for ticket, requester in seeding.curated(name, organizations, seeded_at):
            self.add_user(requester)
            self.tickets[ticket.id] = ticket

    @property
    def accepts_email_ccs(self):
        """US Government has CCs switched off: the key is then ignored without a word, as Zendesk does."""
        return self.name == "main"

    def add_user(self, user):
        """Add a user; addresses are compared in small letters."""
        self.users[user.id] = user
        self.by_email[user.email.lower()] = user

    def ticket(self, number):
        """Return the ticket or None, deleted ones included."""
        if self.name == "main" and generated.is_generated(number) and number not in self.tickets:
            ticket, requester = generated.ticket(number, self.seeded_at)
            self.organizations[ticket.organization_id] = generated.organization(number)
            self.add_user(requester)
            self.tickets[number] = ticket
        return self.tickets.get(number)


class World:
    """Everything the sandbox knows. `path` is the ledger's file, or None for memory only."""

    def __init__(self, path=None):
        self.lock = threading.RLock()
        self.ledger = Ledger(path)
        lines = self.ledger.read()
        started = next((line["seeded_at"] for line in lines if "seeded_at" in line), None)
        self.seed(started and seeding.moment(started))
        for line in lines:
            effects.replay(self, line)
        if not started:
            self.ledger.write({"seeded_at": seeding.stamp(self.seeded_at)})

    def seed(self, seeded_at=None):
        """Set everything back to the first day; times of tickets are relative to `seeded_at` (default: now)."""
        self.seeded_at = seeded_at or datetime.now(UTC).replace(microsecond=0)
        accounts, organizations, account_channels = customers.build()
        self.accounts = {account.id[:15]: account for account in accounts.values()}
        self.instances = {name: Instance(name, organizations[name], self.seeded_at) for name in ("main", "usgov")}
        self.channels = {channel.id: channel for channel in [*channels.build(), *account_channels]}
        self.slack_users = {person.slack_id: person for person in CAST if person.slack}
        self.unreadable_fields = set()
        self.last_ts, self.slack_ahead = 0, 0.0
        self.serial = 0
        self.changes = 0
        self.epoch = secrets.token_hex(4)

    def reset(self):
        """Drop the ledger and everything applied."""
        self.ledger.clear()
        self.seed()
        self.ledger.write({"seeded_at": seeding.stamp(self.seeded_at)})

    def record(self, *entries):
        """Number the effects, write them to the ledger, then apply them. Returns them as recorded."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        first = len(self.ledger.entries) + 1
        numbered = [{"n": first + place, "at": at, **entry} for place, entry in enumerate(entries)]
        self.ledger.write(*numbered)
        for entry in numbered:
            effects.replay(self, entry)
        return numbered

    def change(self, kind, **values):
        """Make a change that is no effect of the portal (a closed ticket, an archived channel), and keep it."""
        line = {"control": kind, **values}
        effects.replay(self, line)
        self.ledger.write(line)
        self.changes += 1

    @property
    def version(self):
        """Return a text that changes whenever anything does, a reset included."""
        return f"{self.epoch}-{len(self.ledger.entries)}-{self.changes}"

    def account(self, account_id):
        """Return the account of a 15- or 18-character id, or None. Ids are case-sensitive in the first 15."""
        key = account_id[:15]
        number = generated.number_of_account(key)
        if number is not None and key not in self.accounts:
            self.accounts[key] = generated.account(number)
        account = self.accounts.get(key)
        return account if account and len(account_id) in (15, 18) and account.id.startswith(account_id) else None

    def channel(self, channel_id):
        """Return the channel of an id, or None."""
        number = generated.number_of_channel(channel_id)
        if number is not None and channel_id not in self.channels:
            self.channels[channel_id] = generated.channel(number)
        return self.channels.get(channel_id)

    def next_ts(self):
        """Return a Slack timestamp that no other message has: never twice the same microsecond."""
        self.last_ts = max(self.last_ts + 1, time.time_ns() // 1000 + int(self.slack_ahead * 1_000_000))
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    def next_id(self, base):
        """Return a new Zendesk id above `base`."""
        self.serial += 1
        return base + self.serial

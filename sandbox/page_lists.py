"""The pages that list what there is: curated tickets, channels, customers, faults."""

from sandbox.channels import BOT_USER
from sandbox.customers import CUSTOMERS
from sandbox.hosts import SALESFORCE, SLACK_WORKSPACE, ZENDESK_HOST
from sandbox.markup import badge, fill
from sandbox.page_account import person_part
from sandbox.slack_messages import target_name
from sandbox.tickets import listing


def _table(caption, heads, rows, empty=""):
    if not rows:
        return fill('<p class="empty">{empty}</p>', empty=empty)
    cells = [
        fill(
            "<tr>{cells}</tr>",
            cells=[
                fill('<td data-label="{head}">{cell}</td>', head=h, cell=c) for h, c in zip(heads, row, strict=True)
            ],
        )
        for row in rows
    ]
    head = [fill('<th scope="col">{text}</th>', text=text) for text in heads]
    return fill(
        "<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>",
        caption=caption,
        head=head,
        cells=cells,
    )


def tickets_page(world):
    """Return (title, body): every curated ticket with what it is there to show."""
    rows = []
    for row in listing(CUSTOMERS):
        href = f"/{ZENDESK_HOST[row['instance']]}/agent/tickets/{row['id']}"
        gov = badge("US Government", "alarm") if row["instance"] == "usgov" else ""
        rows.append(
            (
                fill('<a href="{href}">{id}</a> {gov}', href=href, id=row["id"], gov=gov),
                row["shows"],
                fill("<bdi>{customer}</bdi>", customer=row["customer"]) if row["customer"] else "–",
                fill("<bdi>{subject}</bdi>", subject=row["subject"]) if row["subject"] else "–",
            )
        )
    caption = "Every number from 100000 to 99999999 exists too: a plausible ticket with a customer of its own."
    return "Tickets", fill(
        "<h1>Tickets</h1>{table}", table=_table(caption, ("Ticket", "Shows", "Customer", "Subject"), rows)
    )


def channels_page(world):
    """Return (title, body): every channel, and whether our bot is in it."""
    rows = [
        (
            fill(
                '<a href="/{host}/archives/{id}">{name}</a>',
                host=SLACK_WORKSPACE,
                id=channel.id,
                name=target_name(channel),
            ),
            channel.kind + (", archived" if channel.archived else "") + (", shared" if channel.ext_shared else ""),
            "yes" if BOT_USER in channel.members else "no",
            len(channel.messages),
        )
        for channel in list(world.channels.values())[:300]
    ]
    return "Channels", fill(
        "<h1>Channels</h1>{t}", t=_table("", ("Channel", "Kind", "Our bot is in it", "Messages"), rows)
    )


def customers_page(world):
    """Return (title, body): the Salesforce accounts."""
    rows = [
        (
            fill(
                '<a href="/{host}/lightning/r/Account/{id}/view"><bdi>{name}</bdi></a>',
                host=SALESFORCE,
                id=account.id,
                name=account.name,
            ),
            person_part(account.owner),
            person_part(account.csm) or account.csm_text or "–",
        )
        for account in list(world.accounts.values())[:300]
    ]
    return "Customers", fill(
        "<h1>Customers</h1>{t}", t=_table("", ("Account", "Owner", "Customer Success Manager"), rows)
    )


def faults_page(faults):
    """Return (title, body): the faults in force and how often each kind has fired."""
    state = faults.as_json()
    rules = [
        (
            rule["id"],
            rule.get("service", "*"),
            rule.get("match", rule.get("on", "*")),
            rule.get("kind") or f"one of {len(rule['kinds'])} kinds",
            f"{rule['fired']} of {rule['matched']}",
        )
        for rule in state["faults"]
    ]
    fired = [tuple(row.values()) for row in faults.counts()["fired"]]
    return "Faults", fill(
        "<h1>Faults</h1>{rules}<h2>Fired since the last reset</h2>{fired}",
        rules=_table(
            "", ("No.", "Service", "Match", "Kind", "Fired"), rules, "No faults: everything answers as it should."
        ),
        fired=_table("", ("Service", "Call", "Kind", "Effect", "Times"), fired, "None."),
    )

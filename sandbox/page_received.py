"""The first page: what every Slack conversation and every Zendesk ticket has received, newest first."""

from sandbox import hosts
from sandbox.markup import badge, fill, when
from sandbox.page_text import slack_blocks, slack_text
from sandbox.slack_people import name_of

SHOWN = 200
LABELS = {
    "message": ("Message", ""),
    "message_updated": ("Message replaced", "internal"),
    "message_deleted": ("Message deleted", "quiet"),
    "conversation_opened": ("Group opened", "quiet"),
    "joined": ("Our bot joined", "quiet"),
    "note": ("Internal note", "internal"),
    "public_comment": ("Public comment: the customer sees it", "alarm"),
    "follower": ("Follower", "internal"),
    "email_cc": ("E-mail CC: the customer sees it", "alarm"),
    "user_created": ("New end user created", "alarm"),
    "ticket_changed": ("Ticket changed", "quiet"),
    "email": ("E-mail", ""),
}
SYSTEMS = {"slack": "Slack", "zendesk": "Zendesk", "email": "E-mail"}


def page(world):
    """Return (title, body)."""
    entries = world.ledger.entries[-SHOWN:]
    if not entries:
        body = fill('<div class="empty"><p><strong>Nothing received yet.</strong></p><p>What the portal sends to Slack or Zendesk '
                    'appears here within a second. <a href="/tickets">Tickets to try it with</a>.</p></div>')  # fmt: skip
        return "What was received", fill("<h1>What was received</h1>{body}", body=body)
    groups = {}
    for entry in reversed(entries):
        groups.setdefault((entry["system"], entry["instance"], entry["target"]), []).append(entry)
    total = len(world.ledger.entries)
    count = f"{total} effect{'s' if total != 1 else ''}" + (f", the newest {SHOWN} shown" if total > SHOWN else "")
    index = [fill('<li><a href="#{anchor}">{name}</a> <span class="quiet">{n}</span></li>', anchor=anchor(key), n=len(rows),
                  name=name_of_group(rows[0])) for key, rows in groups.items()]  # fmt: skip
    return "What was received", fill(
        '<h1>What was received</h1><p class="quiet">{count}. Last {at}.</p><ul class="index">{index}</ul>{groups}',
        count=count,
        at=when(entries[-1]["at"]),
        index=index,
        groups=[_group(world, key, rows) for key, rows in groups.items()],
    )


def anchor(key):
    """Return the id of a group's heading."""
    return "-".join(str(part) for part in key if part)


def name_of_group(entry):
    """Return what a person calls the target."""
    return f"Ticket {entry['target']}" if entry["system"] == "zendesk" else entry["target_name"]


def address_of(entry):
    """Return the page of the target."""
    if entry["system"] == "zendesk":
        return f"/{hosts.ZENDESK_HOST[entry['instance']]}/agent/tickets/{entry['target']}"
    if entry["system"] == "email":
        return f"#n{entry['n']}"  # a mail has no page but this one
    return f"/{hosts.SLACK_WORKSPACE}/archives/{entry['target']}"


def _group(world, key, rows):
    first = rows[0]
    badges = [badge(SYSTEMS[first["system"]])]
    if first["instance"] == "usgov":
        badges.append(badge("US Government", "alarm"))
    subject = (
        fill('<p class="quiet wrap"><bdi>{s}</bdi></p>', s=first["target_name"]) if first["system"] == "zendesk" else ""
    )
    return fill(
        '<section class="group {system}" aria-labelledby="{id}"><h2 id="{id}"><a href="{href}">{name}</a> {badges}</h2>{subject}{items}</section>',
        system=first["system"],
        id=anchor(key),
        href=address_of(first),
        name=name_of_group(first),
        badges=badges,
        subject=subject,
        items=[entry_part(world, row) for row in rows],
    )


def entry_part(world, entry):
    """Return one effect as an article."""
    label, kind = LABELS[entry["kind"]]
    marks = []
    if entry.get("thread_ts"):
        marks.append(badge("reply in a thread"))
    if entry.get("broadcast"):
        marks.append(badge("notifies everybody", "alarm"))
    return fill(
        '<article class="entry {kind}" id="n{n}"><header><strong>{who}</strong> {label} {marks} <span class="quiet">{at}</span></header>{body}{foot}</article>',
        kind=kind,
        n=entry["n"],
        who=_author(world, entry),
        label=badge(label, kind),
        marks=marks,
        at=when(entry["at"]),
        body=body_part(world, entry),
        foot=_foot(entry),
    )


def _author(world, entry):
    by = entry.get("by")
    users = world.instances[entry["instance"]].users if entry["instance"] else {}
    return users[by].name if by in users else entry.get("user_name", "")


def body_part(world, entry):
    """Return what the effect says: a text, blocks, or a person added."""
    if entry["kind"] in ("follower", "email_cc", "user_created"):
        verb = {"put": "added", "delete": "removed"}.get(entry.get("action"), "created")
        text = f"{entry['user_name']} <{entry['user_email']}> {verb}"
        return fill('<p class="said">{text}</p>', text=text)
    if entry["kind"] == "ticket_changed":
        lines = [
            fill("<li>{name}: {value}</li>", name=name, value=str(value)) for name, value in entry["changes"].items()
        ]
        return fill("<ul>{lines}</ul>", lines=lines)
    if entry["kind"] == "conversation_opened":
        return fill('<p class="said">{names}</p>', names=", ".join(name_of(world, one) for one in entry["members"]))
    if entry["system"] == "slack" and entry.get("blocks"):
        return fill(
            '<div class="body">{blocks}</div><details><summary>Text of the notification</summary><p class="said">{text}</p></details>',
            blocks=slack_blocks(world, entry["blocks"]),
            text=slack_text(world, entry["text"]),
        )
    if entry["system"] == "slack":
        return fill('<div class="body"><p class="said">{text}</p></div>', text=slack_text(world, entry["text"] or ""))
    return fill('<div class="body"><p class="said" dir="auto">{text}</p></div>', text=entry["text"] or "")


def _foot(entry):
    parts = []
    if entry.get("mentions"):
        parts.append(fill("<span>mentions {names}</span> ", names=", ".join(one["name"] for one in entry["mentions"])))
    if entry.get("key"):
        parts.append(fill("<span>key <code>{key}</code></span> ", key=entry["key"]))
    if entry.get("previous_key"):
        parts.append(fill("<span>in place of <code>{key}</code></span> ", key=entry["previous_key"]))
    if entry.get("ts"):
        place = f"{address_of(entry)}/p{entry['ts'].replace('.', '')}"
        parts.append(fill('<a href="{place}">in the channel</a>', place=place))
    return fill("<footer>{parts}</footer>", parts=parts) if parts else ""

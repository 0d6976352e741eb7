"""Shows Slack's mark-up the way a reader of Slack sees it: mentions as names, links as links, nothing from it as HTML."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sandbox.hosts import PAGE_HOSTS
from sandbox.markup import Markup, badge, escape, fill
from sandbox.slack_people import name_of

CONTROL = re.compile(r"<([^<>\n]+)>")
STYLES = [
    (re.compile(r"```(.+?)```", re.DOTALL), r"<code>\1</code>"),
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])"), r"<s>\1</s>"),
]
DATES = {"date_num": "%Y-%m-%d", "date_short_pretty": "%b %-d, %Y", "date_short": "%b %-d, %Y", "date_pretty": "%B %-d, %Y",
         "date": "%B %-d, %Y", "time": "%-I:%M %p", "time_secs": "%-I:%M:%S %p"}  # fmt: skip
BROADCASTS = ("!channel", "!here", "!everyone")
EMOJI = {":rotating_light:": "🚨", ":warning:": "⚠️", ":information_source:": "ℹ️", ":white_check_mark:": "✅", ":ticket:": "🎫",
         ":eyes:": "👀", ":wave:": "👋", ":memo:": "📝", ":bust_in_silhouette:": "👤", ":speech_balloon:": "💬"}  # fmt: skip


def local_address(url):
    """Return where our own pages show a public address; None for an address that is not http(s)."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"/{parts.netloc}{parts.path}{query}" if parts.netloc in PAGE_HOSTS else url


def link(url, label):
    """Return a link that stays in the sandbox when it can; a strange address is shown as text."""
    try:
        address = local_address(url)
    except ValueError:
        address = None
    if address is None:
        return escape(label)
    return fill('<a href="{address}" rel="noreferrer">{label}</a>', address=address, label=label)


def _plain(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _control(world, inner):
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return fill('<span class="mention">@{name}</span>', name=name_of(world, target[1:]))
    if target.startswith("#"):
        channel = world.channel(target[1:])
        name = label or (channel.name if channel else target[1:])
        return fill('<span class="mention">#{name}</span>', name=name)
    if target in BROADCASTS:
        return badge(f"@{target[1:]}: notifies everybody", "alarm")
    if target.startswith("!date^"):
        return _date(target, _plain(label))
    if target.startswith("!"):
        return escape(_plain(label or inner))
    return link(_plain(target), _plain(label or target)) if "://" in target else escape(f"<{_plain(inner)}>")


def _date(target, label):
    """Return a date as Slack would show it to a reader in UTC; what Slack cannot read is shown as its fallback."""
    _, seconds, form = (*target.split("^", 2), "", "")[:3]
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return escape(label)
    words = form
    for name, shape in DATES.items():
        words = words.replace("{" + name + "}", at.strftime(shape))
    hint = "Slack shows this in each reader's own time zone; here it is UTC"
    return fill('<time datetime="{at}" title="{hint}">{words} (UTC)</time>', at=at.isoformat(), hint=hint, words=words)


def slack_text(world, text, kind="mrkdwn"):
    """Return a text of Slack as Markup."""
    if kind == "plain_text":
        return _emoji(escape(text))
    parts = []

    def keep(found):
        parts.append(_control(world, found.group(1)))
        return f"\x00{len(parts) - 1}\x00"

    marked = escape(_plain(CONTROL.sub(keep, text.replace("\x00", ""))))
    for pattern, replacement in STYLES:
        marked = pattern.sub(replacement, marked)
    return Markup(re.sub("\x00(\\d+)\x00", lambda found: parts[int(found.group(1))], _emoji(marked)))


def _emoji(text):
    for name, sign in EMOJI.items():
        text = text.replace(name, sign)
    return Markup(text)


def slack_blocks(world, blocks):
    """Return the blocks of a message as Markup."""
    return [_block(world, block) for block in blocks]


def _object(world, item):
    return slack_text(world, str(item.get("text", "")), item.get("type", "mrkdwn")) if isinstance(item, dict) else ""


def _block(world, block):
    kind = block.get("type")
    if kind == "divider":
        return Markup("<hr>")
    if kind == "header":
        return fill('<p class="said big">{text}</p>', text=_object(world, block["text"]))
    if kind == "section":
        fields = [
            fill('<p class="said field">{text}</p>', text=_object(world, item)) for item in block.get("fields", ())
        ]
        text = fill('<p class="said">{text}</p>', text=_object(world, block["text"])) if "text" in block else ""
        grid = fill('<div class="fields">{fields}</div>', fields=fields) if fields else ""
        return fill("{text}{grid}{more}", text=text, grid=grid, more=_button(block.get("accessory")))
    if kind == "context":
        texts = [fill("<span>{text}</span> ", text=_object(world, item)) for item in block["elements"]]
        return fill('<p class="said small">{texts}</p>', texts=texts)
    if kind == "actions":
        return fill('<p class="actions">{buttons}</p>', buttons=[_button(item) for item in block["elements"]])
    return fill(
        '<p class="said small">[{kind}] {text}</p>',
        kind=kind,
        text=str(block.get("text") or block.get("elements") or ""),
    )


def _button(item):
    if not isinstance(item, dict) or item.get("type") != "button":
        return ""
    label = item["text"]["text"]
    return fill("{button} ", button=link(item["url"], label) if item.get("url") else badge(label))

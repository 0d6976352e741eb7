"""S2: ten thousand hostile strings in every field of a message; the only tokens in it are those that the template wrote itself."""

import random
import re

from escalations.rules.messages import Parts, plain_text, slack_message, zendesk_note

MANY, SEED = 10_000, 20261128
PIECES = (
    "<!channel>", "<!here>", "<!everyone>", "<@U0DANAREYES>", "<#C0SALES0001>", "<!subteam^S1>", "@channel", "@here", "@everyone", "#general",
    "<https://evil.example|click>", "https://evil.example", "HTTP://evil.example", "_http://x", "aHTTPS://x", "mailto:a@b.c", "javascript:alert(1)",
    "*bold*", "_it_", "~no~", "`code`", "```", "&lt;!channel&gt;", "&amp;", "&", "<", ">", "|", "\\", "\u202e", "\u200b", "\u2066", "\ufeff", "\r\n", "\n", "\t",
    "\x00", "\x1b[31m", "{{ticket.id}}", "{% raw %}", "<script>", "{", "}", ":tada:", ":palm_tree:", "العربية", "漢字", "é", "💥", "A", " ", "Acme Corp", "1001",
    "\u2028", "\u2029", "\ufffd", "<<", ">>", "<!", "^", "!", "@", "#",
)  # fmt: skip
FIELDS = ("opening", "to", "customer", "ticket", "situation", "ask", "told", "previous", "author")
TOKEN = re.compile(r"<[^>]*>?")
OWN = {"<@U0DANAREYES>", "<@U0ANALIMA>"}
URL, TICKET = "https://portal-demo.my.salesforce.com/x", "https://portal-demo.zendesk.com/agent/tickets/1001"


def hostile(dice: random.Random) -> str:
    return "".join(dice.choices(PIECES, k=dice.randint(1, 12)))


def test_ten_thousand_strings_mention_and_link_nobody():
    dice = random.Random(SEED)
    for _ in range(MANY):
        parts = Parts(customer_url=URL, ticket_url=TICKET, **{name: hostile(dice) for name in FIELDS})
        message = slack_message(parts, "U0DANAREYES", "U0ANALIMA")
        for text in (message["text"], *(block["text"]["text"] for block in message["blocks"])):
            tokens = TOKEN.findall(text)
            foreign = [token for token in tokens if token not in OWN and not token.startswith((f"<{URL}|", f"<{TICKET}|"))]
            assert not foreign, (foreign, parts)
            assert ">" not in TOKEN.sub("", text), parts
            assert not re.search(r"(?i)(https?|mailto|ftp):(?!\u2060)", TOKEN.sub("", text)), parts
        assert message["text"].count("<@") == 1
        assert all(block["text"]["verbatim"] for block in message["blocks"])
        note = zendesk_note(parts)["body"]
        assert "{{" not in note and "{%" not in note, parts
        assert plain_text(parts)

"""A Slack message on our own pages: its times as words with their instant, and nothing of it as HTML of its own."""

from escalations.templatetags.portal import slack_preview

MARCH = "<!date^1772460120^{date_short_pretty} at {time}|2 Mar, 14:02 UTC>"


def shown(text):
    return slack_preview({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}, {"U0DANA": "Dana Reyes"})


def test_a_time_is_a_time():
    html = shown(f"*Why you:* you are, read {MARCH}")
    assert "<strong>Why you:</strong> you are, read <time datetime=\"2026-03-02T14:02:00+00:00\"" in html
    assert ">2 Mar, 14:02 UTC</time>" in html and "!date" not in html


def test_a_label_with_other_letters_is_bold_as_well():
    assert shown("*Why Zoë O'Neil-Smith:* x").startswith("<strong>Why Zoë O&#x27;Neil-Smith:</strong>")


def test_a_slanted_line_holds_its_time():
    html = shown(f"_Withdrawn {MARCH} by Ana Lima: x_ (<https://portal.example.com/|ESC-1>)")
    assert html.startswith("<em>Withdrawn <time ") and "</time> by Ana Lima: x</em> (<a href=" in html


def test_what_only_looks_like_a_time_stays_text():
    assert shown("&lt;!date^1^{time}|&lt;b&gt;&gt;") == "&lt;!date^1^{time}|&lt;b&gt;&gt;"

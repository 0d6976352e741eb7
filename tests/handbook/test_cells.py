"""Truth tables: what a channel cell and a relevancy cell say."""

import pytest

from escalations.handbook.cells import read_channel, read_relevancy, split_cells

NEW, OLD = ("sales", "new business"), ("account-management", "renewals")
CELLS = [
    # cell, cc of, channels, mention of, not understood
    ("Slack: `#account-management`", [], [("account-management", "")], [], []),
    ("Slack: #account-management", [], [("account-management", "")], [], []),
    (
        "Zendesk: cc @AM, Slack: `#sales` for new business, `#account-management` for renewals",
        ["AM"],
        [NEW, OLD],
        [],
        [],
    ),
    ("Slack: `#sales` for new business or `#account-management` for renewals", [], [NEW, OLD], [], []),
    ("Slack: #sales for new business; #account-management for renewals.", [], [NEW, OLD], [], []),
    ("Slack: `#account-management` @mention AO ", [], [("account-management", "")], ["AO"], []),
    ("Zendesk: cc @CSM, Slack: @mention CSM", ["CSM"], [], ["CSM"], []),
    ("Zendesk: cc @CSM Slack: @mention CSM", ["CSM"], [], ["CSM"], []),
    ("zendesk: CC @CSM; slack: mention the CSM", ["CSM"], [], ["CSM"], []),
    ("Slack: @mention CSM, Zendesk: cc @CSM", ["CSM"], [], ["CSM"], []),
    ("Slack: @mention CSM in `#csm-team`", [], [("csm-team", "")], ["CSM"], []),
    ("Slack: `#a` for x and `#b` for y or mention CSM", [], [("a", "x"), ("b", "y")], ["CSM"], []),
    ("Zendesk: cc the Account Owner", ["Account Owner"], [], [], []),
    ("Zendesk: cc @AM and @CSM", ["AM", "CSM"], [], [], []),
    ("Slack: [#sales](https://chat.example.com/x)", [], [("sales", "")], [], []),
    ("Slack: **`#sales`**", [], [("sales", "")], [], []),
    ("Slack: @csm", [], [], ["csm"], []),
    ("Slack: `#sales` on weekdays", [], [("sales", "")], [], ["on weekdays"]),
    ("Zendesk: internal note", [], [], [], ["internal note"]),
    ("E-mail: owner@example.com", [], [], [], ["E-mail: owner@example.com"]),
    ("Slack:", [], [], [], ["Slack:"]),
    ("ask around", [], [], [], ["ask around"]),
    ("", [], [], [], []),
]


@pytest.mark.parametrize(("raw", "cc", "channels", "mentions", "leftover"), CELLS)
def test_a_channel_cell_is_read(raw, cc, channels, mentions, leftover):
    cell = read_channel(raw)
    assert cell.raw == raw
    assert list(cell.cc) == cc
    assert [(one.name, one.condition) for one in cell.channels] == channels
    assert list(cell.mentions) == mentions
    assert [text.strip(" ,") for text in cell.leftover] == leftover


@pytest.mark.parametrize(
    ("raw", "queues"),
    [
        ("Needs Org Workflow", ("Needs Org",)),
        ("Ticket Workflow: License and Renewals queue", ("License and Renewals",)),
        (" Ticket Workflow: All queues", ("All queues",)),
        ("Ticket Workflow: Self Managed", ("Self Managed",)),
        ("Ticket Workflow: Billing, Security queue", ("Billing", "Security")),
        ("Ticket Workflow:", ()),
        ("", ()),
    ],
)
def test_a_relevancy_cell_names_queues(raw, queues):
    assert read_relevancy(raw) == queues


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("|a|b|c|", ("a", "b", "c")),
        ("| a | b|c |", (" a ", " b", "c ")),
        ("a|b|c", ("a", "b", "c")),
        ("|a \\| b|c|", ("a \\| b", "c")),
        ("|a||c|", ("a", "", "c")),
        ("|||", ("", "")),
        ("prose", ("prose",)),
    ],
)
def test_a_line_is_cut_into_cells_as_they_stand(line, cells):
    assert split_cells(line) == cells

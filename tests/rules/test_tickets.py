"""What may be pasted into the ticket field."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.rules.tickets import MOST, NotATicket, read_ticket, read_tickets

HOSTS = {"portal-demo.zendesk.com": "main", "portal-demo-usgov.zendesk.com": "usgov"}

READ = [
    ("1001", ("main", 1001)),
    (" #1001 ", ("main", 1001)),
    ("https://portal-demo.zendesk.com/agent/tickets/1001", ("main", 1001)),
    ("https://portal-demo.zendesk.com/agent/tickets/1001?brand=2#c5", ("main", 1001)),
    ("https://portal-demo.zendesk.com/tickets/1001/", ("main", 1001)),
    ("https://portal-demo.zendesk.com/agent/#/tickets/1001", ("main", 1001)),
    ("https://PORTAL-DEMO.zendesk.com/hc/en-us/requests/1001", ("main", 1001)),
    ("https://portal-demo-usgov.zendesk.com/agent/tickets/7001", ("usgov", 7001)),
    ("Please look at https://portal-demo.zendesk.com/agent/tickets/1001, thanks", ("main", 1001)),
    ("ticket 482913 is on fire", ("main", 482913)),
    ("<https://portal-demo.zendesk.com/agent/tickets/1001>", ("main", 1001)),
    ("portal-demo.zendesk.com/agent/tickets/1003?foo=1#bar", ("main", 1003)),
]
READ += [
    ("#482913 Acme down since 3 pm", ("main", 482913)),
    ("Ticket 482913: upgrade 16 to 17", ("main", 482913)),
    ("Re: [Request #1001] 2 users cannot log in", ("main", 1001)),
    ("ticket no. 1001, 3 h old", ("main", 1001)),
    ("Ticket ID: 1001 (P1)", ("main", 1001)),
]
READ += [("Case #1001: 3 nodes", ("main", 1001)), ("request: 1001 (2 users)", ("main", 1001))]
NOT_READ = [
    ("", "Paste the ticket's link"),
    ("no number here", "no ticket number"),
    ("1001 or 1002", "several numbers"),
    ("#1001 and #1002", "several numbers"),
    ("They request 3 more seats, see 482913", "several numbers"),
    ("In case 2 nodes fail: 482913", "several numbers"),
    ("ticket 1001 or ticket 1002", "several numbers"),
    ("https://evil.example/agent/tickets/1001", "leads to evil.example"),
    ("https://portal-demo.zendesk.com.evil.example/agent/tickets/1", "leads to portal-demo.zendesk.com.evil.example"),
    ("https://portal-demo.zendesk.com/agent/dashboard", "not a ticket"),
    ("0", "no ticket number"),
    ("-5", "no ticket number"),
    ("ESC-301", "an escalation of this portal"),
    ("https://[bad/agent/tickets/1", "cannot be read"),
]


@pytest.mark.parametrize(("text", "number"), READ)
def test_what_is_read(text, number):
    found = read_ticket(text, HOSTS)
    assert (found.instance, found.id) == number


@pytest.mark.parametrize(("text", "said"), NOT_READ)
def test_what_is_not_read_says_why(text, said):
    with pytest.raises(NotATicket, match=said):
        read_ticket(text, HOSTS)


@given(st.text(max_size=300))
def test_nothing_else_ever_raises(text):
    try:
        assert read_ticket(text, HOSTS).id > 0
    except NotATicket as problem:
        assert str(problem)


LINK = "https://portal-demo.zendesk.com/agent/tickets/"
IN_A_ROW = [
    ("1001 1002", [1001, 1002]),
    ("#1001, #1002; 1003", [1001, 1002, 1003]),
    ("1002\n1001\n1002\n", [1002, 1001]),
    (f"{LINK}1001 {LINK}1002", [1001, 1002]),
    (f"{LINK}1001{LINK}1002", [1001, 1002]),  # what a browser makes of two pasted lines
    (f"Ana: {LINK}1001, and Tom has <{LINK}1002>", [1001, 1002]),
    (f"{LINK}1001 1002", [1001, 1002]),
    ("portal-demo.zendesk.com/agent/tickets/1001 portal-demo.zendesk.com/tickets/1002", [1001, 1002]),
    (f"{LINK}1001 see https://docs.example.org/tickets/7", [1001]),
    ("Ticket 482913: upgrade 16 to 17", [482913]),
    ("1001", [1001]),
]


@pytest.mark.parametrize(("text", "numbers"), IN_A_ROW)
def test_several_in_a_row(text, numbers):
    assert [found.id for found in read_tickets(text, HOSTS)] == numbers


NOT_A_ROW = [
    ("1001 and 1002", "several numbers"),
    ("1001 1002 or so", "several numbers"),
    (f"{LINK}1001 https://portal-demo.zendesk.com/agent/dashboard", "not a ticket"),
    ("1001 99999999999999999", "no ticket number|several numbers"),
    (" ".join(str(1000 + n) for n in range(MOST + 1)), f"more than {MOST} tickets"),
    ("", "Paste the ticket's link"),
]


@pytest.mark.parametrize(("text", "said"), NOT_A_ROW)
def test_a_row_with_something_else_in_it_says_so(text, said):
    with pytest.raises(NotATicket, match=said):
        read_tickets(text, HOSTS)


@given(st.text(alphabet="0123456789#,; \n./:htpsoral-demzenkgitc<>", max_size=80) | st.text(max_size=60))
def test_whatever_is_pasted_is_a_row_or_says_why_not(text):
    try:
        found = read_tickets(text, HOSTS)
    except NotATicket as said:
        assert str(said)
    else:
        assert 0 < len(found) <= MOST
        assert len(set(found)) == len(found)


def test_a_ticket_pasted_again_and_again_costs_no_other_its_place():
    pasted = [f"{LINK}{n}" for n in [1001] * 30 + [*range(2001, 2015)]]
    assert [number.id for number in read_tickets(" ".join(pasted), HOSTS)] == [1001, *range(2001, 2015)]


def test_long_lines_around_the_links_lose_none_and_cut_none():
    pasted = [f"{'The subject as it stands in a list ' * 20} {LINK}{n}" for n in range(482913, 482928)]
    assert [number.id for number in read_tickets("\n".join(pasted), HOSTS)] == list(range(482913, 482928))


def test_what_is_far_too_long_is_refused_and_not_cut():
    with pytest.raises(NotATicket, match="too long"):
        read_tickets(f"{LINK}1001 " + "words " * 10_000 + f"{LINK}1002", HOSTS)


@pytest.mark.parametrize("before", range(1955, 2000))
def test_half_a_link_is_never_taken_for_another_ticket(before):
    text = f"{'x ' * (before // 2)}{'x' * (before % 2)} {LINK}482913"
    with suppress(NotATicket):
        assert read_ticket(text, HOSTS).id == 482913

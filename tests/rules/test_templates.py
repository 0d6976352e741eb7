"""Which words an editor may use where: every name in every branch is checked, not only those of one rendering."""

import pytest

from escalations.rules.templates import TemplateProblem, check_part, check_template

GOOD = [
    ("situation", "{{ customer.name }} has {{ ticket.priority_words }}."),
    ("situation", "{% if ticket.waiting %}open for {{ ticket.waiting }}{% endif %}"),
    ("ask", "Please call by {{ ask_by }}."),
    ("opening_involve", "{{ situation }} {{ ask }}"),
    ("previous", "{{ earlier }}"),
]
BAD = [
    ("situation", "{{ situation }}", "not known here"),
    ("ask", "{{ ask }}", "not known here"),
    ("situation", "{{ ticket.colour }}", "ticket.colour"),
    ("situation", "{% if ticket.state == 'pending' %}{{ ticket.colour }}{% endif %}", "ticket.colour"),
    ("situation", "{{ ticket.id", "."),
    ("situation", "{{ ticket.id | nosuch }}", "nosuch"),
    ("told", "{% include 'other' %}", "."),
]


@pytest.mark.parametrize(("key", "body"), GOOD)
def test_what_may_be_said(key, body):
    check_part(key, body)


@pytest.mark.parametrize(("key", "body", "said"), BAD)
def test_what_may_not_be_said_is_named(key, body, said):
    with pytest.raises(TemplateProblem, match=said):
        check_part(key, body)


def test_a_template_that_never_ends_is_refused():
    with pytest.raises(TemplateProblem):
        check_template("{% for a in (1..99999) %}{% for b in (1..99999) %}x{% endfor %}{% endfor %}")

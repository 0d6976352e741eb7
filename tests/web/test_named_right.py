"""Who is right, by a name alone: it is on record, nobody is found by it, and its author is led to say who that is."""

from escalations.models import Escalation
from tests.web.test_follow_up_page import REASON, asked, record  # noqa: F401 - a fixture


def answered(page, right):
    record(page, "not-mine", reason=REASON, right="somebody", right_who=right)
    return page.open(Escalation.objects.get().get_absolute_url())


def test_a_name_leads_to_the_correction_of_that_customer(asked):  # noqa: F811
    page = answered(asked, "Grace Molina")
    assert "To be asked instead: Grace Molina. Nobody is found by a name alone: say who that is" in page.text
    assert f"/corrections/new/?draft={Escalation.objects.get().follow_ups.get().draft_id}" in page.html


def test_an_address_needs_nothing_more(asked):  # noqa: F811
    assert "by a name alone" not in answered(asked, "joel.sandberg@example.com").text

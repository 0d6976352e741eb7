"""Who is right, when it is not theirs: by choice or by address, and only whom the next step would ask."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import follow_up
from escalations.models import Correction, Escalation, FollowUp
from escalations.rules.facts import Person
from tests.web.test_corrections import JOEL, OMAR
from tests.web.test_corrections import record as correct
from tests.web.test_follow_up_page import REASON, record


@pytest.mark.parametrize("right", ["unknown", ""])
def test_an_address_that_is_filled_in_is_the_choice_somebody_else(asked, right):
    page = record(asked, "not-mine", reason=REASON, right=right, right_who=JOEL)
    assert Correction.objects.get().use_name == "Joel Sandberg"
    assert "To be asked instead: Joel Sandberg." in page.text


def test_what_was_typed_stays_and_is_the_choice_where_it_is_refused(asked):
    page = record(asked, "not-mine", reason=REASON, right="unknown", right_who="joel")
    assert (page.forms[-1]["fields"]["right_who"], page.forms[-1]["fields"]["right"]) == ("joel", "somebody")


@pytest.mark.parametrize("typed", ["Omar.Haddad@example.com", "omar haddad"])
def test_who_is_chosen_may_be_named_below_as_well(asked, typed):
    record(asked, "not-mine", reason=REASON, right="omar.haddad@example.com", right_who=typed)
    assert Correction.objects.get().use_email == "omar.haddad@example.com"


OTHERWISE = {
    "not to be told": {"email": JOEL, "name": "Joel Sandberg"},
    "not as this role": {"email": JOEL, "name": "Joel Sandberg", "role_key": "csm"},
    "not anywhere": {"email": JOEL, "name": "Joel Sandberg", "account_id": ""},
    "somebody instead": {"email": JOEL, "name": "Joel Sandberg", "instead": "person", "use_email": OMAR, "use_name": "Omar Haddad"},
    "nobody on the account": {"email": "", "name": "", "instead": "nobody"},
}


@pytest.mark.parametrize("said", OTHERWISE.values(), ids=OTHERWISE)
def test_whom_the_next_step_would_not_ask_is_not_who_is_right(asked, people, visit, said):
    reference = correct(people["engineer"], **said).reference
    page = record(asked, "not-mine", reason=REASON, right="somebody", right_who=JOEL)
    assert f"The next step would not ask Joel Sandberg: {reference} says otherwise. Take {reference} back under Corrections" in page.text
    assert page.forms[-1]["fields"]["right_who"] == JOEL and not FollowUp.objects.exists()
    page.client.post(f"/corrections/{Correction.objects.get().pk}/end/")
    assert "We ask Joel Sandberg instead." in record(page, "not-mine", reason=REASON, right="somebody", right_who=JOEL).text
    assert "mentions Joel Sandberg" in visit().look_up("1001").text


@pytest.mark.parametrize("said", [{"account_id": "0015e0000000002AAA"}, {"role_key": "ao"}])
def test_what_was_said_of_another_account_or_role_is_nothing_against_them(asked, people, said):
    correct(people["engineer"], email=JOEL, name="Joel Sandberg", **said)
    assert "We ask Joel Sandberg instead." in record(asked, "not-mine", reason=REASON, right="somebody", right_who=JOEL).text


def answered(page, people, right):
    """As the verb takes it: the form asks for an address, older answers have a name alone."""
    row = Escalation.objects.get()
    follow_up.not_mine(row, said_by="Dana Reyes", reason=REASON, right=right, by=people["engineer"], now=timezone.now())
    return page.open(row.get_absolute_url())


def test_a_name_leads_to_the_correction_of_that_customer(asked, people):
    page = answered(asked, people, Person("Grace Molina"))
    assert "To be asked instead: Grace Molina. Nobody is found by a name alone: say who that is" in page.text
    assert f"/corrections/new/?draft={Escalation.objects.get().follow_ups.get().draft_id}" in page.html


def test_an_address_needs_nothing_more(asked, people):
    assert "by a name alone" not in answered(asked, people, Person("Joel Sandberg", JOEL)).text


def test_who_is_right_may_be_away_for_two_days(asked, people):
    """Joel looks after Acme from now on; until Wednesday Omar covers for him."""
    today = timezone.now().date()
    cover = {"use_email": OMAR, "use_name": "Omar Haddad", "valid_from": today, "valid_until": today + timedelta(days=2)}
    correct(people["teamlead"], email=JOEL, name="Joel Sandberg", instead="person", reason="On holiday", **cover)
    page = record(asked, "not-mine", reason=REASON, right="somebody", right_who=JOEL)
    assert "says otherwise" not in page.text and FollowUp.objects.get().right_email == JOEL

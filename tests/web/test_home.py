"""Home: how much there is to publish, for who may publish, as it is now; and which drafts stand there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import publishing
from escalations.models.working_copy import working_copy
from tests.actions.factories import add_channel, make_draft
from tests.conftest import NOON
from tests.rules.factories import facts, ticket

LINE = "unpublished change"


@pytest.fixture
def home(sign_in, mapping):
    def of(username: str) -> str:
        return sign_in(username).get("/").content.decode()

    return of


def test_nothing_is_said_when_there_is_nothing_to_publish(home):
    assert LINE not in home("publisher")


@pytest.mark.parametrize(("username", "sees"), [("publisher", True), ("admin", True), ("editor", False), ("engineer", False), ("owner", False)])
def test_who_may_publish_sees_how_much(home, people, username, sees):
    add_channel(people["editor"])
    page = home(username)
    assert ("1 unpublished change of the mapping" in page, "/admin/mapping/publish/" in page) == (sees, sees)


def test_it_follows_every_edit_until_all_is_published_or_taken_back(home, people):
    add_channel(people["editor"])
    add_channel(people["editor"], "leads")
    assert "2 unpublished changes of the mapping" in home("publisher")
    publishing.publish(by=people["publisher"], message="Two channels.", now=timezone.now())
    assert LINE not in home("publisher")
    published = working_copy()
    add_channel(people["editor"], "more")
    assert "1 unpublished change of the mapping" in home("publisher")
    publishing.replace_working_copy(published, by=people["editor"], now=timezone.now())
    assert LINE not in home("publisher")


def test_a_draft_whose_account_salesforce_does_not_have_stands_there(visit, people):
    """It asks which account it is; what was mistyped alone is left out."""
    asks = make_draft(people["engineer"], facts=facts(ticket=ticket(), errors=[("salesforce", "account", "not_found")]))
    assert asks.get_absolute_url() in visit().open("/").html


def test_a_draft_is_discarded_where_it_is_listed_and_can_be_had_back(visit, people):
    draft = make_draft(people["engineer"])
    seen = visit().open("/").submit(f"{draft.get_absolute_url()}discard/")
    assert seen.address == "/" and "No open drafts." in seen.text
    assert "The draft on ticket 1001 is discarded. See or reopen it" in seen.text


def test_many_drafts_fold(visit, people):
    drafts = [make_draft(people["engineer"], ticket_id=2000 + n, now=NOON + timedelta(minutes=n)) for n in range(8)]
    html = visit().open("/").html
    assert "2 more" in html and all(draft.get_absolute_url() in html for draft in drafts)
    assert html.index("2 more") < html.index(drafts[0].get_absolute_url()), "the oldest are folded"

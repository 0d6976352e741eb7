"""The words by which a Slack status says that somebody is away: rows like any other, from the form to the person who is found."""

from importlib import import_module

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from escalations.actions.publishing import publish
from escalations.models import Alias, Template
from escalations.models.active import active
from escalations.models.working_copy import working_copy
from escalations.rules.contacts import find_contact
from escalations.rules.default_mapping import DEFAULT_MAPPING
from tests.admin.forms import posted, words_of
from tests.rules.factories import DANA, NOON, account, facts, slack_person, ticket


def found_with(status: str) -> str:
    mapping = active().mapping
    seen = facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, status_text=status))])
    return find_contact(mapping, mapping.role("csm"), seen, NOON.date()).name


def test_an_editors_word_counts_from_the_next_version_on(client, editor, people):
    address = reverse("admin:escalations_alias_add")
    client.post(address, posted(client.get(address), kind="away", pattern="Ferien*", position="99"))
    assert "1 alias added" in words_of(client.get(reverse("admin:mapping_changes")))
    assert found_with("Ferienzeit!") == "Dana Reyes"
    publish(by=people["publisher"], message="Ferien are holidays.", now=timezone.now())
    assert (found_with("Ferienzeit!"), found_with("Out of office")) == ("Omar Haddad", "Omar Haddad")


def test_a_working_copy_from_before_gets_the_words_that_the_code_knew(mapping):
    Alias.objects.filter(kind__in=("away", "look_alike")).delete()
    look_alikes = import_module("escalations.migrations.0008_look_alikes")
    Template.objects.filter(key="to").update(body=look_alikes.BEFORE)
    look_alikes.say_why_it_is_not_the_csm(apps, None)
    for name in ("0004_away_words", "0008_look_alikes"):
        import_module(f"escalations.migrations.{name}").become_rows(apps, None)
    assert working_copy() == DEFAULT_MAPPING


def test_an_empty_database_gets_them_with_the_mapping(db):
    import_module("escalations.migrations.0004_away_words").become_rows(apps, None)
    assert not Alias.objects.exists()

"""See, publish, versions and going back: by whom, of what was shown, and with reasons."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from escalations.models import Channel, FallbackStep, LegRule, MappingVersion, Queue, Role, Scenario
from escalations.models.active import active, forget
from escalations.reading.mapping import unpublished_changes
from tests.admin.forms import events

PUBLISH = "/admin/mapping/publish/"


@pytest.fixture
def change(sign_in, mapping, save):
    """Mia, the editor, changes a title in the next version."""
    sign_in("editor")
    save(Scenario.objects.get(key="training"), title="Users need training")


def publish(client, message="Clearer words", **changes):
    seen = client.get(PUBLISH).context["form"]["seen"].value()
    return client.post(PUBLISH, {"message": message, "seen": seen, **changes})


def test_the_banner_counts_and_links(editor, save):
    assert "You change the next version" in editor.get("/admin/").content.decode()
    assert "nothing to publish" in editor.get("/admin/").content.decode()
    save(Scenario.objects.get(key="training"), title="Users need training", keeper="Ana Lima")
    for page in ("/admin/", reverse("admin:escalations_role_changelist"), "/admin/mapping/changes/"):
        text = editor.get(page).content.decode()
        assert "2 unpublished changes" in text
        assert "/admin/mapping/changes/" in text
        assert PUBLISH not in text
    assert "unpublished" not in editor.get(reverse("admin:escalations_auditevent_changelist")).content.decode()


@pytest.mark.usefixtures("change")
def test_see_shows_old_and_new_words_and_who(client):
    text = client.get("/admin/mapping/changes/").content.decode()
    assert "<del>The customer&#x27;s users need training</del>" in text or "<del>The customer&#x27;s users</del>" in text
    assert "<ins>Users</ins>" in text or "<ins>Users need training</ins>" in text
    assert "scenario training: Title" in text


@pytest.mark.usefixtures("change")
def test_a_publisher_publishes_what_the_editor_changed(sign_in):
    client = sign_in("publisher")
    answer = publish(client)
    assert answer.headers["Location"] == "/admin/mapping/versions/2/"
    version = MappingVersion.objects.first()
    assert (version.number, version.published_by, version.message) == (2, "publisher", "Clearer words")
    assert active().mapping.scenario("training").title == "Users need training"
    assert "nothing to publish" in client.get("/admin/").content.decode()
    assert events()[-1][:2] == ("publisher", "mapping.published")


@pytest.mark.usefixtures("change")
def test_a_working_copy_changed_since_the_page_was_shown_is_not_published(sign_in):
    client = sign_in("publisher")
    seen = client.get(PUBLISH).context["form"]["seen"].value()
    Scenario.objects.filter(key="training").update(title="Something nobody has seen")
    page = client.post(PUBLISH, {"message": "Clearer words", "seen": seen})
    assert page.status_code == 409
    assert "was changed while you looked at it" in page.content.decode()
    assert "Clearer words" in page.content.decode()
    assert MappingVersion.objects.count() == 1
    assert client.post(PUBLISH, {"message": "Now", "seen": page.context["form"]["seen"].value()}).status_code == 302


@pytest.mark.usefixtures("change")
def test_a_change_in_the_last_moment_is_not_published_either(sign_in, monkeypatch):
    from escalations.admin import mapping_pages

    client = sign_in("publisher")
    seen = client.get(PUBLISH).context["form"]["seen"].value()
    plain = mapping_pages.publish_working_copy

    def late(**arguments):
        Scenario.objects.filter(key="training").update(title="In the last moment")
        return plain(**arguments)

    monkeypatch.setattr(mapping_pages, "publish_working_copy", late)
    assert client.post(PUBLISH, {"message": "Clearer words", "seen": seen}).status_code == 409
    forget()
    assert active().number == 1
    assert events()[-1][1] != "mapping.published"


@pytest.mark.usefixtures("change")
@pytest.mark.parametrize("message", [" ", "\u200b\n\u2060"])
def test_reasons_against_publishing_are_a_list(sign_in, message):
    LegRule.objects.filter(scenario__key="emergency").delete()
    Channel.objects.filter(key="sales").update(slack_id="")
    page = publish(sign_in("publisher"), message=message)
    assert page.status_code == 422
    assert page.context["reasons"] == [
        "“Pass a lead to Sales” posts in a channel without a Slack id.",
        "“Make the CSM aware of an emergency or a high-priority ticket” sends nothing: give it a leg, or retire it.",
        "Say in a sentence what changes, for whoever reads the history.",
    ]
    assert MappingVersion.objects.count() == 1


def test_one_s_own_changes_are_published_by_somebody_else(sign_in, mapping, save, people):
    people["publisher"].groups.add(Group.objects.get(name="mapping editor"))
    client = sign_in("publisher")
    save(Scenario.objects.get(key="training"), title="Users need training")
    page = client.get(PUBLISH)
    assert "Every change since the last version is your own" in page.content.decode()
    assert publish(client).status_code == 403
    sign_in("editor")
    save(Scenario.objects.get(key="training"), keeper="Ana Lima")
    sign_in("publisher")
    assert publish(client).status_code == 302


def test_an_administrator_may_publish_their_own_changes(sign_in, mapping, save):
    client = sign_in("admin")
    save(Scenario.objects.get(key="training"), title="Users need training")
    assert publish(client).status_code == 302


@pytest.mark.usefixtures("change")
def test_the_history_says_who_when_why_and_what(sign_in):
    client = sign_in("publisher")
    publish(client)
    text = client.get("/admin/mapping/versions/").content.decode()
    assert "Clearer words" in text
    assert "The default mapping" in text
    shown = client.get("/admin/mapping/versions/2/").content.decode()
    assert "Compared with" in shown
    assert "training" in shown
    assert "The first version." in client.get("/admin/mapping/versions/1/").content.decode()
    assert client.get("/admin/mapping/versions/3/").status_code == 404
    assert sign_in("editor").get("/admin/mapping/versions/3/restore/").status_code == 404


@pytest.mark.usefixtures("change")
def test_going_back_restores_the_working_copy_and_publishes_nothing(sign_in):
    client = sign_in("editor")
    asked = client.get("/admin/mapping/versions/1/restore/").content.decode()
    assert "1 unpublished change will be lost" in asked
    assert len(unpublished_changes()) == 1
    assert client.post("/admin/mapping/versions/1/restore/").headers["Location"] == "/admin/mapping/changes/"
    assert not unpublished_changes()
    assert MappingVersion.objects.count() == 1
    assert events()[-1][:2] == ("editor", "mapping.working_copy_replaced")


def test_going_back_takes_away_roles_and_queues_that_came_later(editor):
    role = Role.objects.create(key="tam", name="TAM", short="TAM", position=9)
    FallbackStep.objects.create(role=role, key="tam-nobody", source="nobody")
    row = Scenario.objects.create(key="tam-row", role=role, title="Tell the TAM", tone="aware", situation="Hello")
    row.queues.add(Queue.objects.create(key="later", name="Later"))
    twin = Scenario.objects.create(key="tam-twin", role=role, title="Tell the TAM", tone="aware", situation="Hello", twin_of=row)
    assert editor.post("/admin/mapping/versions/1/restore/").status_code == 302
    assert not Role.objects.filter(pk=role.pk).exists()
    assert not Scenario.objects.filter(pk__in=[row.pk, twin.pk]).exists()
    assert not unpublished_changes()


def test_what_changes_is_said_in_one_line(sign_in, mapping, save, client):
    sign_in("editor")
    assert "Nothing differs" in client.get("/admin/mapping/changes/").content.decode()
    save(Scenario.objects.get(key="training"), title="Users need training")
    assert "1 scenario changed; wording only." in client.get("/admin/mapping/changes/").content.decode()
    Channel.objects.create(key="new-one", name="new-one")
    Channel.objects.create(key="new-two", name="new-two")
    page = client.get("/admin/mapping/changes/").content.decode()
    assert "2 channels added, 1 scenario changed; more than wording." in page


@pytest.mark.usefixtures("change")
def test_a_published_version_is_announced_by_its_number(sign_in):
    client = sign_in("publisher")
    publish(client)
    page = " ".join(client.get("/admin/").content.decode().split())
    assert "Published: version 2 is in force." in page and "Next version: nothing to publish." in page

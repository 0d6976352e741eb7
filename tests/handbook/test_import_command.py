"""manage.py import_handbook, from the file to the published version."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.utils import timezone

from escalations.actions import publishing, setting_up
from escalations.models import AuditEvent, MappingVersion
from escalations.reading.mapping import unpublished_changes, working_copy
from escalations.rules.default_mapping import DEFAULT_MAPPING
from tests.actions.factories import add_channel

PAGE = Path(__file__).parent / "pages" / "sample.md"
MATCHED = "10 rows matched: none added, none removed; wording of 10 changed"


@pytest.fixture(autouse=True)
def default_mapping(db):
    setting_up.publish_default_mapping(now=timezone.now())


def person(username: str, *groups: str) -> User:
    user = User.objects.create_user(username)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    return user


@pytest.fixture
def mia():
    return person("mia", "mapping editor", "publisher")


def run(*args, path=PAGE) -> str:
    out = StringIO()
    call_command("import_handbook", str(path), *args, stdout=out)
    return out.getvalue()


def refused(*args, path=PAGE) -> str:
    with pytest.raises(CommandError) as error:
        run(*args, path=path)
    assert error.value.returncode == 2
    return str(error.value)


def test_a_dry_run_shows_the_differences_and_writes_nothing():
    events = AuditEvent.objects.count()
    out = run("--dry-run")
    assert MATCHED in out
    assert "line 33 is customer-asked" in out
    assert working_copy() == DEFAULT_MAPPING
    assert AuditEvent.objects.count() == events


def test_an_import_changes_the_working_copy_in_the_users_name(mia):
    assert MATCHED in run("--by", "mia")
    assert working_copy().scenario("training").page_channel == "Zendesk: cc @CSM, Slack: @mention CSM"
    assert AuditEvent.objects.filter(actor="mia", action="mapping.working_copy_replaced").count() == 1
    assert MappingVersion.objects.count() == 1
    assert unpublished_changes().wording_only


def test_a_second_import_says_no_changes_and_writes_nothing(mia):
    run("--by", "mia")
    events = AuditEvent.objects.count()
    assert run("--by", "mia").endswith("no changes\n")
    assert AuditEvent.objects.count() == events


def test_an_import_can_be_published_and_a_second_one_has_nothing_to_publish(mia):
    assert "Published as v2." in run("--publish", "--by", "mia")
    assert MappingVersion.objects.first().message.startswith(
        "Handbook page “Whom to tell in Sales and Success” imported"
    )
    assert "Nothing to publish." in run("--publish", "--by", "mia")
    assert MappingVersion.objects.count() == 2


def test_what_could_not_be_read_is_listed_and_not_published(mia, tmp_path):
    text = PAGE.read_text(encoding="utf-8").replace("|Slack: #account-management|", "|by pigeon|")
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_handbook", str(path), "--publish", "--by", "mia", stdout=out)
    assert ended.value.code == 1
    assert "line 37: in the channel cell, not understood: by pigeon" in out.getvalue()
    assert "Not published" in out.getvalue()
    assert MappingVersion.objects.count() == 1


def test_a_channel_without_a_slack_id_is_not_published(mia, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE.read_text(encoding="utf-8").replace("`#sales` for new", "`#deals` for new"), encoding="utf-8")
    words = refused("--publish", "--by", "mia", path=path)
    assert "changed, but not published" in words
    assert "without a Slack id" in words
    assert working_copy().channel("deals").slack_id == ""


def test_a_missing_file_and_one_that_is_no_text(mia, tmp_path):
    path = tmp_path / "page.md"
    assert refused("--dry-run", path=path) == f"There is no file {path}."
    path.write_bytes(b"\xff\xfe\x00junk")
    assert refused("--dry-run", path=path) == f"The file {path} is not UTF-8 text."
    path.write_text("# Cooking")
    assert refused("--dry-run", path=path).startswith("This is not the handbook page")
    assert "cannot be read" in refused("--dry-run", path=tmp_path)


def test_who_may_import_and_publish():
    person("eve", "engineer")
    person("ed", "mapping editor")
    gone = person("gone", "mapping editor")
    gone.is_active = False
    gone.save()
    assert refused() == "Say with --by whose change this is, or use --dry-run."
    assert refused("--by", "nobody") == "There is no active user nobody."
    assert refused("--by", "gone") == "There is no active user gone."
    assert refused("--by", "eve") == "eve may not do this: Only mapping editors change the working copy."
    assert refused("--by", "ed", "--publish") == "ed may not do this: Only publishers publish the mapping."
    assert working_copy() == DEFAULT_MAPPING


def test_the_base_of_links(mia):
    run("--by", "mia", "--base", "https://docs.example.com")
    links = [link.url for link in working_copy().scenario("pass-lead").links]
    assert "https://docs.example.com/handbook/support/leads#hand-over" in links
    assert refused("--dry-run", "--base", "ftp://x") == "The base of the links has to start with https://."


def test_the_database_gives_back_what_the_page_said(mia):
    from escalations.handbook.write import write

    publishing.replace_working_copy(DEFAULT_MAPPING, by=mia, now=timezone.now())
    run("--by", "mia")
    assert "|Add somebody to an organization |Slack: `#account-management`|Needs Org Workflow|" in write(working_copy())


def test_other_peoples_unfinished_edits_are_not_published_with_it(mia):
    add_channel(person("nia", "mapping editor"))
    words = refused("--publish", "--by", "mia")
    assert "changed, but not published: it holds other unpublished changes as well" in words
    assert MappingVersion.objects.count() == 1

"""Bring the handbook page into the working copy of the mapping, and show what that changes.

Exit codes: 0 nothing stands in the way, 1 something on the page could not be read, 2 nothing was imported.
"""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from escalations.actions import publishing
from escalations.handbook.changes import Outcome, compare
from escalations.handbook.page import HandbookError, Page
from escalations.handbook.parse import parse
from escalations.handbook.report import report
from escalations.handbook.texts import DEFAULT_BASE
from escalations.reading.mapping import in_force_or_empty, unpublished_changes, working_copy
from escalations.rules.permissions import Actor, NotAllowed, check_can_edit_mapping, check_can_publish

MOST_BYTES = 10_000_000


class Command(BaseCommand):
    help = "Read the handbook page and bring it into the working copy. With --dry-run it only shows the differences."

    def add_arguments(self, parser):
        parser.add_argument("path", help="The page, a Markdown file.")
        parser.add_argument("--dry-run", action="store_true", help="Show the differences, write nothing.")
        parser.add_argument("--by", metavar="USER", help="Whose name the change gets; needed unless --dry-run.")
        parser.add_argument("--publish", action="store_true", help="Publish afterwards, if everything could be read.")
        parser.add_argument("--base", metavar="URL", default=DEFAULT_BASE, help="Put before links that start with /.")

    def handle(self, *args, path, dry_run, by, publish, base, **options):
        if not base.startswith("https://"):
            raise CommandError("The base of the links has to start with https://.", returncode=2)
        page, now = _read(path), timezone.now()
        if dry_run:
            outcome = compare(working_copy(), page, on=now.date(), base=base)
        else:
            user = _user(by, publish)
            with transaction.atomic():
                outcome = compare(working_copy(), page, on=now.date(), base=base)
                if outcome.changes:
                    publishing.replace_working_copy(outcome.mapping, by=user, now=now)
        for line in report(outcome):
            self.stdout.write(line)
        if publish and not dry_run:
            self._publish(outcome, page, user, now, base)
        if outcome.unread:
            raise SystemExit(1)

    def _publish(self, outcome: Outcome, page: Page, user, now, base: str) -> None:
        if outcome.unread:
            self.stdout.write("Not published: look at the lines that could not be read, then publish on the page.")
            return
        if not unpublished_changes():
            self.stdout.write("Nothing to publish.")
            return
        if working_copy() != compare(in_force_or_empty(), page, on=now.date(), base=base).mapping:
            words = "The working copy is changed, but not published: it holds other unpublished changes as well. Look at them, and publish on the page."
            raise CommandError(words, returncode=2)
        message = f"Handbook page “{page.title}” imported: {outcome.changes.summary()}"
        try:
            version = publishing.publish(by=user, message=message, now=now)
        except publishing.CannotPublish as refusal:
            words = f"The working copy is changed, but not published: {refusal}"
            raise CommandError(words, returncode=2) from None
        self.stdout.write(f"Published as {version}.")


def _read(path: str) -> Page:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES)
        return parse(data.decode("utf-8-sig"))
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}.", returncode=2) from None
    except OSError as error:
        raise CommandError(f"The file {path} cannot be read: {error.strerror}.", returncode=2) from None
    except UnicodeDecodeError:
        raise CommandError(f"The file {path} is not UTF-8 text.", returncode=2) from None
    except HandbookError as error:
        raise CommandError(error.text, returncode=2) from None


def _user(name: str | None, publish: bool):
    if not name:
        raise CommandError("Say with --by whose change this is, or use --dry-run.", returncode=2)
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if not user:
        raise CommandError(f"There is no active user {name}.", returncode=2)
    groups = frozenset(user.groups.values_list("name", flat=True))
    actor = Actor(name, user.get_full_name() or name, user.email, groups)
    try:
        check_can_edit_mapping(actor)
        if publish:
            check_can_publish(actor)
    except NotAllowed as refusal:
        raise CommandError(f"{name} may not do this: {refusal}", returncode=2) from None
    return user

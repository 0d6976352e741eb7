"""Bring a database to a usable state: tables, groups, the default mapping, and in sandbox mode demo people and samples."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.utils import timezone

from escalations.actions import people, setting_up
from escalations.reading import belonging
from escalations.rules.escaping import one_line


class Command(BaseCommand):
    help = "Migrate, make the groups, publish the default mapping, and in sandbox mode add demo people. Safe to repeat."

    def handle(self, *args, **options):
        self._migrate()
        setting_up.mark_database(now=timezone.now())
        people.make_groups()
        if settings.SANDBOX:
            people.make_demo_people()
        number = setting_up.publish_default_mapping(now=timezone.now())
        if settings.SANDBOX:
            setting_up.make_samples(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"Ready: mapping v{number}.")

    def _migrate(self):
        try:
            connection.ensure_connection()
            said = belonging.refusal()
            if said:
                raise CommandError(said)
            call_command("migrate", interactive=False, verbosity=0)
        except Error as error:
            said = one_line(str(error).partition("\n")[0], 200).rstrip(".")
            ways = "Check DATABASE_URL and that it is started, then try again: make run"
            raise CommandError(f"The database cannot be used: {said}. {ways}") from error

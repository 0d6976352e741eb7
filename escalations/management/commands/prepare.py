"""Bring a database to a usable state: tables, groups, the default mapping, and in sandbox mode demo people and samples."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from escalations.actions import people, setting_up


class Command(BaseCommand):
    help = "Migrate, make the groups, publish the default mapping, and in sandbox mode add demo people. Safe to repeat."

    def handle(self, *args, **options):
        call_command("migrate", interactive=False, verbosity=0)
        people.make_groups()
        if settings.SANDBOX:
            people.make_demo_people()
        number = setting_up.publish_default_mapping(now=timezone.now())
        if settings.SANDBOX:
            setting_up.make_samples(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"Ready: mapping v{number}.")

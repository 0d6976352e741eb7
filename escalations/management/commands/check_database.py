"""Whether the database is this portal's own: the web server asks before it starts."""

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from escalations.reading.belonging import refusal


class Command(BaseCommand):
    help = "End with one sentence if the database belongs to a portal of another mode or AUDIT_KEY. One that is away is not asked."
    requires_system_checks = ()

    def handle(self, **options):
        try:
            said = refusal()
        except Error:
            return  # the web server says so at /readyz, and works as soon as it is back
        if said:
            raise CommandError(said)

"""Write docs/reference/states.md from the tables of moves."""

from django.conf import settings
from django.core.management.base import BaseCommand

from escalations.rules.diagrams import document


class Command(BaseCommand):
    help = "Draw the diagrams of states again, after the tables of moves changed."

    def handle(self, **options):
        path = settings.BASE_DIR / "docs" / "reference" / "states.md"
        path.write_text(document())
        self.stdout.write(f"Drawn: {path.relative_to(settings.BASE_DIR)}")

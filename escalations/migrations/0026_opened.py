from django.db import migrations

BEFORE = "{{ customer.name }} has {{ ticket.priority_words }} on ticket {{ ticket.id }}{% if ticket.waiting %}, open for {{ ticket.waiting }}{% endif %}."
NOW = "{{ customer.name }} has {{ ticket.priority_words }} on ticket {{ ticket.id }}{% if ticket.opened %}, opened {{ ticket.opened }}{% endif %}."


def say_since_when(apps, schema_editor):
    """In a working copy that exists; it counts from the next version on."""
    apps.get_model("escalations", "Scenario").objects.filter(key="emergency", situation=BEFORE).update(situation=NOW)


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0025_of_account'),
    ]

    operations = [
        migrations.RunPython(say_since_when, migrations.RunPython.noop),
    ]

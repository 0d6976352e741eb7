from django.db import migrations, models

# What the code knew until these were rows.
WORDS = (
    "out of office", "out of the office", "ooo", "o.o.o", "on leave", "annual leave", "parental leave", "maternity leave",
    "paternity leave", "medical leave", "family leave", "vacation*", "holiday*", "away", "sick", "sabbatical", "pto", "day off",
    "abwesend", "urlaub", ":palm_tree:", ":face_with_thermometer:", ":beach_with_umbrella:", ":desert_island:", ":no_entry:",
    ":airplane:",
)  # fmt: skip


def become_rows(apps, schema_editor):
    """In a working copy that exists; without them its first word of this kind would be the only one."""
    rows = apps.get_model("escalations", "Alias").objects
    last = rows.order_by("position").last()
    if last:
        rows.bulk_create(rows.model(kind="away", pattern=word, position=last.position + n) for n, word in enumerate(WORDS, 1))


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0003_attempts_and_causes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alias',
            name='kind',
            field=models.CharField(choices=[('pool', 'a pool user: messages to it are read by nobody'), ('placeholder', 'a placeholder: the account is served by Scale'), ('role', 'another name of a role'), ('away', 'in a Slack status: away')], max_length=20),
        ),
        migrations.AlterField(
            model_name='alias',
            name='pattern',
            field=models.CharField(help_text='As met in Salesforce, Zendesk or a Slack status; * stands for anything. Of a status it is part: a word, or :palm_tree:.', max_length=120),
        ),
        migrations.RunPython(become_rows, migrations.RunPython.noop),
    ]

from django.db import migrations, models


def forget_zendesk(apps, schema_editor):
    """One lane was shared by all instances. Whether each is unwell shows at its next delivery."""
    apps.get_model("escalations", "Lane").objects.filter(pk="zendesk").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0004_away_words'),
    ]

    operations = [
        migrations.RunPython(forget_zendesk, migrations.RunPython.noop),
        migrations.RenameField(
            model_name='lane',
            old_name='system',
            new_name='key',
        ),
        migrations.AlterField(
            model_name='lane',
            name='key',
            field=models.CharField(help_text='A system, with the instance for Zendesk: slack, zendesk-main.', max_length=60, primary_key=True, serialize=False),
        ),
    ]

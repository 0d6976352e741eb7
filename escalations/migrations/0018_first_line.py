from django.db import migrations

TEMPLATES = (
    ("opening_involve", "{{ situation }} {{ ask }}", "{{ customer.name }}, ticket {{ ticket.id }}: {{ ask }}"),
    (
        "told",
        "{% if reply.at %}Support last wrote to the customer on {{ reply.at }} (public comment by {{ reply.by }})."
        "{% elsif reply.known %}Support has not written to the customer on this ticket yet."
        "{% else %}It is not known here whether Support has written to the customer; the ticket shows it.{% endif %}",
        "{% if reply.at %}Support last wrote to the customer {{ reply.at }} (public comment by {{ reply.by }})."
        "{% elsif reply.known %}Support has not written to the customer on this ticket yet."
        "{% else %}It is not known here whether Support has written to the customer; the ticket shows it.{% endif %}",
    ),
)
# What is wanted and by when comes first, in so few words that a phone shows all of them.
ASKS = (
    ("Please tell us by {{ ask_by }} which organization they should be added to.", "Please name their organization by {{ ask_by }}."),
    ("Please contact the customer by {{ ask_by }} and tell us who does.", "Please contact the customer by {{ ask_by }}. Tell us who does."),
    ("Please take up the engagement with the customer by {{ ask_by }}.", "Please take up the engagement by {{ ask_by }}."),
    (
        "Please talk to the customer about it by {{ ask_by }} and tell us what they expect.",
        "Please talk to the customer by {{ ask_by }}. Tell us what they expect.",
    ),
    ("Please confirm by {{ ask_by }} that the upgrade is planned with you.", "Please confirm the upgrade plan by {{ ask_by }}."),
    ("Please offer the customer a training by {{ ask_by }}.", "Please offer a training by {{ ask_by }}."),
    (
        "Please consider by {{ ask_by }} whether to open a CSE engagement request; only Account Owners may.",
        "Please consider a CSE engagement by {{ ask_by }}. Only Account Owners may request it.",
    ),
)  # fmt: skip

SITUATION = (
    "{{ customer.name }} expects something else than Support provides, as ticket {{ ticket.id }} shows.",
    "{{ customer.name }} expects something else than Support provides: ticket {{ ticket.id }}.",
)


def say_first_what_is_wanted(apps, schema_editor):
    """In a working copy whose editors have not changed these words; they count from the next version on."""
    for key, before, now in TEMPLATES:
        apps.get_model("escalations", "Template").objects.filter(key=key, body=before).update(body=now)
    for before, now in ASKS:
        apps.get_model("escalations", "Scenario").objects.filter(ask=before).update(ask=now)
    apps.get_model("escalations", "Scenario").objects.filter(situation=SITUATION[0]).update(situation=SITUATION[1])


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0017_row_remarks'),
    ]

    operations = [migrations.RunPython(say_first_what_is_wanted, migrations.RunPython.noop)]

"""Who is who in Slack, so that what is asked by id need not wait until Slack has said who has an address."""

from django.db import models


class Colleague(models.Model):
    """Somebody of the workspace: their address in small letters. Read by the worker now and then; never more than a hint, see lookups."""

    email = models.EmailField(max_length=254, unique=True)
    slack_id = models.CharField(max_length=40)

    def __str__(self):
        return self.slack_id

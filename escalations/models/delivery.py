"""The outbox: one row per effect, with finished content; its attempts and looks; the workers and the lanes they send in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from escalations.rules import states
from escalations.rules.mapping import SYSTEMS

from .escalation import Escalation, state_choices

UNCLAIMED = [state for state in states.DELIVERY if state != "sending"]
SERVICES = {**SYSTEMS, "email": "E-mail"}
GIVE_UP = timedelta(seconds=settings.DELIVERY_GIVE_UP_SECONDS)
# What a delivery is for: a leg of the plan under its own word, or one of these.
WITHDRAWAL, NOTICE = "withdrawal", "notice"
AFTERWARDS = (WITHDRAWAL, NOTICE)  # what an escalation still sends that was called off


class Delivery(models.Model):
    """One thing to send. Content and target never change once written; `key` travels with the effect as its marker."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="deliveries")
    key = models.UUIDField(unique=True)
    leg_key = models.CharField(max_length=80)
    system = models.CharField(max_length=10, choices=list(SERVICES.items()))
    purpose = models.CharField(max_length=20)
    origin = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="later",
        help_text="The delivery that this one withdraws, or stands in for at another target.",
    )  # fmt: skip
    target = models.CharField(max_length=200)
    place = models.JSONField(default=dict)
    visibility = models.CharField(max_length=10, choices=[("internal", "internal"), ("customer", "customer")])
    content = models.JSONField()
    mentions = models.CharField(max_length=255, blank=True)
    cc = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20, default="pending", choices=state_choices(states.DELIVERY))
    tried = models.PositiveIntegerField(
        default=0, help_text="Every attempt, counted or not: a move holds only for the attempt it speaks of."
    )
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Those that count; a paused lane costs none.")
    due_at = models.DateTimeField()
    give_up_at = models.DateTimeField(null=True, blank=True, help_text="After this nothing is tried any more.")
    claimed_by = models.CharField(max_length=80, blank=True)
    remote_id = models.CharField(max_length=200, null=True, blank=True)
    receipt_url = models.CharField(max_length=500, blank=True)
    receipt = models.JSONField(default=dict, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    looked_empty_at = models.DateTimeField(null=True, blank=True, help_text="When a complete look first found nothing.")
    trouble = models.CharField(max_length=40, blank=True, help_text="The last error's code: what a group is made by.")
    trouble_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the team leads were told of its cause.")
    last_words = models.CharField(max_length=300, blank=True, help_text="What the last attempt said, in plain words.")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "system", "target", "purpose"],
                condition=~Q(purpose=NOTICE),
                name="delivery_once_a_target",
            ),
            models.UniqueConstraint(fields=["system", "remote_id"], name="receipt_once_a_system"),
            models.CheckConstraint(condition=Q(state__in=list(states.DELIVERY)), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=(Q(state="sending") & ~Q(claimed_by="")) | (Q(state__in=UNCLAIMED) & Q(claimed_by="")),
                name="claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | (Q(remote_id__isnull=False) & Q(settled_at__isnull=False)),
                name="delivered_has_a_receipt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.DELIVERY_ENDS) | Q(settled_at__isnull=True),
                name="settled_at_only_in_the_end",
            ),
        ]
        indexes = [
            models.Index(fields=["system", "due_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=["system", "due_at"], condition=Q(state="uncertain"), name="delivery_to_look_for"),
            models.Index(fields=["claimed_by"], condition=Q(state="sending"), name="delivery_in_hand"),
            models.Index(
                fields=["state"], condition=Q(state__in=["dead", "needs_a_person"]), name="delivery_in_trouble"
            ),
        ]

    def __str__(self):
        return f"{self.escalation} {self.system}"

    @property
    def begun_at(self):
        """Since when it is on its way: what waited for an hour, or is sent again, counts from there."""
        return self.give_up_at - GIVE_UP if self.give_up_at else self.escalation.submitted_at

    @property
    def in_doubt(self) -> bool:
        """It may have arrived, and nobody can tell: also what waits, or is in hand, after an attempt without a clear answer.

        Until a look says that it is not there; of what waits that is `looked_empty_at`, which each new attempt begins without.
        """
        if self.state in states.IN_DOUBT:
            return True
        waits = self.state in ("pending", "sending") and self.tried and self.looked_empty_at is None
        return bool(waits) and self.unclear_tries().exists()

    def unclear_tries(self) -> models.QuerySet["Attempt"]:
        return self.tries.filter(outcome__in=states.UNCLEAR)

    @property
    def place_is_known(self) -> bool:
        """Where it is, if it arrived: a note by its ticket, a message by its receipt."""
        return self.system == "zendesk" or bool(self.remote_id)

    @property
    def names_somebody(self) -> bool:
        """Whether it alerts its escalation's person, or adds them: a mention, a place on the ticket, a direct message."""
        return bool(self.mentions or self.cc or self.target.startswith("group:") or self.place.get("direct"))

    @property
    def called_off(self) -> str:
        """Why it is not sent any more, or ""; what takes something back, or tells of it, still is."""
        return "" if self.purpose in AFTERWARDS else self.escalation.called_off

    @property
    def troubled_at(self):
        """When it last went wrong: what groups are made by. The due time stands in for rows that never said."""
        return self.trouble_at or self.due_at


def arrived() -> models.QuerySet[Delivery]:
    """What has reached somebody of what escalations say: notices are not to the person, and a withdrawal takes back."""
    return Delivery.objects.filter(state__in=states.ARRIVED).exclude(purpose__in=AFTERWARDS)


def called_off() -> Q:
    """In a query over deliveries: those of which `called_off` says why they are not sent any more."""
    return (Q(escalation__withdrawn_at__isnull=False) | Q(escalation__follow_up__in=states.OVER)) & ~Q(purpose__in=AFTERWARDS)


def naming() -> Q:
    """In a query over deliveries: `names_somebody`."""
    return ~Q(mentions="") | ~Q(cc="") | Q(target__startswith="group:") | Q(place__direct=True)


def something_arrived() -> Q:
    """In a query over escalations: whether a leg arrived."""
    return Q(state__in=states.SOMETHING_ARRIVED) | Q(Exists(arrived().filter(escalation=OuterRef("pk"))), state__in=states.MAY_HAVE_ARRIVED)


class Attempt(models.Model):
    """Written before the first byte leaves, ended with what the service said."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    n = models.PositiveSmallIntegerField()
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "n"], name="attempt_number_once"),
            models.UniqueConstraint(fields=["delivery"], condition=Q(ended_at__isnull=True), name="one_open_attempt"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="attempt_ends_with_an_outcome",
            ),
        ]

    def __str__(self):
        return f"{self.delivery} attempt {self.n}"


class Look(models.Model):
    """What reading the service said about an uncertain delivery: found, empty, or inconclusive."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="looks")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=[(o, o) for o in ("found", "empty", "inconclusive")])
    words = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150, default="reconciler")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.delivery} looked {self.outcome}"


class Worker(models.Model):
    """A worker process. Whether it lives is told by its lock, never by these times: they are for people to read."""

    name = models.CharField(max_length=80, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.name


class Lane(models.Model):
    """One service's way out, with its breaker: shared by all workers, so that one's trouble spares the others' attempts."""

    key = models.CharField(max_length=60, primary_key=True, help_text="A system, with the instance for Zendesk: slack, zendesk-main.")
    failures = models.PositiveIntegerField(default=0, help_text="In a row, of the service and not of one delivery.")
    paused_until = models.DateTimeField(null=True, blank=True)
    asked_until = models.DateTimeField(null=True, blank=True, help_text="What the service itself asked for, or refused us.")
    probe_until = models.DateTimeField(null=True, blank=True, help_text="One delivery at a time tries an open breaker.")
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(null=True, blank=True, help_text="When this run of failures began.")

    def __str__(self):
        return self.key

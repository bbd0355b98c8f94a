"""What came back after a message left: addresses that do not work, full mailboxes, complaints."""

from datetime import timedelta

from django.db import models

from campaigns.models.mailing import Mailing
from sanctuary.people.models import Supporter

KEEP_EVENTS = timedelta(days=396)  # thirteen months


class ReturnedQuerySet(models.QuerySet):
    def counts(self) -> dict[str, int]:
        """How many of each kind. For one mailing the unique index alone answers it."""
        return dict(self.order_by().values_list("kind").annotate(models.Count("pk")))

    def later(self):
        """Came back after the relay had taken the message, rather than being refused at its door."""
        return self.exclude(door=Returned.Door.RELAY)

    def old(self, now):
        return self.filter(at__lte=now - KEEP_EVENTS)


class Returned(models.Model):
    """One delivery came back for one reason. Said twice, or in another order, it is still one row. No address."""

    class Kind(models.TextChoices):
        HARD = "hard", "The address does not work"
        SOFT = "soft", "Could not be delivered this time"
        BLOCKED = "blocked", "Blocked by their mail provider"
        COMPLAINT = "complaint", "Reported as spam"

    class Door(models.TextChoices):
        RELAY = "relay", "Refused when we handed it over"
        MAILBOX = "mailbox", "A message to the return address"
        PROVIDER = "provider", "Told by the mail provider"

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="returned", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    seq = models.IntegerField()
    supporter = models.ForeignKey(
        Supporter, null=True, on_delete=models.SET_NULL, related_name="returned_mail", db_index=False
    )
    door = models.CharField(max_length=8, choices=Door)
    status = models.CharField(max_length=12, blank=True, help_text="The enhanced status code, such as 5.1.1.")
    event_id = models.CharField(max_length=100, blank=True, help_text="What the provider calls it.")
    # Once an address was silenced because of it, it has had its say: after a new consent counting starts afresh.
    is_spent = models.BooleanField(default=False)
    at = models.DateTimeField()

    objects = ReturnedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "returned"
        constraints = [
            models.UniqueConstraint(fields=["mailing", "kind", "seq"], name="campaigns_each_return_once"),
        ]
        indexes = [
            models.Index(fields=["supporter", "at"], name="campaigns_returned_of"),
            models.Index(fields=["at"], name="campaigns_returned_at"),
        ]

    def __str__(self):
        return f"{self.mailing_id}/{self.seq}: {self.kind}"


class ReturnedTotal(models.Model):
    """What is left of the events of a mailing when they are forgotten: a number of each kind."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="returned_totals", db_index=False)
    kind = models.CharField(max_length=9, choices=Returned.Kind)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "kind"], name="campaigns_one_total_of_a_kind"),
        ]

    def __str__(self):
        return f"{self.mailing_id}: {self.count} {self.kind}"

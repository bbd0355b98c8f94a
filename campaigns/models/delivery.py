"""One row for each recipient and one for each few hundred of them. The counters live in the chunks."""

from django.db import models

from campaigns.models.mailing import Mailing


class Outcome(models.IntegerChoices):
    PENDING = 0, "Waiting"
    SENT = 1, "Sent"
    REFUSED = 2, "Refused"
    SUPPRESSED = 3, "Left out"
    CANCELLED = 4, "Cancelled"
    IN_DOUBT = 5, "In doubt"


class DeliveryQuerySet(models.QuerySet):
    def in_doubt(self):
        """Between the last dot and the relay's reply when something died. Never sent again by machine."""
        return self.filter(outcome=Outcome.IN_DOUBT)


class Delivery(models.Model):
    """One copy of a mailing for one address. `seq` runs from 1 without gaps."""

    Outcome = Outcome

    pk = models.CompositePrimaryKey("mailing_id", "seq")
    # Neither key has a constraint: it would be checked for every row of a million. The chunks' own keeps the mailing.
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False
    )
    seq = models.IntegerField()
    supporter_id = models.BigIntegerField()
    address = models.CharField(max_length=254, blank=True)
    outcome = models.SmallIntegerField(choices=Outcome, default=Outcome.PENDING)
    attempts = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    reply = models.CharField(max_length=200, blank=True, help_text="The relay's last words.")
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            # The mailing first: a freeze then writes into pages of its own, however many mailings there were before.
            models.UniqueConstraint(fields=["mailing", "supporter_id"], name="campaigns_each_supporter_once"),
            models.CheckConstraint(
                condition=models.Q(outcome=0, settled_at__isnull=True)
                | ~models.Q(outcome=0) & models.Q(settled_at__isnull=False),
                name="campaigns_settled_is_stamped",
            ),
        ]

    def __str__(self):
        return f"{self.mailing_id}/{self.seq}"


class ChunkQuerySet(models.QuerySet):
    def progress(self):
        """Sums of the counters, which partition the frozen audience at every moment."""
        total = models.Sum(models.F("hi") - models.F("lo") + 1, default=0)
        sums = {
            name: models.Sum(name, default=0) for name in ("sent", "refused", "suppressed", "cancelled", "in_doubt")
        }
        return self.aggregate(total=total, **sums)

    def expired(self, now):
        return self.filter(state=Chunk.State.LEASED, lease_until__lt=now)


class Chunk(models.Model):
    """A run of deliveries that one worker takes at a time, under a lease and a fencing token."""

    class State(models.IntegerChoices):
        FREE = 0, "Free"
        LEASED = 1, "Taken"
        DONE = 2, "Done"

    pk = models.CompositePrimaryKey("mailing_id", "no")
    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    no = models.IntegerField()
    lo = models.IntegerField()
    hi = models.IntegerField()
    state = models.SmallIntegerField(choices=State, default=State.FREE)
    owner = models.UUIDField(null=True)
    host = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    # When a deferred row in this chunk may be tried again: until then nobody takes the chunk.
    not_before = models.DateTimeField(null=True)
    sent = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    suppressed = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    in_doubt = models.IntegerField(default=0)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hi__gte=models.F("lo"))
                & models.Q(
                    hi__gte=models.F("lo")
                    + models.F("sent")
                    + models.F("refused")
                    + models.F("suppressed")
                    + models.F("cancelled")
                    + models.F("in_doubt")
                    - 1
                ),
                name="campaigns_outcomes_fit_the_chunk",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=1) | models.Q(owner__isnull=False, lease_until__isnull=False),
                name="campaigns_taken_chunk_has_an_owner",
            ),
        ]

    def __str__(self):
        return f"{self.mailing_id}/{self.no}"

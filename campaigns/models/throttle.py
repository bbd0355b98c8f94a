"""What mailbox providers and our own relay can take. The buckets live in these rows, so that all workers share them."""

from django.core.validators import MinValueValidator
from django.db import models


class ThrottleQuerySet(models.QuerySet):
    def felt(self, now):
        """Throttles that hold anybody back at all: with a limit, or at rest."""
        limited = models.Q(per_minute__isnull=False) | models.Q(most_a_day__isnull=False)
        return self.filter(limited | models.Q(resting_until__gt=now))

    def resting(self, now):
        return self.filter(resting_until__gt=now)


class Throttle(models.Model):
    """What one mailbox provider, or the relay itself, takes of our mail: all mailings and hosts together."""

    name = models.CharField(max_length=100, unique=True)
    is_relay = models.BooleanField("for all our mail", default=False, editable=False)
    per_minute = models.PositiveIntegerField(
        "at most this many a minute",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="All our mailings together. Empty: no limit. A change counts within half an hour.",
    )
    most_a_day = models.PositiveIntegerField(
        "at most this many a day",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="From midnight to midnight. Empty: no limit. For a new sending address begin small"
        " and raise it day by day.",
    )
    resting_until = models.DateTimeField(
        null=True, blank=True, help_text="Nothing goes there before this time. Empty it to go on."
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Why it rests, or why there is a limit.")
    next_send_at = models.DateTimeField(null=True, editable=False)
    day = models.DateField(null=True, editable=False)
    sent_that_day = models.PositiveIntegerField(default=0, editable=False)
    # By mailing, until when those of its people who must wait have been given a turn.
    turns = models.JSONField(default=dict, editable=False)

    objects = ThrottleQuerySet.as_manager()

    class Meta:
        verbose_name = "limit"
        ordering = ["-is_relay", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_relay"], condition=models.Q(is_relay=True), name="campaigns_one_relay_throttle"
            ),
            models.CheckConstraint(
                condition=(models.Q(per_minute__isnull=True) | models.Q(per_minute__gte=1))
                & (models.Q(most_a_day__isnull=True) | models.Q(most_a_day__gte=1)),
                name="campaigns_a_throttle_lets_something_through",
            ),
        ]

    def __str__(self):
        return self.name

    def is_spent(self, day) -> bool:
        """Whether the number for this day has left."""
        return self.most_a_day is not None and self.day == day and self.sent_that_day >= self.most_a_day


class MailDomain(models.Model):
    """The part of an address behind the @. It belongs to one throttle."""

    name = models.CharField("domain", max_length=253, unique=True, help_text="What stands behind the @.")
    throttle = models.ForeignKey(Throttle, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        self.name = self.name.strip().lower().lstrip("@")

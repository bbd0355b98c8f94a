"""The outbox: single emails, saved in the transaction that causes them and sent after it commits."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

WAITING_TOO_LONG = timedelta(minutes=2)
GIVE_UP_AFTER = 8
KEEP_SENT = timedelta(days=30)
KEEP_RETURNED = timedelta(days=396)  # thirteen months


class EmailQuerySet(models.QuerySet):
    def overdue(self, now):
        """Queued, due, and with nobody at work on them: the broker forgot. There is no upper age."""
        return self.filter(state=Email.State.QUEUED, not_before__lte=now - WAITING_TOO_LONG)

    def stuck(self, now):
        """Claimed by a worker that died between DATA and the reply. Shown to a human, never sent again by machine."""
        return self.filter(state=Email.State.SENDING, claimed_at__lte=now - timedelta(minutes=10))

    def spent(self, now):
        """Sent so long ago that nobody will ask: their words need not be kept."""
        return self.filter(state__in=[Email.State.SENT, Email.State.RETURNED], sent_at__lte=now - KEEP_SENT)

    def claim(self, pk, now) -> "Email | None":
        """Take one email for sending. None when somebody else has it."""
        due = self.filter(pk=pk, state=Email.State.QUEUED, not_before__lte=now)
        return self.get(pk=pk) if due.update(state=Email.State.SENDING, claimed_at=now) else None


class Email(models.Model):
    """One message to one address: a confirmation, a receipt, a notice. Never marketing."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        RETURNED = "returned", "Came back"

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    reply_to = models.EmailField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=60, help_text="The template it was made from.")
    asks = models.BooleanField(default=False, help_text="Anybody could cause it by typing the address.")
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="post_email_waiting",
            ),
            # How many letters an address had lately is asked before each one that a stranger can cause.
            models.Index(fields=["to", "created_at"], name="post_email_to"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False) | ~models.Q(state="sent"),
                name="post_sent_is_stamped",
            )
        ]

    def __str__(self):
        return f"{self.kind} ({self.get_state_display()})"


class IncomingQuerySet(models.QuerySet):
    def old(self, now):
        return self.filter(at__lte=now - KEEP_RETURNED)


class Incoming(models.Model):
    """A message to a return address was read. It keeps what kind it was, and nothing that it said or whom it named.

    The digest lets a message be read twice, after a crash or from a copy, and be counted once.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "The address does not work"
        SOFT = "soft", "Could not be delivered this time"
        BLOCKED = "blocked", "Blocked by a mail provider"
        COMPLAINT = "complaint", "Reported as spam"
        WAITING = "waiting", "Still being tried"
        ANSWER = "answer", "An automatic answer"
        REPLY = "reply", "A person wrote back"
        UNCLEAR = "unclear", "Could not be read"

    digest = models.BinaryField(max_length=16, unique=True)
    kind = models.CharField(max_length=9, choices=Kind)
    is_known = models.BooleanField(help_text="It carried our own signature, so we know what it is about.")
    at = models.DateTimeField()

    objects = IncomingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="post_incoming_at")]

    def __str__(self):
        return self.get_kind_display()

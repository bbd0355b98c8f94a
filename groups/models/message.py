"""What a visitor writes to a group through its public page."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from groups.models.group import LocalGroup

CONFIRM_WITHIN = timedelta(days=2)
KEEP_DELIVERED = timedelta(days=30)


class VisitorMessageQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(delivered_at__isnull=True)

    def delivered(self):
        return self.filter(delivered_at__isnull=False)

    def since(self, moment):
        return self.filter(asked_at__gte=moment)

    def spent(self, now):
        """Never confirmed in time, or read long ago."""
        stale = models.Q(delivered_at__isnull=True, asked_at__lt=now - CONFIRM_WITHIN)
        return self.filter(stale | models.Q(delivered_at__lt=now - KEEP_DELIVERED))


class VisitorMessage(models.Model):
    """It goes to the group's mailbox once the visitor's own mailbox has answered, and is kept for thirty days."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="visitor_messages")
    name = models.CharField(max_length=150)
    email = models.EmailField()
    message = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = VisitorMessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["group", "asked_at"], name="groups_message_when")]

    def __str__(self):
        return f"Message {self.pk} to {self.group_id}"

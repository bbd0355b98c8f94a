"""Somebody would like to start a group. What they wrote counts only once their mailbox has answered."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from groups.models.group import LocalGroup

CONFIRM_WITHIN = timedelta(days=14)
# Our proposal: by then the group has people of its own, or nothing came of it.
KEEP_FOR = timedelta(days=2 * 365)


class EnquiryQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def unconfirmed(self):
        return self.filter(confirmed_at__isnull=True)

    def overdue(self, now):
        """Never confirmed in time: to be forgotten."""
        return self.unconfirmed().filter(created_at__lt=now - CONFIRM_WITHIN)

    def spent(self, now):
        """Whom nobody needs to write to any more."""
        return self.confirmed().filter(confirmed_at__lt=now - KEEP_FOR)


class Enquiry(models.Model):
    """One person's wish to start a group in a place. Confirmed, it belongs to a group in its first state."""

    name = models.CharField(max_length=150)
    email = models.EmailField()
    area = models.CharField(max_length=80)
    postcode = models.CharField(max_length=8, blank=True)
    why = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    group = models.ForeignKey(LocalGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="enquiries")

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, group__isnull=True)
                | models.Q(confirmed_at__isnull=False, group__isnull=False),
                name="groups_enquiry_confirmed_iff_group",
            )
        ]

    def __str__(self):
        return f"Enquiry {self.pk}"

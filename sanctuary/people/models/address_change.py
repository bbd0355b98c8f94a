"""A new address that somebody asked us to use, until its mailbox has answered."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from sanctuary.people.models.supporter import Supporter

CONFIRM_WITHIN = timedelta(days=1)
CAREFUL_FOR = timedelta(days=7)


class AddressChangeQuerySet(models.QuerySet):
    def stale(self, now):
        """Never answered in time, or done so long ago that nobody needs to be careful any more."""
        return self.filter(
            models.Q(done_at__isnull=True, asked_at__lt=now - CONFIRM_WITHIN) | models.Q(done_at__lt=now - CAREFUL_FOR)
        )

    def recent(self, supporter, now):
        """Changes so fresh that the owner of the old mailbox may not have read our warning yet."""
        return self.filter(supporter=supporter, done_at__gte=now - CAREFUL_FOR)


class AddressChange(models.Model):
    """The links in our emails can be passed on, so a new address counts only once its own mailbox has answered."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField(blank=True, help_text="Empty once it is the supporter’s address.")
    asked_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = AddressChangeQuerySet.as_manager()

    def __str__(self):
        return f"Change of address of {self.supporter_id}"

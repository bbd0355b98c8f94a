"""Addresses that must not be mailed, kept as keyed hashes so that the list outlives the people on it."""

from django.db import models

from sanctuary.people.address import mac
from sanctuary.people.models.controller import Controller


class SuppressionQuerySet(models.QuerySet):
    def covering(self, address: str, controller=None):
        """Suppressions that stop `controller` (or, without one, everybody) from mailing this address."""
        everyone = models.Q(controller__isnull=True)
        scope = everyone if controller is None else everyone | models.Q(controller=controller)
        return self.filter(scope, email_mac=mac(address))


class Suppression(models.Model):
    """One address that stays silent, for one controller or for all of them."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        HARD_BOUNCED = "hard_bounced", "Address does not work"
        COMPLAINED = "complained", "Reported as spam"
        ERASED = "erased", "Asked to be forgotten"

    key_id = models.PositiveSmallIntegerField(default=1)
    email_mac = models.BinaryField(max_length=32)
    controller = models.ForeignKey(Controller, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_mac", "key_id", "controller"],
                nulls_distinct=False,
                name="people_suppression_unique",
            )
        ]

    def __str__(self):
        return f"{self.get_reason_display()} ({self.email_mac[:4].hex()}…)"

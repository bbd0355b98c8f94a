"""A local group that has passed a national call on to its own people."""

from django.conf import settings
from django.db import models

from campaigns.models.campaign import Campaign
from groups.models import LocalGroup


class RelayQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the groups this person helps to run."""
        return self.filter(group__in=LocalGroup.objects.visible_to(user))

    def for_group(self, group):
        return self.filter(group=group)


class Relay(models.Model):
    """Counts once for each group and campaign, however many ways the group found to pass it on."""

    class Way(models.TextChoices):
        EMAIL = "email", "By email to our list"
        OTHER = "other", "In our own way"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="relays")
    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="relays")
    way = models.CharField(max_length=5, choices=Way)
    relayed_at = models.DateTimeField()
    relayed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = RelayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "group"], name="campaigns_relayed_once")]

    def __str__(self):
        return f"{self.group} passed on {self.campaign}"

from django.db import models

from groups.models.group import LocalGroup


class Nudge(models.Model):
    """A reminder left for a group's coordinators, or for its regional coordinator: once for each occasion."""

    class To(models.TextChoices):
        GROUP = "group", "Coordinators of the group"
        REGION = "region", "Regional coordinators"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="nudges")
    kind = models.CharField(max_length=20)
    occasion = models.CharField(max_length=60)
    to = models.CharField(max_length=6, choices=To)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "kind", "occasion", "to"], name="groups_nudge_once_per_occasion")
        ]

    def __str__(self):
        return f"{self.kind} ({self.occasion}) for {self.group}"

from django.db import models

from groups.models import LocalGroup


class WelcomeLetter(models.Model):
    """What a group writes to those who have just pledged, as its coordinators left it last time."""

    group = models.OneToOneField(LocalGroup, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    changed_at = models.DateTimeField()

    def __str__(self):
        return f"Welcome letter of group {self.group_id}"

"""Taking people off a group's list of members, which can be undone for some days."""

from datetime import timedelta

from django.conf import settings
from django.db import models

from groups.models.group import LocalGroup

UNDO_FOR = timedelta(days=7)


class RemovalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the groups this person coordinates."""
        return self.filter(group__in=LocalGroup.objects.coordinated_by(user))

    def undoable(self, now):
        return self.filter(undone_at__isnull=True, removed_at__gt=now - UNDO_FOR)

    def with_members(self):
        """`member_count`, how many people it took off and can put back; newest first, with whoever did it."""
        counted = self.annotate(member_count=models.Count("memberships"))
        return counted.filter(member_count__gt=0).select_related("removed_by").order_by("-removed_at")


class Removal(models.Model):
    """One time when a coordinator took people off the list."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="+")
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = RemovalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["group", "-removed_at"], name="groups_removal_newest")]

    def __str__(self):
        return f"{self.group}, {self.removed_at:%-d %B %Y}"

    @property
    def ends_at(self):
        """When it can be undone no more."""
        return self.removed_at + UNDO_FOR

"""Two entries about the same person, put together. What is needed to take them apart again is kept for 30 days."""

from datetime import timedelta

from django.conf import settings
from django.db import models

from sanctuary.people.models.controller import Controller
from sanctuary.people.models.supporter import Supporter

UNDO_WITHIN = timedelta(days=30)


class MergeQuerySet(models.QuerySet):
    def open(self):
        """Those that stand: nobody took them apart again."""
        return self.filter(undone_at__isnull=True)

    def undoable(self, now):
        return self.open().filter(merged_at__gt=now - UNDO_WITHIN).exclude(before={})

    def overdue(self, now):
        """So old that nobody may take them apart: what was kept for that is to be forgotten."""
        return self.filter(merged_at__lte=now - UNDO_WITHIN).exclude(before={}, moved={})

    def standing_for(self, supporter_id: int) -> int:
        """Who stands for this number today: links in old emails go on working after a merge."""
        seen = set()
        while supporter_id not in seen:
            seen.add(supporter_id)
            supporter_id = self.open().filter(gone=supporter_id).values_list("kept", flat=True).first() or supporter_id
        return supporter_id

    def person_behind(self, supporter_id: int) -> Supporter | None:
        """The one whom a link with this number is about today. Only an empty entry can have become part of another."""
        person = Supporter.objects.filter(pk=supporter_id).first()
        if person is None or person.email:
            return person
        return Supporter.objects.get(pk=self.standing_for(supporter_id))

    def gone_into(self, supporter_id: int) -> set[int]:
        """The numbers that were put together into this one, directly or by way of others."""
        found, edge = set(), {supporter_id}
        while edge:
            edge = set(self.open().filter(kept__in=edge).values_list("gone", flat=True)) - found
            found |= edge
        return found


class Merge(models.Model):
    """`gone` is an empty entry now and points to `kept`. Never holds more than a merge needs to be undone."""

    kept = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="+")
    gone = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="+")
    # For whom it was done: a group may undo its own merges, and those of nobody else.
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    # What both were, and what each room moved. Emptied after 30 days, and when the person is forgotten.
    before = models.JSONField(default=dict, editable=False)
    moved = models.JSONField(default=dict, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=models.Q(undone_at__isnull=True), name="people_merged_into_one"
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="people_merge_needs_two"),
        ]

    def __str__(self):
        return f"{self.gone_id} into {self.kept_id}"

    @property
    def source(self) -> str:
        """How the permission ledger names it."""
        return f"merge:{self.pk}"

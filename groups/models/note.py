"""What a group writes down about its members, and who it knows to be two people."""

from django.conf import settings
from django.db import models

from groups.models.group import LocalGroup
from groups.models.membership import Membership

LONGEST_NOTE = 1000


class NoteQuerySet(models.QuerySet):
    def about(self, supporter):
        """All that any group wrote about somebody: for the person alone."""
        return self.filter(membership__supporter=supporter)

    def newest_first(self):
        return self.select_related("written_by").order_by("-written_at", "-pk")


class Note(models.Model):
    """A line about a member. It is the group's, the person may ask to read it, and it goes with the membership."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=LONGEST_NOTE)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    def __str__(self):
        return f"Note {self.pk}"


class KnownApartQuerySet(models.QuerySet):
    def between(self, one, other):
        """The answer for these two, whichever is named first."""
        first, second = sorted([one.pk, other.pk])
        return self.filter(first=first, second=second)


class KnownApart(models.Model):
    """Two members who look alike, and whom the group knows to be two people."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()

    objects = KnownApartQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "known apart"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="groups_known_apart_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="groups_known_apart_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.first_id} is not {self.second_id}"

from django.db import models

from groups.models.group import LocalGroup
from streams.models import Principle


class ActivityQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True, group__status__in=["registered", "active"])

    def upcoming(self, now):
        return self.filter(starts_at__gte=now).order_by("starts_at", "pk")

    def between(self, start, end):
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def with_group(self):
        return self.select_related("group")


class Activity(models.Model):
    """A welcoming activity: where people meet. Who came is never named here."""

    class Kind(models.TextChoices):
        MEAL = "meal", "Shared meal"
        CONVERSATION = "conversation", "Conversation club"
        WALK = "walk", "Walk"
        CRAFT = "craft", "Craft or knitting"
        ENGLISH = "english", "English practice"
        MUSIC = "music", "Music or theatre"
        SPORT = "sport", "Sport"
        TALK = "talk", "Awareness talk"
        OTHER = "other", "Something else"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="activities")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    area = models.CharField(max_length=100, help_text="The part of town, always public.")
    venue = models.CharField(max_length=200, blank=True)
    is_venue_private = models.BooleanField(
        default=True, help_text="Shown only to people who have said they are coming."
    )
    is_public = models.BooleanField(default=True)
    access = models.CharField(max_length=200, blank=True, help_text="Step-free, childcare, travel money …")
    principles = models.ManyToManyField(Principle, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["group", "starts_at"], name="groups_activity_when")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="groups_activity_ends_after_start",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def public_place(self) -> str:
        """Where it is, as far as a stranger may know: a private venue stays out, the part of town does not."""
        if self.is_venue_private or not self.venue:
            return self.area
        return f"{self.venue}, {self.area}"

    @property
    def is_place_withheld(self) -> bool:
        return self.is_venue_private and bool(self.venue)

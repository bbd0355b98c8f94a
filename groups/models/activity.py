"""Welcoming activities: where people meet."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from groups.models.group import LIVE_STATUSES, LocalGroup
from groups.models.shield import Shield
from streams.models import Principle, Stream

LOG_WITHIN = timedelta(weeks=8)


class ActivityQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True, group__status__in=LIVE_STATUSES)

    def visible_to(self, user):
        """Activities of the groups that this person helps to run."""
        return self.filter(group__in=LocalGroup.objects.run_by(user))

    def going_ahead(self):
        return self.filter(cancelled_at__isnull=True)

    def upcoming(self, now):
        return self.going_ahead().filter(starts_at__gte=now).order_by("starts_at", "pk")

    def not_over(self, now):
        """Those to come and those under way, with the cancelled ones: who meant to come must see it."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def over(self, now):
        """Newest first."""
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-pk")

    def between(self, start, end):
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def unlogged(self, now):
        """Over in the last eight weeks, and nobody has said who came. Newest first; older ones nag nobody."""
        return self.to_log(now).filter(ends_at__lte=now)

    def to_log(self, now):
        """As `unlogged`, with those under way."""
        begun = self.going_ahead().filter(starts_at__lte=now, ends_at__gt=now - LOG_WITHIN)
        return begun.filter(log__logged_at__isnull=True).order_by("-starts_at", "-pk")

    def from_here_on(self, activity):
        """This date and the following ones of what repeats; this one alone where nothing does."""
        if activity.series is None:
            return self.filter(pk=activity.pk)
        return self.filter(series=activity.series, group=activity.group_id, starts_at__gte=activity.starts_at)

    def with_group(self):
        """The group, and whether the national shield is up over it."""
        return self.select_related("group").annotate(has_shield=Shield.objects.over("group"))

    def near(self, latitude, longitude, miles):
        """Those of groups so near."""
        groups = LocalGroup.objects.nearest(latitude, longitude).filter(distance_miles__lte=miles)
        return self.filter(group__in=groups.order_by().values("pk"))

    def open_to_all(self, now):
        """Where anybody can be sent: public, going ahead, with room, in a known place and under no shield."""
        there = self.public().upcoming(now).filter(is_venue_private=False, is_women_only=False)
        has_room = models.Q(capacity=None) | models.Q(seats_taken__lt=models.F("capacity"))
        return there.filter(~Shield.objects.over("group")).with_seats().filter(has_room)

    def with_seats(self):
        """Annotate `seats_taken`: how many people have booked, guests and all."""
        coming = models.Q(bookings__state="coming")
        return self.annotate(seats_taken=models.Sum(1 + models.F("bookings__guests"), filter=coming, default=0))


class Activity(models.Model):
    """A welcoming activity: where people meet. Who came is never named here."""

    class Kind(models.TextChoices):
        MEAL = "meal", "Shared meal"
        CONVERSATION = "conversation", "Conversation club"
        DROP_IN = "drop_in", "Drop-in"
        WALK = "walk", "Walk"
        CRAFT = "craft", "Craft or knitting"
        ENGLISH = "english", "English practice"
        MUSIC = "music", "Music or theatre"
        SPORT = "sport", "Sport"
        FAITH = "faith", "Faith event"
        FESTIVAL = "festival", "Festival or celebration"
        TRAINING = "training", "Training or volunteering"
        TALK = "talk", "Awareness talk"
        OTHER = "other", "Something else"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="activities")
    series = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    about = models.CharField(max_length=600, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    area = models.CharField(max_length=100, help_text="The part of town, always public.")
    venue = models.CharField(max_length=200, blank=True)
    is_venue_private = models.BooleanField(
        default=True, help_text="Shown only to people who have said they are coming."
    )
    is_public = models.BooleanField(default=True)
    is_online = models.BooleanField(default=False)
    online_link = models.URLField(max_length=500, blank=True, help_text="Shown only to people who have booked.")
    capacity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    cost = models.CharField(max_length=100, blank=True, help_text="Empty: free.")
    is_for_children = models.BooleanField(default=False)
    is_women_only = models.BooleanField(default=False)
    is_step_free = models.BooleanField(default=False)
    languages = models.CharField(max_length=200, blank=True, help_text="Languages spoken, with commas between.")
    food = models.CharField(max_length=100, blank=True)
    travel_help = models.CharField(max_length=200, blank=True)
    access = models.CharField(max_length=200, blank=True, help_text="Childcare, hearing loop, quiet room …")
    principles = models.ManyToManyField(Principle, blank=True)
    stream = models.ForeignKey(
        Stream,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="awareness_sessions",
        help_text="Only for an awareness session in a school, a library or the like.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # How often the time or the place was changed, for calendars that have a copy.
    revision = models.PositiveIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancel_reason = models.CharField(max_length=200, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["group", "starts_at"], name="groups_activity_when"),
            models.Index(fields=["starts_at"], condition=models.Q(is_public=True), name="groups_activity_calendar"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="groups_activity_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=False) | models.Q(cancelled_by__isnull=True, cancel_reason=""),
                name="groups_activity_reason_only_if_cancelled",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("groups:activity", args=[self.pk, self.slug])

    @property
    def slug(self) -> str:
        return slugify(self.title)[:60] or "activity"

    @property
    def public_place(self) -> str:
        """Where it is, as far as a stranger may know: a private venue stays out, the part of town does not.

        Every page, feed and letter that a stranger may see takes the place from here. Under the national shield it is
        the group's own area, which its name tells anyway.
        """
        if self.is_shielded:
            return self.group.area
        if self.is_venue_private or not self.venue:
            return self.area
        return self.full_place

    @property
    def is_shielded(self) -> bool:
        """Whether the national shield is up over its group; known without asking in lists made `with_group`."""
        known = self.__dict__.get("has_shield")
        return self.group.is_shielded if known is None else known

    @property
    def full_place(self) -> str:
        """Where it is, for those who run it and those who have booked."""
        return f"{self.venue}, {self.area}" if self.venue else self.area

    @property
    def is_place_withheld(self) -> bool:
        return bool(self.venue) and (self.is_venue_private or self.is_shielded)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_free(self) -> bool:
        return not self.cost

    @property
    def language_list(self) -> list[str]:
        return [language.strip() for language in self.languages.split(",") if language.strip()]

    @property
    def day(self):
        return timezone.localdate(self.starts_at)

    @property
    def is_full(self) -> bool:
        """Needs `with_seats`."""
        return self.capacity is not None and self.seats_taken >= self.capacity

    def is_over(self, now) -> bool:
        return self.ends_at <= now

    def takes_bookings(self, now) -> bool:
        """Not while the shield is up: whoever books is told the venue."""
        return not self.is_cancelled and not self.is_over(now) and self.group.is_live and not self.is_shielded

"""Who has said they are coming. Not who came, and not the register of supporters: somebody may come once."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from groups.models.activity import Activity
from groups.models.group import LIVE_STATUSES
from sanctuary.people.models import Supporter

CONFIRM_WITHIN = timedelta(days=14)
KEEP_FOR = timedelta(days=90)
REMIND_BEFORE = timedelta(days=1)
MOST_GUESTS = 4


class BookingQuerySet(models.QuerySet):
    def coming(self):
        return self.filter(state=Booking.State.COMING)

    def waiting(self):
        """For a place, in the order they asked."""
        return self.filter(state=Booking.State.WAITING).order_by("confirmed_at", "pk")

    def live(self):
        return self.filter(state__in=[Booking.State.COMING, Booking.State.WAITING])

    def unconfirmed(self):
        return self.filter(state=Booking.State.ASKED)

    def at_address(self, address):
        return self.filter(email=address)

    def seats(self) -> int:
        """How many people these are, guests and all."""
        return self.aggregate(seats=models.Sum(1 + models.F("guests")))["seats"] or 0

    def overdue(self, now):
        """The mailbox never answered in time: to be forgotten."""
        late = models.Q(created_at__lt=now - CONFIRM_WITHIN) | models.Q(activity__ends_at__lt=now)
        return self.unconfirmed().filter(late)

    def spent(self, now):
        """So long after the day that nobody need know who it was."""
        return self.filter(activity__ends_at__lt=now - KEEP_FOR, forgotten_at__isnull=True)

    def to_remind(self, now):
        """Tomorrow is the day, and the letter that confirmed it is older than that."""
        return self.coming().filter(
            reminded_at__isnull=True,
            forgotten_at__isnull=True,
            confirmed_at__lt=models.F("activity__starts_at") - REMIND_BEFORE,
            activity__starts_at__gt=now,
            activity__starts_at__lte=now + REMIND_BEFORE,
            activity__cancelled_at__isnull=True,
            activity__group__status__in=LIVE_STATUSES,
        )

    def with_activity(self):
        return self.select_related("activity__group")


class Booking(models.Model):
    """Somebody, with up to four guests, means to come to one activity. It counts once their mailbox has answered."""

    class State(models.TextChoices):
        ASKED = "asked", "Not confirmed"
        COMING = "coming", "Coming"
        WAITING = "waiting", "On the waiting list"
        CANCELLED = "cancelled", "Not coming"

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="bookings")
    supporter = models.ForeignKey(Supporter, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings")
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    guests = models.PositiveSmallIntegerField(default=0)
    access_wish = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["email"], condition=~models.Q(email=""), name="groups_booking_address"),
        ]
        constraints = [
            models.UniqueConstraint(
                "activity",
                "email",
                Lower("name"),
                condition=models.Q(state__in=["coming", "waiting"]) & ~models.Q(email=""),
                name="groups_booking_each_person_once",
            ),
            models.CheckConstraint(condition=models.Q(guests__lte=MOST_GUESTS), name="groups_booking_few_guests"),
            models.CheckConstraint(
                condition=models.Q(state="asked") | models.Q(confirmed_at__isnull=False),
                name="groups_booking_counts_only_if_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(forgotten_at__isnull=True)
                | models.Q(name="", email="", access_wish="", supporter__isnull=True),
                name="groups_booking_forgotten_is_empty",
            ),
        ]

    def __str__(self):
        return f"Booking {self.pk}"

    @property
    def seats(self) -> int:
        return 1 + self.guests

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

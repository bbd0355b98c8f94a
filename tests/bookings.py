"""What the world of the page checks knows about bookings."""

from datetime import timedelta

from django.utils import timezone

from groups.actions import booking_token
from groups.models import Activity, Booking, LocalGroup
from tests import factories as make


def furnish_bookings(group: LocalGroup, mark: str) -> tuple[Activity, list[str]]:
    """An activity in a private hall that somebody has booked. Returns it, and the canaries."""
    soon = timezone.now() + timedelta(days=4)
    activity = make.ActivityFactory(
        group=group,
        title="Sewing circle",
        venue=f"Hall{mark} Canary, 7 Hidden Lane",
        online_link=f"https://example.org/Room{mark}-Canary",
        is_online=True,
        starts_at=soon,
        ends_at=soon + timedelta(hours=2),
    )
    make.BookingFactory(
        activity=activity,
        coming=True,
        name=f"Book{mark} Canary",
        email=f"book{mark}@example.org",
        access_wish=f"Wish{mark} Canary",
    )
    return activity, [f"{kind}{mark}" for kind in ("Hall", "Room", "Book", "book", "Wish")]


def booking_of(group: LocalGroup, name: str, email: str) -> str:
    """A link to the booking of somebody who is coming to a place that all may know."""
    activity = make.ActivityFactory(group=group, title="Picnic", venue="The bandstand", is_venue_private=False)
    return booking_token(make.BookingFactory(activity=activity, coming=True, name=name, email=email))


def bookings_of(activity: Activity) -> dict[str, str]:
    """State of each booking by name."""
    return dict(Booking.objects.filter(activity=activity).values_list("name", "state"))

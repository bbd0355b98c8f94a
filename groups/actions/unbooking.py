"""Forgetting who booked: when the day is long over, and when a person asks."""

from django.db import transaction
from django.utils import timezone

from groups.actions.booking import cancel_booking
from groups.models import Booking, LocalGroup
from sanctuary.people.actions import hand_back, hand_over
from sanctuary.people.address import mac
from sanctuary.people.models import Supporter

_NOBODY = {"name": "", "email": "", "access_wish": "", "supporter": None}


def forget_bookings() -> int:
    """Delete what no mailbox answered for, and 90 days after the day keep numbers only. Returns how many rows."""
    now = timezone.now()
    gone, _ = Booking.objects.overdue(now).delete()
    return gone + Booking.objects.spent(now).update(**_NOBODY, forgotten_at=now)


@transaction.atomic
def forget_bookings_of(supporter: Supporter, addresses: set[str], group: LocalGroup | None = None) -> None:
    """The person is being erased, or one group forgets them: their bookings end. Others' at a shared mailbox stay."""
    now = timezone.now()
    theirs = bookings_of(supporter, addresses)
    if group is not None:
        theirs = theirs.filter(activity__group=group)
    for booking in theirs:
        cancel_booking(booking)
    Booking.objects.filter(pk__in=[booking.pk for booking in theirs]).update(**_NOBODY, forgotten_at=now)


def bookings_of(supporter: Supporter, addresses: set[str]):
    """Those known to be theirs, those in their name, and all of a mailbox that nobody else uses."""
    shared = Supporter.objects.filter(email_mac__in=map(mac, addresses)).exclude(pk=supporter.pk).exists()
    at_mailbox = Booking.objects.filter(email__in=addresses, supporter__isnull=True)
    theirs = at_mailbox.filter(name__iexact=supporter.name) if shared else at_mailbox
    return Booking.objects.filter(supporter=supporter) | theirs


def move_bookings(kept: Supporter, gone: Supporter) -> list[int]:
    """Two entries become one. Returns which bookings were the other's."""
    return hand_over(Booking.objects.filter(supporter=gone), to=kept)


def part_bookings(kept: Supporter, gone: Supporter, moved: list[int]) -> None:
    """Each gets back their own; what was forgotten meanwhile stays so."""
    hand_back(Booking.objects.filter(pk__in=moved, supporter=kept), to=gone)

"""Saying that you come, without an account: asked of the mailbox, counted, changed, cancelled, reminded, forgotten."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import Activity, Booking
from groups.models.booking import CONFIRM_WITHIN
from groups.signals import booking_cancelled, booking_confirmed
from sanctuary.people import actions as people
from sanctuary.people import links, tokens
from sanctuary.people.address import canon
from sanctuary.people.models import Supporter
from sanctuary.post.actions import queue, queue_sparingly

BOOKING = "booking"
SAME_PRESS_WITHIN = timedelta(minutes=2)
MOST_UNCONFIRMED = 5


def booking_token(booking: Booking) -> str:
    """Opens one booking, for as long as we keep whose it is."""
    return tokens.make(BOOKING, booking.pk, links.fingerprint(booking.email))


def booking_url(booking: Booking) -> str:
    return links.absolute("groups:booking", booking_token(booking))


@transaction.atomic
def ask_booking(activity: Activity, *, name: str, email: str, guests: int = 0, access_wish: str = "") -> Booking:
    """Keep what somebody wrote and ask their mailbox whether it was they. It takes no place until then.

    The same button pressed twice is one booking and one letter, and few of one mailbox wait for an answer.
    Raises ValidationError(code="closed"), InvalidAddress.
    """
    address = canon(email)
    people.lock_address(address)
    _require_open(activity)
    told = {"name": name, "email": address, "guests": guests, "access_wish": access_wish}
    since = timezone.now() - SAME_PRESS_WITHIN
    asked = activity.bookings.unconfirmed().at_address(address)
    booking = asked.filter(created_at__gte=since, **told).first()
    if booking is None and asked.count() >= MOST_UNCONFIRMED:
        # Nobody keeps writing to a mailbox that does not answer: its link is there, or its letters are used up.
        return asked.latest("pk")
    if booking is None:
        booking = Booking.objects.create(activity=activity, **told)
        # Nothing that was typed goes into this letter: it may be going to a stranger.
        about = {"activity": activity, "url": booking_url(booking)}
        queue_sparingly("groups/booking_confirm", to=address, context=about)
    return booking


def _require_open(activity: Activity) -> None:
    if not activity.takes_bookings(timezone.now()):
        raise ValidationError("This activity takes no more bookings.", code="closed")


@transaction.atomic
def confirm_booking(booking: Booking) -> Booking:
    """The mailbox answered: from now on it counts, or waits for a place. Harmless to repeat.

    Returns the booking that counts: the first one, if this person had booked before.
    Raises ValidationError(code="closed", "too_late" or "full").
    """
    activity, booking = _locked(booking)
    now = timezone.now()
    if booking.state in (Booking.State.COMING, Booking.State.WAITING):
        return booking
    _require_open(activity)
    is_first = booking.state == Booking.State.ASKED
    if is_first and booking.created_at < now - CONFIRM_WITHIN:
        raise ValidationError("This link is too old. Please tell us again that you come.", code="too_late")
    mine = activity.bookings.live().at_address(booking.email)
    earlier = mine.filter(name__iexact=booking.name).select_for_update(of=("self",)).first()
    if earlier:
        return _take_over(earlier, booking, activity)
    booking.state = Booking.State.COMING if _fits(activity, booking.seats) else Booking.State.WAITING
    booking.supporter, booking.confirmed_at = _known(booking), now
    booking.cancelled_at = booking.reminded_at = None
    booking.save(update_fields=["state", "supporter", "confirmed_at", "cancelled_at", "reminded_at"])
    if booking.state == Booking.State.COMING:
        booking_confirmed.send(Booking, booking=booking)
    template = "groups/booking_confirmed" if booking.state == Booking.State.COMING else "groups/booking_waiting"
    _tell(booking, activity, template, send=queue if is_first else queue_sparingly)
    return booking


def _locked(booking: Booking) -> tuple[Activity, Booking]:
    """The activity's row is the lock for its places: of two who want the last one, the second sees it taken."""
    activity = Activity.objects.select_for_update(of=("self",)).select_related("group").get(pk=booking.activity_id)
    return activity, Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)


def _fits(activity: Activity, seats: int) -> bool:
    return activity.capacity is None or activity.bookings.coming().seats() + seats <= activity.capacity


def _take_over(earlier: Booking, booking: Booking, activity: Activity) -> Booking:
    """Somebody who books again means the new number."""
    _resize(earlier, booking.guests, activity)
    if booking.access_wish:
        earlier.access_wish = booking.access_wish
        earlier.save(update_fields=["access_wish"])
    booking.delete()
    return earlier


def _resize(booking: Booking, guests: int, activity: Activity) -> None:
    more = guests - booking.guests
    if booking.state == Booking.State.COMING and more > 0 and not _fits(activity, more):
        raise ValidationError("There is not enough room for so many. Choose fewer.", code="full")
    booking.guests = guests
    booking.save(update_fields=["guests"])
    if more < 0:
        offer_places(activity)


def _known(booking: Booking) -> Supporter | None:
    """The supporter of that name at that address. Nobody enters the register by coming once."""
    same = Supporter.objects.people().with_address(booking.email).filter(name__iexact=booking.name)
    return same.first()


@transaction.atomic
def change_booking(booking: Booking, *, guests: int) -> Booking:
    """More or fewer people come. Raises ValidationError(code="full", "closed" or "not_booked")."""
    activity, booking = _locked(booking)
    _require_open(activity)
    if booking.state not in (Booking.State.COMING, Booking.State.WAITING):
        raise ValidationError("There is no booking to change.", code="not_booked")
    _resize(booking, guests, activity)
    return booking


@transaction.atomic
def cancel_booking(booking: Booking) -> None:
    """They are not coming: the place goes to who waits. Harmless to repeat. What was never confirmed just goes."""
    activity, booking = _locked(booking)
    if booking.state == Booking.State.ASKED:
        booking.delete()
    elif booking.state != Booking.State.CANCELLED:
        booking.state, booking.cancelled_at = Booking.State.CANCELLED, timezone.now()
        booking.save(update_fields=["state", "cancelled_at"])
        booking_cancelled.send(Booking, booking=booking)
        offer_places(activity)


def offer_places(activity: Activity) -> None:
    """Whoever waits longest and fits gets a free place, and is told. The caller holds the activity's lock."""
    if not activity.takes_bookings(timezone.now()):
        return
    for booking in activity.bookings.waiting().select_for_update(of=("self",)):
        if _fits(activity, booking.seats):
            booking.state = Booking.State.COMING
            booking.save(update_fields=["state"])
            booking_confirmed.send(Booking, booking=booking)
            _tell(booking, activity, "groups/booking_place")


def tell_all(activity: Activity, template: str, **news) -> None:
    """A letter to everybody who comes or waits."""
    for booking in activity.bookings.live().exclude(email=""):
        _tell(booking, activity, template, **news)


def _tell(booking: Booking, activity: Activity, template: str, *, send=queue, **news) -> None:
    about = {
        "activity": activity,
        "booking": booking,
        "is_coming": booking.state == Booking.State.COMING,
        "url": booking_url(booking),
        "ics_url": links.absolute("groups:booking_ics", booking_token(booking)),
    }
    reply = {"reply_to": activity.group.mailbox} if send is queue else {"asks": False}
    send(template, to=booking.email, context=about | news, **reply)


def remind_booked() -> int:
    """The day before: where and when, and how to cancel; once to each, however many clocks ring. Returns how many."""
    now = timezone.now()
    due = list(Booking.objects.to_remind(now).values_list("pk", flat=True))
    return sum(_remind(pk) for pk in due)


@transaction.atomic
def _remind(pk: int) -> bool:
    # The row alone decides: PostgreSQL looks at it again after waiting for another sweep, but not at what it joins.
    mine = Booking.objects.coming().filter(pk=pk, reminded_at__isnull=True, forgotten_at__isnull=True)
    if not mine.update(reminded_at=timezone.now()):
        return False
    booking = Booking.objects.with_activity().get(pk=pk)
    if booking.activity.is_cancelled:
        return False
    _tell(booking, booking.activity, "groups/booking_reminder")
    return True

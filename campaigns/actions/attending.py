"""Coming to an event that belongs to a call is an act: counted once for each person, and without saying who it was."""

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns.models import Action, ActionTaken
from groups.models import Activity, Booking
from sanctuary.audit.actions import record
from sanctuary.people.address import canon
from sanctuary.people.models import Supporter


def who_comes(address: str, name: str) -> bytes:
    """Stands for one person at one mailbox, where neither may be kept: nobody enters the register by coming once."""
    who = f"{canon(address)}\0{' '.join(name.split()).casefold()}"
    return hmac.digest(settings.SUPPRESSION_KEY.encode(), b"acts:v1:comes\0" + who.encode(), hashlib.sha256)


@transaction.atomic
def count_booking(booking: Booking) -> None:
    """A mailbox confirmed a booking: that person has acted on each open call the activity belongs to. Once for each."""
    if not booking.email:
        return
    now, who = timezone.now(), who_comes(booking.email, booking.name)
    calls = list(_calls(booking.activity))
    supporter = booking.supporter
    place = supporter.constituency_code if supporter else ""
    acts = [
        ActionTaken(
            action=call,
            supporter=supporter,
            person_mac=who,
            constituency_code=place,
            created_at=now,
            confirmed_at=now,
        )
        for call in calls
    ]
    # Whoever was counted before, by either of the two, is not counted again, whatever happens at the same moment.
    ActionTaken.objects.bulk_create(acts, ignore_conflicts=True)
    for taken in ActionTaken.objects.filter(action__in=calls, person_mac=who, created_at=now):
        record("campaigns.act", taken, by=supporter or "booking")


@transaction.atomic
def uncount_booking(booking: Booking) -> None:
    """They come no more, or it does not take place: the act goes, unless they come to another event of the call."""
    if not booking.email or booking.activity.starts_at <= timezone.now():
        return
    who = who_comes(booking.email, booking.name)
    for call in _calls(booking.activity):
        events = call.activities.going_ahead().values("pk")
        others = Booking.objects.coming().at_address(booking.email).filter(activity__in=events)
        if not any(who_comes(each.email, each.name) == who for each in others):
            ActionTaken.objects.filter(action=call, person_mac=who).delete()


def came_as(supporter: Supporter, addresses: Iterable[str] = ()):
    """Acts of somebody who came before we knew them, or as we know them."""
    macs = [who_comes(address, supporter.name) for address in {*addresses, supporter.email} if address]
    return ActionTaken.objects.filter(person_mac__in=macs)


def forget_who_came(supporter: Supporter, addresses: Iterable[str] = ()) -> None:
    """The acts go on counting; nothing leads from a person to them any more."""
    came_as(supporter, addresses).update(person_mac=b"")
    ActionTaken.objects.filter(supporter=supporter).update(person_mac=b"")


def _calls(activity: Activity):
    return Action.objects.open().filter(kind=Action.Kind.ATTEND, activities=activity)

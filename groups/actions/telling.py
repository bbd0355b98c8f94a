"""What happened between a group and one of its members, told by month."""

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.utils import timezone

from groups.models import Membership
from groups.signals import timeline_asked

TOLD_AT_MOST = 100
BEGAN = {
    Membership.Source.PLEDGE: "Joined with a pledge",
    Membership.Source.JOINED: "Joined your group",
    Membership.Source.IMPORTED: "Came with a list you brought here",
}


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    words: str


@dataclass(frozen=True)
class Month:
    first: date
    events: list[Event]


@dataclass(frozen=True)
class Timeline:
    months: list[Month]
    # There was more, further back.
    is_cut: bool


def timeline_of(membership: Membership, most: int = TOLD_AT_MOST) -> Timeline:
    """The newest events, newest first. Every room above tells its own, of this group only."""
    supporter, group = membership.supporter, membership.group
    joined = timezone.make_aware(datetime.combine(membership.joined_on, time()))
    events = [Event(joined, "joined", BEGAN[membership.source])]
    for _, told in timeline_asked.send(sender=Membership, supporter=supporter, group=group, most=most + 1):
        events += [Event(*each) for each in told]
    events.sort(key=lambda event: event.at, reverse=True)
    by_month = groupby(events[:most], key=lambda event: timezone.localdate(event.at).replace(day=1))
    return Timeline([Month(first, list(them)) for first, them in by_month], is_cut=len(events) > most)

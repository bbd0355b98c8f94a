"""How often a group may write to its own people. The database row of the group is the lock."""

from bisect import insort
from datetime import datetime

from django.core.exceptions import ValidationError

from campaigns.models import Mailing
from campaigns.models.mailing import GROUP_MOST, GROUP_WITHIN
from groups.models import LocalGroup
from sanctuary.templatetags.ui import uk_date, uk_time


def leave_room(mailing: Mailing, starts_at: datetime) -> None:
    """Hold the group, and refuse when this would be one email too many in any seven days.

    Raises ValidationError: "group_closed" or "too_many".
    """
    # Without its key: whoever joins the group need not wait for us.
    group = LocalGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=mailing.group_id)
    if group.status == LocalGroup.Status.CLOSED:
        raise ValidationError("This group is closed, so it sends no more emails.", code="group_closed")
    free = next_free(mailing, starts_at)
    if free != starts_at:
        words = (
            f"A group can send at most {GROUP_MOST} emails in {GROUP_WITHIN.days} days, so that people keep reading"
            f" them. The next one can go on {uk_date(free)} at {uk_time(free)}."
        )
        raise ValidationError(words, code="too_many")


def next_free(mailing: Mailing, starts_at: datetime) -> datetime:
    """This time, or the first one after it at which the group may send another email."""
    others = Mailing.objects.of_group(mailing.group_id).taking_place().exclude(pk=mailing.pk)
    near = others.filter(starts_at__gt=starts_at - GROUP_WITHIN).order_by("starts_at")
    starts = list(near.values_list("starts_at", flat=True))
    later = [start + GROUP_WITHIN for start in starts if start + GROUP_WITHIN > starts_at]
    return next(time for time in [starts_at, *later] if not _is_too_much(starts, time))


def _is_too_much(starts: list[datetime], time: datetime) -> bool:
    """Whether with one more at `time` more than enough begin within some seven days."""
    every = list(starts)
    insort(every, time)
    return any(last - first < GROUP_WITHIN for first, last in zip(every, every[GROUP_MOST:], strict=False))

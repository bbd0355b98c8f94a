"""Planning activities: new ones, one day or many; changes and cancelling, of which everybody who booked is told."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.booking import offer_places, tell_all
from groups.models import Activity, Booking, LocalGroup
from groups.models.booking import REMIND_BEFORE
from groups.models.repeat import MOST_DATES, Repeat, moved
from groups.signals import booking_cancelled
from sanctuary.audit.actions import record

SAME_PRESS_WITHIN = timedelta(minutes=2)
WHEN = {"starts_at", "ends_at"}
# What those who booked must hear of.
MATTERS = WHEN | {"area", "venue", "is_online", "online_link"}


@transaction.atomic
def plan_activity(
    group: LocalGroup, *, by, repeat: str = "", until: date | None = None, times: int | None = None, **fields
) -> list[Activity]:
    """One activity, or one for each day of something that repeats. The button pressed twice plans it once.

    Raises ValidationError(code="too_many" or "too_few") for days that make no series.
    """
    LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    now, principles = timezone.now(), fields.pop("principles", ())
    same = {"title": fields["title"], "starts_at": fields["starts_at"], "created_at__gte": now - SAME_PRESS_WITHIN}
    pressed_before = group.activities.going_ahead().filter(**same).first()
    if pressed_before:
        return list(group.activities.from_here_on(pressed_before).order_by("starts_at", "pk"))
    first = timezone.localdate(fields["starts_at"])
    days = _days(first, repeat, until, times)
    series = uuid4() if len(days) > 1 else None
    made = Activity.objects.bulk_create(
        Activity(group=group, series=series, created_at=now, changed_at=now, **fields | _on(day - first, fields))
        for day in days
    )
    _tag(made, principles)
    record("groups.plan_activity", made[0], by=by, group=group.pk, dates=len(made))
    return made


def _days(first: date, repeat: str, until: date | None, times: int | None) -> list[date]:
    if not repeat:
        return [first]
    days = Repeat(repeat).days(first, until=until, times=times)
    if len(days) > MOST_DATES:
        raise ValidationError(f"Choose {MOST_DATES} dates or fewer. You can plan more later.", code="too_many")
    if len(days) < 2:
        raise ValidationError("Choose a later last day, or “Does not repeat”.", code="too_few")
    return days


def _on(later: timedelta, fields: dict) -> dict:
    return {name: moved(fields[name], later.days) for name in WHEN}


def _tag(activities: list[Activity], principles) -> None:
    tag = Activity.principles.through
    tag.objects.bulk_create(
        tag(activity_id=activity.pk, principle_id=principle.pk) for activity in activities for principle in principles
    )


@transaction.atomic
def change_activity(activity: Activity, *, by, following: bool = False, principles=None, **fields) -> Activity:
    """Change one activity, or this and the following ones of what repeats: only what was changed here, so that what
    was changed on one of them alone stays. Harmless to repeat; who booked is told once, of a new time or place.

    Raises ValidationError(code="cancelled").
    """
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    if activity.is_cancelled:
        raise ValidationError("This activity is cancelled. Copy it to plan it again.", code="cancelled")
    changes = {name: value for name, value in fields.items() if getattr(activity, name) != value}
    rows = _this_and_following(activity) if following else [activity]
    shift = _shift(activity, changes)
    for row in rows:
        mine = changes | (shift(row) if shift else {})
        _change(row, mine, principles)
    if changes or principles is not None:
        record("groups.change_activity", activity, by=by, fields=sorted(changes), dates=len(rows))
    return next(row for row in rows if row.pk == activity.pk)


def _this_and_following(activity: Activity) -> list[Activity]:
    """Locked in the order of their dates: two who edit one series wait for each other, and never in a circle."""
    rows = Activity.objects.going_ahead().from_here_on(activity).select_for_update(of=("self",))
    return list(rows.select_related("group").order_by("starts_at", "pk"))


def _shift(activity: Activity, changes: dict):
    """How each of a series moves: by as many days as the one in hand, to its new time of the clock."""
    if not WHEN & set(changes):
        return None
    was = timezone.localdate(activity.starts_at)
    new = {name: changes.get(name, getattr(activity, name)) for name in WHEN}

    def on(row: Activity) -> dict:
        return _on(timezone.localdate(row.starts_at) - was, new)

    return on


def _change(activity: Activity, changes: dict, principles) -> None:
    now = timezone.now()
    was = {name: getattr(activity, name) for name in changes}
    for name, value in changes.items():
        setattr(activity, name, value)
    if principles is not None:
        activity.principles.set(principles)
    news = {name for name in MATTERS & set(changes) if was[name] != changes[name]}
    activity.changed_at = now
    activity.revision += bool(news)
    activity.save(update_fields=[*changes, "changed_at", "revision"])
    if news & WHEN and activity.starts_at > now + REMIND_BEFORE:
        activity.bookings.update(reminded_at=None)
    if news and not activity.is_over(now):
        tell_all(activity, "groups/booking_changed", is_new_time=bool(news & WHEN), is_new_place=bool(news - WHEN))
    if "capacity" in changes:
        offer_places(activity)


@transaction.atomic
def cancel_activity(activity: Activity, *, by, reason: str, following: bool = False) -> Activity:
    """It will not take place, or this and the following ones will not; everybody who booked is told why.

    Harmless to repeat: the first reason stays. Raises ValidationError(code="over") when it has taken place.
    """
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    now = timezone.now()
    if activity.is_over(now):
        raise ValidationError("This activity is over, so it cannot be cancelled.", code="over")
    rows = _this_and_following(activity) if following else [activity]
    for row in rows:
        _cancel(row, by, reason, now)
    return next((row for row in rows if row.pk == activity.pk), activity)


def _cancel(activity: Activity, by, reason: str, now: datetime) -> None:
    if activity.is_cancelled:
        return
    activity.cancelled_at, activity.cancelled_by, activity.cancel_reason = now, by, reason
    activity.changed_at = now
    activity.revision += 1
    stamps = ["cancelled_at", "cancelled_by", "cancel_reason", "changed_at", "revision"]
    activity.save(update_fields=stamps)
    tell_all(activity, "groups/booking_cancelled")
    for booking in activity.bookings.coming():
        booking_cancelled.send(Booking, booking=booking)
    record("groups.cancel_activity", activity, by=by)

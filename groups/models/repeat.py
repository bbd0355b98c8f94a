"""How an activity repeats. Days are counted on the calendar, so that 6pm stays 6pm when the clocks change."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count, takewhile

from django.db import models
from django.utils import timezone

MOST_DATES = 26


class Repeat(models.TextChoices):
    WEEKLY = "weekly", "Every week"
    FORTNIGHTLY = "fortnightly", "Every two weeks"
    MONTHLY = "monthly", "Every month, on the same weekday"

    def days_from(self, first: date) -> Iterator[date]:
        """Every day of it, without end."""
        if self == Repeat.MONTHLY:
            return (_same_weekday(first, months) for months in count())
        weeks = 1 if self == Repeat.WEEKLY else 2
        return (first + timedelta(weeks=weeks * times) for times in count())

    def days(self, first: date, *, until: date | None = None, times: int | None = None) -> list[date]:
        """The days up to and with `until`, or the first `times`; one more than the most allowed, if there are more."""
        days = self.days_from(first)
        if until is not None:
            days = takewhile(lambda day: day <= until, days)
        most = min(times or MOST_DATES + 1, MOST_DATES + 1)
        return [day for day, _ in zip(days, range(most), strict=False)]


def _week_of(day: date) -> int:
    """0 for the first Tuesday of a month, 4 for what can only be called its last."""
    return (day.day - 1) // 7


def _same_weekday(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    start = date(year, month + 1, 1)
    day = 1 + (first.weekday() - start.weekday()) % 7 + 7 * _week_of(first)
    while day > monthrange(start.year, start.month)[1]:
        day -= 7
    return start.replace(day=day)


def moved(moment: datetime, days: int) -> datetime:
    """The same time of the clock so many days later."""
    local = timezone.localtime(moment)
    return timezone.make_aware(local.replace(tzinfo=None, fold=0) + timedelta(days=days))

"""Days that repeat: on the calendar, over the change of the clocks and the ends of months."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from groups.models.repeat import MOST_DATES, Repeat, moved

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("repeat", "first", "expected"),
    [
        (Repeat.WEEKLY, date(2026, 10, 20), [(10, 20), (10, 27), (11, 3)]),
        (Repeat.FORTNIGHTLY, date(2026, 10, 20), [(10, 20), (11, 3), (11, 17)]),
        # The second Tuesday.
        (Repeat.MONTHLY, date(2026, 10, 13), [(10, 13), (11, 10), (12, 8)]),
        # The fifth Thursday of October is the last of every month.
        (Repeat.MONTHLY, date(2026, 10, 29), [(10, 29), (11, 26), (12, 31)]),
        (Repeat.MONTHLY, date(2026, 11, 1), [(11, 1), (12, 6), (1, 3)]),
    ],
)
def test_days(repeat, first, expected):
    days = repeat.days(first, times=3)
    assert [(day.month, day.day) for day in days] == expected
    assert {day.weekday() for day in days} == {first.weekday()}


def test_until_takes_the_last_day_in():
    days = Repeat.WEEKLY.days(date(2026, 3, 3), until=date(2026, 3, 17))
    assert days == [date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17)]


def test_no_more_than_one_beyond_the_most():
    assert len(Repeat.WEEKLY.days(date(2026, 1, 1), until=date(2099, 1, 1))) == MOST_DATES + 1


@pytest.mark.parametrize(
    ("before", "days"), [(datetime(2026, 10, 20, 17, tzinfo=UTC), 7), (datetime(2026, 3, 24, 18, tzinfo=UTC), 7)]
)
def test_six_o_clock_stays_six_o_clock(before, days):
    after = moved(before, days).astimezone(LONDON)
    assert (after.hour, after.minute) == (18, 0)
    assert after.utcoffset() != before.astimezone(LONDON).utcoffset()

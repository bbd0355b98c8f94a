"""Planning activities: once, again and again, changed, cancelled; and who is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from groups import actions
from groups.models import Activity
from sanctuary.audit.models import Entry
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db
SIX = datetime(2026, 10, 20, 17, tzinfo=UTC)  # 6pm in Britain, a week before the clocks go back


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
        yield


def told(**changes):
    return {
        "title": "Shared supper",
        "kind": "meal",
        "starts_at": SIX,
        "ends_at": SIX + timedelta(hours=2),
        "area": "Centre",
        "venue": "Hidden Hall",
    } | changes


@pytest.fixture
def series(group, coordinator):
    return actions.plan_activity(group, by=coordinator, repeat="weekly", times=4, **told())


def local(activities):
    return [timezone.localtime(activity.starts_at).strftime("%d %b %H:%M") for activity in activities]


def letters():
    return [(email.to, email.kind) for email in Email.objects.order_by("to", "pk")]


def book(activity, name="Amira", **fields):
    return make.BookingFactory(activity=activity, name=name, email=f"{name.lower()}@example.org", **fields)


# --- planning -------------------------------------------------------------------------------------


def test_plan_one(group, coordinator):
    principle = make.PrincipleFactory()
    (made,) = actions.plan_activity(group, by=coordinator, principles=[principle], **told())
    made.refresh_from_db()
    assert (made.group, made.series, made.is_venue_private) == (group, None, True)
    assert list(made.principles.all()) == [principle]
    assert Entry.objects.filter(verb="groups.plan_activity").count() == 1


def test_a_series_keeps_its_hour_over_the_change_of_the_clocks(series):
    assert local(series) == ["20 Oct 18:00", "27 Oct 18:00", "03 Nov 18:00", "10 Nov 18:00"]
    assert {activity.ends_at - activity.starts_at for activity in series} == {timedelta(hours=2)}
    assert len({activity.series for activity in series}) == 1


def test_the_button_pressed_twice_plans_once(group, coordinator, series):
    again = actions.plan_activity(group, by=coordinator, repeat="weekly", times=4, **told())
    assert [activity.pk for activity in again] == [activity.pk for activity in series]
    assert Activity.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_plan_once(group, coordinator):
    def press():
        return actions.plan_activity(group, by=coordinator, **told())

    race(press, press, after='FROM "groups_localgroup"')
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"repeat": "weekly", "until": SIX.date() + timedelta(days=365)}, "too_many"),
        ({"repeat": "weekly", "until": SIX.date()}, "too_few"),
    ],
)
def test_days_that_make_no_series(group, coordinator, how, code):
    with pytest.raises(ValidationError) as error:
        actions.plan_activity(group, by=coordinator, **how, **told())
    assert error.value.code == code
    assert Activity.objects.count() == 0


# --- changing -------------------------------------------------------------------------------------


def test_change_one_of_a_series_alone(series, coordinator):
    actions.change_activity(series[1], by=coordinator, title="Harvest supper", starts_at=series[1].starts_at)
    assert list(Activity.objects.order_by("starts_at").values_list("title", flat=True)) == [
        "Shared supper",
        "Harvest supper",
        "Shared supper",
        "Shared supper",
    ]


def test_change_this_and_the_following(series, coordinator):
    """A day later and at seven, winter or summer; what was changed on one of them alone stays."""
    actions.change_activity(series[2], by=coordinator, title="Harvest supper")
    new = datetime(2026, 10, 28, 19, tzinfo=UTC)  # winter by now
    times = {"starts_at": new, "ends_at": new + timedelta(hours=1)}
    actions.change_activity(series[1], by=coordinator, following=True, food="Soup", **times)
    rows = list(Activity.objects.order_by("starts_at"))
    assert local(rows) == ["20 Oct 18:00", "28 Oct 19:00", "04 Nov 19:00", "11 Nov 19:00"]
    assert [row.food for row in rows] == ["", "Soup", "Soup", "Soup"]
    assert [row.title for row in rows][2] == "Harvest supper"
    assert {row.ends_at - row.starts_at for row in rows[1:]} == {timedelta(hours=1)}


def test_a_new_place_is_told_once_to_those_who_come_or_wait(series, coordinator):
    activity = series[0]
    book(activity, "Amira", coming=True), book(activity, "Bilal", waiting=True), book(activity, "Clara")
    book(series[1], "Dora", coming=True)
    for _ in range(2):
        actions.change_activity(activity, by=coordinator, venue="Secret Library")
    assert letters() == [
        ("amira@example.org", "groups/booking_changed"),
        ("bilal@example.org", "groups/booking_changed"),
    ]
    texts = {email.to[:5]: email.text for email in Email.objects.all()}
    assert ["Secret Library" in texts[who] for who in ("amira", "bilal")] == [True, False]
    activity.refresh_from_db()
    assert activity.revision == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_save_the_same_change_at_once_tell_once(group, coordinator):
    (activity,) = actions.plan_activity(group, by=coordinator, **told())
    book(activity, coming=True)

    def save():
        actions.change_activity(activity, by=coordinator, venue="Secret Library")

    race(save, save, after='FROM "groups_activity"')
    assert letters() == [("amira@example.org", "groups/booking_changed")]


def test_a_new_title_alone_is_told_to_nobody(series, coordinator):
    book(series[0], coming=True)
    actions.change_activity(series[0], by=coordinator, title="Harvest supper", food="Soup")
    assert letters() == []


def test_what_is_over_is_told_to_nobody(group, coordinator):
    past = make.ActivityFactory(group=group, starts_at=SIX - timedelta(days=30), ends_at=SIX - timedelta(days=29))
    book(past, coming=True)
    actions.change_activity(past, by=coordinator, venue="Elsewhere")
    assert letters() == []


def test_more_room_is_offered_to_who_waits_longest(series, coordinator):
    activity = series[0]
    actions.change_activity(activity, by=coordinator, capacity=1)
    book(activity, "Amira", coming=True)
    first = book(activity, "Bilal", waiting=True, guests=1, confirmed_at=timezone.now() - timedelta(hours=2))
    second = book(activity, "Clara", waiting=True)
    actions.change_activity(activity, by=coordinator, capacity=2)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("waiting", "coming"), "two do not fit into one place"
    assert letters() == [("clara@example.org", "groups/booking_place")]


# --- cancelling -----------------------------------------------------------------------------------


def test_cancel_tells_everybody_who_booked_why_and_once(series, coordinator):
    activity = series[0]
    book(activity, "Amira", coming=True), book(activity, "Bilal", waiting=True), book(activity, "Clara")
    book(series[1], "Dora", coming=True)
    for reason in ("The hall has a leak.", "Another reason."):
        actions.cancel_activity(activity, by=coordinator, reason=reason)
    assert [to for to, kind in letters()] == ["amira@example.org", "bilal@example.org"]
    assert all("The hall has a leak." in email.text for email in Email.objects.all())
    activity.refresh_from_db()
    assert (activity.cancel_reason, activity.cancelled_by, activity.revision) == (
        "The hall has a leak.",
        coordinator,
        1,
    )
    assert Activity.objects.going_ahead().count() == 3


def test_cancel_this_and_the_following(series, coordinator):
    actions.cancel_activity(series[2], by=coordinator, reason="Nobody to cook.", following=True)
    assert [activity.is_cancelled for activity in Activity.objects.order_by("starts_at")] == [False, False, True, True]


def test_what_is_over_cannot_be_cancelled(series, coordinator):
    with time_machine.travel(SIX + timedelta(days=1)), pytest.raises(ValidationError) as error:
        actions.cancel_activity(series[0], by=coordinator, reason="Too late.")
    assert error.value.code == "over"


def test_what_is_cancelled_is_not_changed(series, coordinator):
    actions.cancel_activity(series[0], by=coordinator, reason="The hall has a leak.")
    with pytest.raises(ValidationError) as error:
        actions.change_activity(series[0], by=coordinator, title="New")
    assert error.value.code == "cancelled"

"""The public calendar: what is on, where roughly, and never who comes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from groups import actions
from groups.models import Activity
from sanctuary.places.actions import place_fields
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
VENUE = "Hidden Hall"


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(NOW, tick=False):
        yield


def plan(group, title, days=3, **fields):
    start = NOW + timedelta(days=days)
    hours = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    return make.ActivityFactory(group=group, title=title, venue=VENUE, **hours | fields)


def shown(client, url=None, **question):
    response = client.get(url or reverse("groups:calendar"), question)
    assert response.status_code == 200
    return [activity.title for activity in response.context["activities"]]


def feed(client, **question):
    return Calendar.from_ical(client.get(reverse("groups:calendar_ics"), question).content)


# --- the list -------------------------------------------------------------------------------------


def test_only_what_is_public_live_and_not_over(client, group, other_group):
    plan(group, "Later", 9), plan(group, "Sooner", 1), plan(group, "Under way", 0, starts_at=NOW - timedelta(hours=1))
    plan(group, "Team", is_public=False), plan(group, "Past", -3)
    plan(make.LocalGroupFactory(status="dormant"), "Resting")
    plan(make.LocalGroupFactory(status="enquiry"), "Not yet")
    assert shown(client) == ["Under way", "Sooner", "Later"]
    assert (
        client.get(reverse("groups:activity", args=[Activity.objects.get(title="Team").pk, "team"])).status_code == 404
    )


def test_what_is_cancelled_is_shown_as_such(client, group, coordinator):
    actions.cancel_activity(plan(group, "Supper"), by=coordinator, reason="Rain")
    page = client.get(reverse("groups:calendar")).content.decode()
    assert ("Supper" in page, "Cancelled" in page) == (True, True)


def test_each_filter(client, group):
    plan(group, "Plain", cost="£2")
    wanted = {
        "free": {"cost": ""},
        "children": {"is_for_children": True},
        "women": {"is_women_only": True},
        "online": {"is_online": True},
        "step_free": {"is_step_free": True},
    }
    for name, fields in wanted.items():
        plan(group, name, **{"cost": "£2"} | fields)
    plan(group, "language", cost="£2", languages="English, Tigrinya")
    plan(group, "kind", cost="£2", kind=Activity.Kind.WALK)
    for name in wanted:
        assert shown(client, **{name: "on"}) == [name]
    assert shown(client, language="tigrinya") == ["language"]
    assert shown(client, kind="walk") == ["kind"]
    assert shown(client, kind="walk", free="on") == []


def test_one_groups_dates(client, group, other_group):
    plan(group, "Ours"), plan(other_group, "Theirs")
    assert shown(client, group=group.slug) == ["Ours"]


def test_near_a_place_by_the_first_half_of_a_postcode(client, places):
    near, far = (make.LocalGroupFactory(**place_fields(code)) for code in ("LS7 3HJ", "EH1 1YZ"))
    plan(near, "Near"), plan(far, "Far")
    response = client.post(f"{reverse('groups:calendar_near')}?free=on", {"postcode": "ls7 3hj"})
    assert (response.status_code, response.url) == (303, "/welcome/?free=on&near=LS7")
    assert shown(client, response.url) == ["Near"]
    assert shown(client, near="nowhere") == []
    assert client.post(reverse("groups:calendar_near"), {"postcode": "xx"}).status_code == 422


@pytest.mark.parametrize(
    ("year", "month", "status"), [(2026, 7, 200), (2026, 5, 302), (2026, 13, 404), (2026, 0, 404), (9999, 1, 404)]
)
def test_months(client, group, year, month, status):
    plan(group, "June", 3), plan(group, "July", 33)
    response = client.get(f"/welcome/{year}/{month}/")
    assert response.status_code == status
    if status == 200:
        assert [activity.title for activity in response.context["activities"]] == ["July"]


def test_the_edges_of_a_month_are_ours_not_those_of_greenwich(client, group):
    """Half past midnight on 1 July in Britain is still June in UTC."""
    start = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    plan(group, "Midnight walk", starts_at=start, ends_at=start + timedelta(hours=1))
    assert shown(client, "/welcome/2026/7/") == ["Midnight walk"]
    assert shown(client, "/welcome/2026/6/") == []


def test_the_calendar_asks_as_often_for_three_as_for_one(client, group, django_assert_num_queries):
    for _ in range(2):
        plan(group, "Supper")
        with django_assert_num_queries(2):
            assert shown(client)
        plan(make.LocalGroupFactory(), "Walk")


# --- what must not be seen ------------------------------------------------------------------------


def public_bytes(client, activity):
    urls = [
        reverse("groups:calendar"),
        "/welcome/2026/6/",
        reverse("groups:calendar_ics"),
        activity.get_absolute_url(),
        *(reverse(name, args=[activity.pk, activity.slug]) for name in ("groups:activity_ics", "groups:book")),
        activity.group.get_absolute_url(),
        "/",
    ]
    return b"".join(client.get(url).content.replace(b"\r\n ", b"") for url in urls)


def test_a_private_venue_an_online_link_and_who_comes_are_nowhere(client, group):
    activity = plan(group, "Supper", is_online=True, online_link="https://example.org/secret-room", capacity=40)
    make.BookingFactory(activity=activity, coming=True, name="Amira Canary", email="canary@example.org")
    said = public_bytes(client, activity)
    assert [word for word in (VENUE, "secret-room", "Canary", "canary@") if word.encode() in said] == []
    assert said.count(b"Town centre") > 3


def test_the_shield_hides_an_open_venue_and_its_part_of_town_at_once(client, group, staff):
    activity = plan(group, "Supper", is_venue_private=False)
    assert VENUE.encode() in public_bytes(client, activity)
    shield = actions.raise_shield(reason="Danger", by=staff)
    said = public_bytes(client, activity)
    assert (VENUE.encode() in said, b"Town centre" in said) == (False, False)
    actions.lower_shield(shield, by=staff)
    assert VENUE.encode() in public_bytes(client, activity)


# --- one activity ---------------------------------------------------------------------------------


def test_an_old_address_leads_to_the_new(client, group):
    activity = plan(group, "Supper")
    response = client.get(f"/welcome/{activity.pk}-old-name/")
    assert response.url == activity.get_absolute_url()
    assert client.get("/welcome/99999999999999999999999-x/").status_code == 404


def test_a_title_without_latin_letters_has_an_address(client, group):
    assert client.get(plan(group, "عشاء مشترك").get_absolute_url()).status_code == 200


def test_the_states_of_an_activity(client, group, coordinator):
    def page(activity):
        return client.get(activity.get_absolute_url()).content.decode()

    activity = plan(group, "Supper", capacity=1)
    assert "I would like to come" in page(activity)
    make.BookingFactory(activity=activity, coming=True)
    assert ("This is full" in page(activity), "Join the waiting list" in page(activity)) == (True, True)
    past = plan(group, "Past", -3)
    assert ("This has taken place" in page(past), "/come/" in page(past)) == (True, False)
    actions.cancel_activity(activity, by=coordinator, reason="The hall has a leak.")
    assert ("The hall has a leak." in page(activity), "/come/" in page(activity)) == (True, False)


# --- for other calendars --------------------------------------------------------------------------


def test_the_feed(client, group, other_group, coordinator):
    supper = plan(group, "Supper; with soup, bread\\butter", about="Line one\nLine two " + "ö" * 100)
    walk = plan(group, "Walk", 5)
    plan(other_group, "Theirs")
    actions.cancel_activity(walk, by=coordinator, reason="Rain")
    raw = client.get(reverse("groups:calendar_ics"), {"group": group.slug}).content
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    first, second = Calendar.from_ical(raw).walk("VEVENT")
    assert (str(first["SUMMARY"]), first["DTSTART"].dt) == (supper.title, supper.starts_at)
    assert "Line one\nLine two" in str(first["DESCRIPTION"])
    assert (str(first["LOCATION"]), str(first["STATUS"])) == ("Town centre", "CONFIRMED")
    assert (str(second["STATUS"]), int(second["SEQUENCE"])) == ("CANCELLED", 1)
    assert b"DTSTART:20260604T120000Z" in raw


def test_a_change_keeps_its_name_and_counts(client, group, coordinator):
    activity = plan(group, "Supper")

    def event():
        return feed(client).walk("VEVENT")[0]

    before = event()
    later = {"starts_at": activity.starts_at + timedelta(days=1), "ends_at": activity.ends_at + timedelta(days=1)}
    actions.change_activity(activity, by=coordinator, **later)
    after = event()
    assert after["UID"] == before["UID"]
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)


def test_the_file_of_who_is_coming_holds_the_place_and_nobody_elses_does(client, group):
    activity = plan(group, "Supper", is_online=True, online_link="https://example.org/room")
    links = {
        state: reverse(
            "groups:booking_ics", args=[actions.booking_token(make.BookingFactory(activity=activity, **how))]
        )
        for state, how in {"coming": {"coming": True}, "waiting": {"waiting": True}, "asked": {}}.items()
    }
    (event,) = Calendar.from_ical(client.get(links["coming"]).content).walk("VEVENT")
    assert (str(event["LOCATION"]), "example.org/room" in str(event["DESCRIPTION"])) == (f"{VENUE}, Town centre", True)
    assert [client.get(links[state]).status_code for state in ("waiting", "asked")] == [410, 410]

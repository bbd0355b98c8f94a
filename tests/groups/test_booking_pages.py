"""The booking form and the page behind the link, and a group's own pages about its activities."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import Activity, Booking, GroupRole
from sanctuary.people import links, tokens
from sanctuary.post.models import Email
from tests import factories as make
from tests.bookings import bookings_of

pytestmark = pytest.mark.django_db
VENUE = "Hidden Hall"


@pytest.fixture
def activity(group):
    soon = timezone.now() + timedelta(days=3)
    times = {"starts_at": soon, "ends_at": soon + timedelta(hours=2)}
    return make.ActivityFactory(group=group, title="Shared supper", venue=VENUE, capacity=3, **times)


def stamp(client, url):
    return re.search(r'name="stamp" value="([^"]+)"', client.get(url).content.decode())[1]


def send(client, activity, *, seconds=5, **answers):
    url = reverse("groups:book", args=[activity.pk, activity.slug])
    given = {"name": "Amira", "email": "amira@example.org", "guests": "0", "stamp": stamp(client, url)}
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        return client.post(url, given | answers)


def link_of(booking):
    return reverse("groups:booking", args=[actions.booking_token(booking)])


# --- the form -------------------------------------------------------------------------------------


def test_book_confirm_see_the_place_change_cancel(client, activity):
    response = send(client, activity, guests="1", access_wish="A ramp")
    assert (response.status_code, Booking.objects.get().state) == (303, "asked")
    page = client.get(response.url).content.decode()
    assert VENUE not in page
    assert "amira" not in page
    path = re.search(r"/welcome/booking/\S+", Email.objects.get().text)[0]
    for _ in range(2):
        assert VENUE not in client.get(path).content.decode()
    assert Booking.objects.get().state == "asked", "looking confirms nothing"
    response = client.post(path, {"do": "confirm"}, follow=True)
    assert VENUE in response.content.decode()
    assert (Booking.objects.get().state, Booking.objects.get().seats) == ("coming", 2)
    assert client.post(path, {"guests": "2"}).status_code == 302
    assert Booking.objects.get().seats == 3
    response = client.post(path, {"guests": "3"})
    assert response.status_code == 422
    assert "There is not enough room" in response.content.decode()
    client.post(path, {"do": "cancel"})
    assert Booking.objects.get().state == "cancelled"
    assert VENUE not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("answers", "seconds", "words"),
    [
        ({"name": ""}, 5, "Enter your name"),
        ({"email": "amira"}, 5, "Enter your email address"),
        ({"guests": "9"}, 5, "Choose how many of you come"),
        ({"access_wish": "x" * 301}, 5, "Use 300 letters or fewer"),
        ({"website": "https://example.org"}, 5, "press the button once more"),
        ({}, 0, "press the button once more"),
        ({"stamp": "forged"}, 5, "press the button once more"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(client, activity, answers, seconds, words):
    response = send(client, activity, seconds=seconds, **{"name": "Amira Kept"} | answers)
    page = response.content.decode()
    assert (response.status_code, Booking.objects.count(), Email.objects.count()) == (422, 0, 0)
    assert words in page
    assert answers.get("name", "Amira Kept") in page


def test_the_form_of_what_takes_no_bookings_leads_to_its_page(client, activity, coordinator):
    actions.cancel_activity(activity, by=coordinator, reason="The hall has a leak.")
    url = reverse("groups:book", args=[activity.pk, activity.slug])
    for ask in (client.get, client.post):
        assert ask(url).url == activity.get_absolute_url()
    assert "The hall has a leak." in client.get(activity.get_absolute_url()).content.decode()


def test_nobody_books_what_is_for_the_team_alone(client, activity):
    Activity.objects.update(is_public=False)
    for name in ("groups:book", "groups:book_asked", "groups:activity", "groups:activity_ics"):
        assert client.get(reverse(name, args=[activity.pk, activity.slug])).status_code == 404


# --- the link -------------------------------------------------------------------------------------


def test_a_link_dies_with_what_we_know(client, activity):
    booking = make.BookingFactory(activity=activity, coming=True)
    path = link_of(booking)
    with time_machine.travel(activity.ends_at + timedelta(days=91)):
        actions.forget_bookings()
        assert client.get(path).status_code == 410
        assert client.post(path, {"do": "cancel"}).status_code == 410
    booking.delete()
    assert client.get(path).status_code == 410


def test_a_link_made_for_another_mailbox_opens_nothing(client, activity):
    booking = make.BookingFactory(activity=activity, coming=True)
    token = tokens.make(actions.BOOKING, booking.pk, links.fingerprint("other@example.org"))
    assert client.get(reverse("groups:booking", args=[token])).status_code == 410


def test_the_page_of_each_state(client, activity, coordinator):
    def heading(booking):
        return re.search(r"<h1>(.*?)</h1>", client.get(link_of(booking)).content.decode())[1]

    asked, coming = make.BookingFactory(activity=activity), make.BookingFactory(activity=activity, coming=True)
    waiting = make.BookingFactory(activity=activity, waiting=True)
    gone = make.BookingFactory(activity=activity, coming=True, state="cancelled")
    assert [heading(each) for each in (asked, coming, waiting, gone)] == [
        "Confirm that you come",
        "You are coming",
        "You are on the waiting list",
        "You are not coming",
    ]
    with time_machine.travel(activity.ends_at + timedelta(hours=1)):
        assert heading(coming) == "This has taken place"
    actions.cancel_activity(activity, by=coordinator, reason="Rain")
    assert heading(coming) == "This is cancelled"


def test_deleting_what_was_never_meant(client, activity):
    booking = make.BookingFactory(activity=activity)
    path = link_of(booking)
    assert "Nothing was booked" in client.post(path, {"do": "cancel"}).content.decode()
    assert Booking.objects.count() == 0
    assert client.post(path, {"do": "cancel"}).status_code == 410


def test_an_old_link_confirms_nothing(client, activity):
    booking = make.BookingFactory(activity=activity, created_at=timezone.now() - timedelta(days=20))
    response = client.post(link_of(booking), {"do": "confirm"})
    assert (response.status_code, "too old" in response.content.decode()) == (422, True)
    assert bookings_of(activity) == {booking.name: "asked"}


# --- the group's own pages ------------------------------------------------------------------------

ANSWERS = {
    "title": "Shared supper",
    "kind": "meal",
    "day": "4/6/2026",
    "start": "6.30pm",
    "end": "20:30",
    "area": "Centre",
    "venue": VENUE,
    "is_venue_private": "on",
    "is_public": "yes",
    "capacity": "12",
}


def manage(name, group, *args):
    return reverse(f"groups:{name}", args=[group.slug, *args])


@time_machine.travel(datetime(2026, 5, 20, tzinfo=UTC), tick=False)
def test_plan_a_series(client, group, coordinator):
    client.force_login(coordinator)
    again = {"repeat": "weekly", "times": "3"}
    response = client.post(manage("activity_new", group), ANSWERS | again, follow=True)
    assert "planned on 3 dates" in response.content.decode()
    starts = [timezone.localtime(activity.starts_at) for activity in Activity.objects.order_by("starts_at")]
    assert [f"{start:%d %b %H:%M}" for start in starts] == ["04 Jun 18:30", "11 Jun 18:30", "18 Jun 18:30"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"title": ""}, "Enter a title"),
        ({"day": "tomorrow"}, "Enter a day"),
        ({"day": "1/6/2020"}, "within the next three years"),
        ({"end": "17:00"}, "The end must be later than the start"),
        ({"start": "noonish"}, "Enter when it starts"),
        ({"repeat": "weekly"}, "Enter the last day or the number of dates"),
        ({"repeat": "weekly", "times": "90"}, "less than or equal to 26"),
        ({"online_link": "javascript:alert(1)"}, "Enter a link"),
        ({"capacity": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_with_a_plan(client, group, coordinator, answers, words):
    client.force_login(coordinator)
    soon = f"{timezone.localdate() + timedelta(days=30):%d/%m/%Y}"
    response = client.post(manage("activity_new", group), ANSWERS | {"day": soon} | answers)
    assert (response.status_code, Activity.objects.count()) == (422, 0)
    assert words in response.content.decode()
    assert f'value="{VENUE}"' in response.content.decode()


def test_edit_and_copy_show_what_is_there(client, group, coordinator, activity):
    client.force_login(coordinator)
    page = client.get(manage("activity_edit", group, activity.pk)).content.decode()
    told = dict(re.findall(r'<input type="\w+" name="(\w+)" value="([^"]*)"', page))
    assert (told["title"], told["venue"], told["capacity"]) == ("Shared supper", VENUE, "3")
    copy = client.get(manage("activity_new", group), {"copy": activity.pk}).content.decode()
    assert f'value="{VENUE}"' in copy
    assert f'value="{timezone.localtime(activity.starts_at):%Y-%m-%d}"' not in copy


def test_a_copy_of_another_groups_activity_is_none(client, group, coordinator, other_group):
    theirs = make.ActivityFactory(group=other_group, venue="Their secret hall")
    client.force_login(coordinator)
    for copied in (theirs.pk, 987654321):
        assert client.get(manage("activity_new", group), {"copy": copied}).status_code == 404


def test_posted_keys_that_are_no_questions_change_nothing(client, group, other_group, coordinator, activity):
    client.force_login(coordinator)
    day = f"{timezone.localtime(activity.starts_at):%d/%m/%Y}"
    more = {"group": other_group.pk, "cancel_reason": "x", "revision": "77", "series": "x", "cancelled_by": "1"}
    url = manage("activity_edit", group, activity.pk)
    assert client.post(url, ANSWERS | {"day": day, "end": "23:30"} | more).status_code == 302
    activity.refresh_from_db()
    assert (activity.group, activity.cancel_reason, activity.series) == (group, "", None)
    assert activity.revision == 1


def test_helpers_see_first_names_and_no_wishes(client, group, coordinator, activity):
    name, wish = "Amira Sur", "A ramp"
    make.BookingFactory(activity=activity, coming=True, name=name, access_wish=wish, email="amira@example.org")
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role=GroupRole.Role.HELPER)
    seen = {}
    for user in (coordinator, helper):
        client.force_login(user)
        page = client.get(manage("activity_bookings", group, activity.pk)).content.decode()
        seen[user] = [text in page for text in ("Amira", name, wish, "amira@example.org")]
    assert seen == {coordinator: [True, True, True, False], helper: [True, False, False, False]}


def test_cancel_asks_why(client, group, coordinator, activity):
    client.force_login(coordinator)
    url = manage("activity_cancel", group, activity.pk)
    assert client.post(url, {"reason": ""}).status_code == 422
    response = client.post(url, {"reason": "The hall has a leak."}, follow=True)
    assert "Cancelled: Shared supper" in response.content.decode()
    activity.refresh_from_db()
    assert activity.is_cancelled


@pytest.mark.parametrize("past", [False, True])
def test_the_list_asks_as_often_for_three_as_for_one(client, group, coordinator, past, django_assert_num_queries):
    client.force_login(coordinator)
    start = timezone.now() + timedelta(days=-9 if past else 9)
    url = manage("activities", group)

    def add():
        made = make.ActivityFactory(group=group, starts_at=start, ends_at=start + timedelta(hours=1))
        make.BookingFactory(activity=made, coming=True)

    add()
    for _ in range(2):
        with django_assert_num_queries(6):
            client.get(url, {"past": "1"} if past else {})
        add(), add()

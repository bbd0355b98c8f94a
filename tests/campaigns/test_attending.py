"""Coming to an event of a call is an act: once for each person, confirmed only, and without entering the register."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from campaigns import actions
from campaigns.actions.attending import who_comes
from campaigns.models import ActionTaken
from groups import actions as bookings
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.people.models import Supporter
from tests import factories
from tests.campaigns.answers import text_of
from tests.race import race

pytestmark = pytest.mark.django_db

ATTEND = "/actions/welcome/attend/"


@pytest.fixture
def call(staff):
    return factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff, slug="welcome"), kind="attend")


@pytest.fixture
def supper(call, group):
    return event_of(call, group)


def event_of(call, group, **fields):
    soon = timezone.now() + timedelta(days=3)
    activity = factories.ActivityFactory(group=group, starts_at=soon, ends_at=soon + timedelta(hours=2), **fields)
    if call:
        call.activities.add(activity)
    return activity


def book(activity, name="Ada Example", email="ada@example.org"):
    asked = bookings.ask_booking(activity, name=name, email=email)
    assert bookings.confirm_booking(asked)
    return asked


def test_page_lists_what_is_to_come_and_says_nothing_of_private_places(client, call, group):
    event_of(call, group, title="Shared supper", venue="Secret Hall")
    event_of(call, group, title="Called off", cancelled_at=timezone.now())
    event_of(call, group, title="Hidden one", is_public=False)
    event_of(None, group, title="Something else")
    shown = text_of(client.get(ATTEND))
    assert [words in shown for words in ("Shared supper", "Called off", "Hidden one", "Something else")] == [
        True,
        False,
        False,
        False,
    ]
    assert "Secret Hall" not in shown


def test_page_without_an_event_leads_to_what_is_near(client, call):
    body = client.get(ATTEND).content.decode()
    assert "Nothing is planned yet" in body
    assert 'href="/welcome/near/"' in body or "calendar" in body


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_six_queries(client, call, group, rows, django_assert_num_queries):
    for _ in range(rows):
        event_of(call, group)
    with django_assert_num_queries(6):
        client.get(ATTEND)


def test_confirmed_booking_is_an_act_of_nobody_by_name(call, supper):
    asked = bookings.ask_booking(supper, name="Ada Example", email="ada@example.org")
    assert not ActionTaken.objects.exists()
    bookings.confirm_booking(asked)
    act = ActionTaken.objects.get()
    assert (act.action, bool(act.confirmed_at), act.supporter) == (call, True, None)
    assert (act.name, act.email, act.postcode, act.shown) == ("", "", "", "")
    assert len(act.person_mac) == 32
    assert not Supporter.objects.exists()


def test_two_events_twice_booked_by_one_person_count_once_and_a_housemate_counts(call, supper, group):
    book(supper)
    book(supper, name="ada  example")
    book(event_of(call, group))
    book(supper, name="Bo Example")
    assert ActionTaken.objects.confirmed().count() == 2


def test_person_we_come_to_know_meanwhile_counts_once(call, supper, group):
    book(supper)
    known = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    book(event_of(call, group))
    assert ActionTaken.objects.count() == 1
    assert held_about(known)["Campaigns you took part in"][0]["Campaign"] == call.campaign.ask


def test_known_person_who_pressed_in_the_mail_is_not_counted_again_for_coming(call, supper):
    known = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    taken = actions.act_from_mail(call, known, None)
    book(supper)
    assert ActionTaken.objects.get() == taken


def test_event_of_no_call_or_of_one_that_rests_counts_nowhere(call, supper, group):
    type(call.campaign).objects.update(state="resting")
    book(supper)
    book(event_of(None, group))
    assert not ActionTaken.objects.exists()


def test_who_cancels_is_not_counted_unless_they_come_to_another(call, supper, group):
    first, second = book(supper), book(event_of(call, group))
    other = book(supper, name="Bo Example")
    bookings.cancel_booking(first)
    assert ActionTaken.objects.count() == 2
    bookings.cancel_booking(second)
    assert ActionTaken.objects.count() == 1
    bookings.cancel_booking(other)
    bookings.confirm_booking(other)
    assert ActionTaken.objects.count() == 1


def test_forgotten_person_is_counted_and_nothing_leads_to_the_act(call, supper, staff):
    known = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    book(supper)
    book(supper, name="Bo Example")
    with travel(supper.ends_at + timedelta(days=1)):
        erase_supporter(known, by=staff)
    assert ActionTaken.objects.count() == 2
    assert ActionTaken.objects.filter(person_mac=b"").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_count_once(call, supper, group):
    first = bookings.ask_booking(supper, name="Ada Example", email="ada@example.org")
    second = bookings.ask_booking(event_of(call, group), name="Ada Example", email="ada@example.org")
    outcomes = race(
        lambda: bookings.confirm_booking(first),
        lambda: bookings.confirm_booking(second),
        after='FROM "campaigns_action"',
    )
    assert [error for error in outcomes if isinstance(error, Exception)] == []
    assert ActionTaken.objects.count() == 1


def test_who_waits_for_a_place_comes_only_once_there_is_one(call, group):
    small = event_of(call, group, capacity=1)
    first = book(small)
    book(small, "Ben Example", "ben@example.org")
    assert ActionTaken.objects.count() == 1
    bookings.cancel_booking(first)
    assert ActionTaken.objects.get().person_mac == who_comes("ben@example.org", "Ben Example")


def test_nobody_comes_to_what_is_called_off(call, group, coordinator, supper):
    book(supper)
    other = event_of(call, group)
    book(other, "Ben Example", "ben@example.org")
    book(supper, "Ben Example", "ben@example.org")
    bookings.cancel_activity(supper, by=coordinator, reason="The roof leaks.")
    assert ActionTaken.objects.get().person_mac == who_comes("ben@example.org", "Ben Example")

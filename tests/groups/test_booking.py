"""Saying that you come: asked of the mailbox, counted once, and forgotten."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from groups import actions, tasks
from groups.models import Booking
from sanctuary.people import actions as people
from sanctuary.people.models import Supporter
from sanctuary.post.models import Email
from tests import factories as make
from tests.bookings import bookings_of
from tests.race import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def activity(group):
    return make.ActivityFactory(
        group=group,
        title="Shared supper",
        venue="Hidden Hall",
        starts_at=SOON,
        ends_at=SOON + timedelta(hours=2),
        online_link="https://example.org/room",
    )


def ask(activity, name="Amira", **fields):
    return actions.ask_booking(activity, name=name, email=f"{name.split()[0].lower()}@Example.org", **fields)


def confirmed(activity, name="Amira", **fields):
    return actions.confirm_booking(ask(activity, name, **fields))


def letters():
    return [(email.to.partition("@")[0], email.kind.partition("/")[2]) for email in Email.objects.order_by("pk")]


# --- asking ---------------------------------------------------------------------------------------


def test_the_asking_letter_holds_nothing_that_was_typed_and_no_venue(activity):
    booking = ask(activity, "Typed Name", guests=2, access_wish="Typed wish")
    (letter,) = Email.objects.all()
    assert (booking.state, letter.to, letter.asks) == ("asked", "typed@example.org", True)
    for text in (letter.subject, letter.text, letter.html):
        assert not re.search("Typed|wish|Hidden Hall|example.org/room", text)
    assert actions.booking_url(booking) in letter.text
    assert activity.bookings.coming().seats() == 0


def test_the_button_pressed_twice_asks_once(activity):
    assert ask(activity) == ask(activity)
    assert letters() == [("amira", "booking_confirm")]


def test_three_asking_letters_a_day_at_most(activity):
    for number in range(5):
        ask(activity, f"Amira {number}")
    assert letters() == 3 * [("amira", "booking_confirm")]


def test_a_mailbox_that_does_not_answer_fills_no_table(activity):
    for number in range(20):
        ask(activity, f"Amira {number}")
    assert activity.bookings.unconfirmed().count() == 5
    assert ask(activity, "Ben").name == "Ben"


def test_nobody_books_what_is_over_cancelled_resting_or_shielded(activity, group, coordinator, staff):
    def refused():
        activity.refresh_from_db()
        with pytest.raises(ValidationError) as error:
            ask(type(activity).objects.get(pk=activity.pk))
        return error.value.code

    with time_machine.travel(SOON + timedelta(hours=3)):
        assert refused() == "closed"
    shield = actions.raise_shield(reason="Danger", by=staff)
    assert refused() == "closed"
    actions.lower_shield(shield, by=staff)
    actions.rest_group(group, by=staff)
    assert refused() == "closed"
    type(group).objects.filter(pk=group.pk).update(status="active")
    actions.cancel_activity(activity, by=coordinator, reason="Rain")
    assert refused() == "closed"
    assert Booking.objects.count() == 0


# --- confirming -----------------------------------------------------------------------------------


def test_confirm_counts_and_tells_the_place(activity):
    booking = confirmed(activity, guests=2)
    assert (booking.state, activity.bookings.coming().seats()) == ("coming", 3)
    letter = Email.objects.get(kind="groups/booking_confirmed")
    assert "Hidden Hall" in letter.text
    assert "https://example.org/room" in letter.text
    assert letter.reply_to == activity.group.mailbox


def test_confirm_twice_is_once(activity):
    booking = ask(activity)
    actions.confirm_booking(booking), actions.confirm_booking(booking)
    assert letters() == [("amira", "booking_confirm"), ("amira", "booking_confirmed")]


def test_nobody_enters_the_register_by_coming_once(activity):
    assert confirmed(activity).supporter is None
    assert Supporter.objects.count() == 0


def test_a_known_supporter_is_linked_once_the_mailbox_has_answered(activity):
    amira = make.SupporterFactory(name="Amira", email="amira@example.org")
    make.SupporterFactory(name="Bilal", email="amira@example.org")
    booking = ask(activity)
    assert booking.supporter is None
    assert actions.confirm_booking(booking).supporter == amira


def test_somebody_else_at_a_shared_mailbox_is_nobody_we_know(activity):
    make.SupporterFactory(name="Bilal", email="amira@example.org")
    assert confirmed(activity).supporter is None


def test_book_again_means_the_new_number(activity):
    first = confirmed(activity)
    again = confirmed(activity, guests=3)
    assert (again.pk, again.guests, activity.bookings.count()) == (first.pk, 3, 1)


def test_two_people_of_one_mailbox_book_both(activity):
    confirmed(activity)
    actions.confirm_booking(actions.ask_booking(activity, name="Bilal", email="amira@example.org"))
    assert bookings_of(activity) == {"Amira": "coming", "Bilal": "coming"}


def test_too_late_to_confirm(activity):
    activity.starts_at += timedelta(days=60)
    activity.ends_at += timedelta(days=60)
    activity.save()
    booking = ask(activity)
    with time_machine.travel(NOW + timedelta(days=15)), pytest.raises(ValidationError) as error:
        actions.confirm_booking(booking)
    assert error.value.code == "too_late"


# --- room -----------------------------------------------------------------------------------------


@pytest.fixture
def small(activity):
    activity.capacity = 2
    activity.save()
    return activity


def test_who_does_not_fit_waits_and_is_told(small):
    confirmed(small, "Amira", guests=1)
    assert confirmed(small, "Bilal").state == "waiting"
    assert letters()[-1] == ("bilal", "booking_waiting")
    assert "Hidden Hall" not in Email.objects.latest("pk").text


@pytest.mark.django_db(transaction=True)
def test_two_people_and_the_last_place(small):
    confirmed(small, "Amira")
    asked = [ask(small, "Bilal"), ask(small, "Clara")]
    race(*[lambda each=each: actions.confirm_booking(each) for each in asked], after='FROM "groups_activity"')
    assert sorted(bookings_of(small).values()) == ["coming", "coming", "waiting"]


def test_a_place_that_is_freed_goes_to_who_waits(small):
    first, second = confirmed(small, "Amira", guests=1), confirmed(small, "Bilal")
    actions.cancel_booking(first), actions.cancel_booking(first)
    second.refresh_from_db()
    assert second.state == "coming"
    assert letters()[-1] == ("bilal", "booking_place")
    assert letters().count(("bilal", "booking_place")) == 1


def test_more_people_than_fit_are_refused_and_fewer_free_a_place(small):
    first, second = confirmed(small, "Amira", guests=1), confirmed(small, "Bilal")
    with pytest.raises(ValidationError) as error:
        actions.change_booking(first, guests=2)
    assert error.value.code == "full"
    actions.change_booking(first, guests=0)
    second.refresh_from_db()
    assert second.state == "coming"


def test_come_after_all(small):
    booking = confirmed(small, "Amira")
    actions.cancel_booking(booking)
    assert actions.confirm_booking(booking).state == "coming"


def test_what_was_never_confirmed_just_goes(activity):
    actions.cancel_booking(ask(activity))
    assert Booking.objects.count() == 0


# --- reminding ------------------------------------------------------------------------------------


def remind():
    Email.objects.all().delete()
    tasks.remind_booked()
    return letters()


def test_remind_the_day_before_and_once(activity):
    confirmed(activity, "Amira"), ask(activity, "Clara")
    actions.cancel_booking(confirmed(activity, "Bilal"))
    with time_machine.travel(SOON - timedelta(hours=25)):
        assert remind() == []
    with time_machine.travel(SOON - timedelta(hours=23)):
        assert remind() == [("amira", "booking_reminder")]
        letter = Email.objects.get()
        assert "Hidden Hall" in letter.text
        assert "/welcome/booking/" in letter.text
        assert remind() == []


def test_no_reminder_of_what_is_cancelled_or_was_booked_on_the_day(activity, coordinator):
    with time_machine.travel(SOON - timedelta(hours=3)):
        confirmed(activity, "Amira")
        assert remind() == []
    actions.cancel_activity(activity, by=coordinator, reason="Rain")
    confirmed_before = make.BookingFactory(activity=activity, coming=True)
    with time_machine.travel(SOON - timedelta(hours=23)):
        assert confirmed_before.state == "coming"
        assert remind() == []


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_ring_at_once_remind_once(activity):
    confirmed(activity, "Amira")
    Email.objects.all().delete()
    with time_machine.travel(SOON - timedelta(hours=23), tick=False):
        sent = race(actions.remind_booked, actions.remind_booked, after='FROM "groups_booking"')
    assert (sorted(sent), letters()) == ([0, 1], [("amira", "booking_reminder")])


def test_who_was_reminded_is_reminded_of_the_new_day(activity, coordinator):
    confirmed(activity, "Amira")
    with time_machine.travel(SOON - timedelta(hours=23)):
        remind()
        later = {"starts_at": SOON + timedelta(days=7), "ends_at": SOON + timedelta(days=7, hours=2)}
        actions.change_activity(activity, by=coordinator, **later)
    with time_machine.travel(SOON + timedelta(days=6, hours=1)):
        assert remind() == [("amira", "booking_reminder")]


# --- forgetting -----------------------------------------------------------------------------------


def test_ninety_days_later_only_numbers_are_left(activity):
    make.SupporterFactory(name="Amira", email="amira@example.org")
    booking = confirmed(activity, guests=2, access_wish="A ramp")
    with time_machine.travel(activity.ends_at + timedelta(days=89)):
        tasks.forget_bookings()
    booking.refresh_from_db()
    assert booking.name == "Amira"
    with time_machine.travel(activity.ends_at + timedelta(days=91)):
        tasks.forget_bookings(), tasks.forget_bookings()
    booking.refresh_from_db()
    assert (booking.name, booking.email, booking.access_wish, booking.supporter) == ("", "", "", None)
    assert (booking.guests, booking.state) == (2, "coming")


@pytest.mark.parametrize("later", [timedelta(days=15), timedelta(days=4)])
def test_what_was_never_confirmed_is_forgotten(activity, later):
    """After 14 days, or once the day is over."""
    if later > timedelta(days=14):
        activity.starts_at, activity.ends_at = SOON + timedelta(days=60), SOON + timedelta(days=61)
        activity.save()
    ask(activity)
    tasks.forget_bookings()
    assert Booking.objects.count() == 1
    with time_machine.travel(NOW + later):
        tasks.forget_bookings()
    assert Booking.objects.count() == 0


def test_erasing_a_person_ends_their_bookings_and_nobody_elses(small):
    amira = make.SupporterFactory(name="Amira", email="amira@example.org")
    make.SupporterFactory(name="Bilal", email="amira@example.org")
    mine = confirmed(small, "Amira", guests=1)
    other = actions.confirm_booking(actions.ask_booking(small, name="Bilal", email="amira@example.org"))
    people.erase_supporter(amira, by="test")
    mine.refresh_from_db(), other.refresh_from_db()
    assert (mine.name, mine.email, mine.state) == ("", "", "cancelled")
    assert (other.name, other.state) == ("Bilal", "coming"), "the freed place went to who waited"


def test_a_group_that_forgets_somebody_forgets_their_bookings_there(activity, other_group):
    amira = make.SupporterFactory(name="Amira", email="amira@example.org")
    elsewhere = make.ActivityFactory(group=other_group, starts_at=SOON, ends_at=SOON + timedelta(hours=2))
    here, there = confirmed(activity), confirmed(elsewhere)
    actions.forget_bookings_of(amira, {amira.email}, group=activity.group)
    here.refresh_from_db(), there.refresh_from_db()
    assert ((here.name, here.state), (there.name, there.state)) == (("", "cancelled"), ("Amira", "coming"))


def test_a_person_may_read_what_they_booked(activity):
    amira = make.SupporterFactory(name="Amira", email="amira@example.org")
    make.SupporterFactory(name="Bilal", email="amira@example.org")
    confirmed(activity, "Amira", access_wish="A ramp")
    actions.confirm_booking(actions.ask_booking(activity, name="Bilal", email="amira@example.org", access_wish="Shh"))
    (row,) = people.held_about(amira)["Activities you booked"]
    assert (row["Name"], row["What helps you"]) == ("Amira", "A ramp")


def test_bookings_move_when_two_entries_become_one_and_back():
    kept, gone = make.SupporterFactory(), make.SupporterFactory()
    activity = make.ActivityFactory(group=make.LocalGroupFactory())
    booking = make.BookingFactory(activity=activity, coming=True, supporter=gone)
    moved = actions.move_bookings(kept, gone)
    booking.refresh_from_db()
    assert booking.supporter == kept
    actions.part_bookings(kept, gone, moved)
    booking.refresh_from_db()
    assert booking.supporter == gone
    assert timezone.now() == NOW

"""From the calendar to a booked place and out again, and a coordinator's series: with JavaScript, and without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Activity, Booking
from tests.browser.test_flows import SECONDS_A_PERSON_NEEDS, fill, heading, letter_to, link_in, press
from tests.browser.visit import right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request):
    return request.param


def test_find_book_confirm_and_cancel(javascript, world, visit):
    activity, hall = world.ours.booked, world.ours.booked.venue
    window = visit(javascript=javascript).go("/welcome/")
    page = window.page
    fill(window, "Your postcode", "LS7 3HJ")
    press(window, "Show what is near me")
    assert page.url.endswith("/welcome/?near=LS7")
    page.get_by_role("link", name=activity.title).first.click()
    page.get_by_role("link", name="I would like to come").click()
    fill(window, "Your name", "Ŵilliam O'Brien")
    fill(window, "Email address", "William@Example.org ")
    page.get_by_label("How many of you?").select_option("1")
    page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)
    press(window, "Continue")
    assert heading(window) == "Now check your email"
    assert hall not in page.content()
    window.go(link_in(letter_to("william@example.org"), "/welcome/booking/"))
    assert hall not in page.content()
    press(window, "Yes, I am coming")
    assert heading(window) == "You are coming"
    assert hall in page.locator("main").inner_text()
    booking = Booking.objects.get(email="william@example.org")
    assert (booking.state, booking.seats, booking.supporter) == ("coming", 2, None)
    right({"axe": window.axe() if javascript else [], "errors": window.errors})
    press(window, "I cannot come")
    assert heading(window) == "You are not coming"
    booking.refresh_from_db()
    assert booking.state == "cancelled"


def test_plan_a_series_and_cancel_what_follows(javascript, world, visit):
    group, day = world.ours.group, timezone.localdate() + timedelta(days=10)
    window = visit(world.ours.coordinator, javascript=javascript).go(f"/manage/{group.slug}/activities/new/")
    page = window.page
    fill(window, "What is it called?", "Knitting for all")
    page.get_by_label("What kind of activity is it?").select_option("craft")
    page.get_by_label("Day", exact=True).fill(f"{day:%Y-%m-%d}")
    page.get_by_label("Starts at").fill("18:00")
    page.get_by_label("Finishes at").fill("20:00")
    page.get_by_label("Every week").check()
    page.get_by_text("If it repeats: until when?").click()
    page.get_by_label(re.compile("how many dates")).fill("3")
    press(window, "Put it in the calendar")
    assert "planned on 3 dates" in page.locator("main").inner_text()
    second = Activity.objects.filter(title="Knitting for all").order_by("starts_at")[1]
    window.go(f"/manage/{group.slug}/activities/{second.pk}/cancel/")
    fill(window, "Why?", "The hall is closed.")
    page.get_by_label("This and all the following dates").check()
    press(window, "Cancel the activity")
    states = [each.is_cancelled for each in Activity.objects.filter(title="Knitting for all").order_by("starts_at")]
    assert states == [False, True, True]

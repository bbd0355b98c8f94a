"""Writing up an activity on a phone, counted in taps and keys.

The time is that of the keystroke-level model (Card, Moran and Newell, 1980) with its standard operators: a key of an
average typist 0.28 s; pointing at something and pressing it, here a tap, 1.10 + 0.10 s; making up one's mind 1.35 s.
A swipe to the next screenful counts as a tap. The loading of pages is measured and added.
"""

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import ActivityLog, Attendance
from tests.browser.visit import right
from tests.logs import DAY, activity_of, helper_of, member_of

pytestmark = pytest.mark.django_db(transaction=True)

TAP, KEY, MIND = 1.20, 0.28, 1.35
MOST_SECONDS = 90
NAMES = (
    *("Amira", "Bea", "Carlos", "Dawit", "Ewa", "Fatima", "Gwen", "Huda", "Ian", "Jamila"),
    *("Kasia", "Leila", "Mo", "Nadia", "Olu", "Priya", "Rosa", "Sam", "Tara", "Umar"),
)


class Hand:
    """A thumb on a phone: does things in the browser, and counts them."""

    def __init__(self, page):
        self.page, self.taps, self.keys, self.minds, self.swipes, self.loading = page, 0, 0, 0, 0, 0.0

    def reach(self, control):
        """Swipe until it is on the screen."""
        box, height = control.bounding_box(), self.page.viewport_size["height"]
        self.swipes += max(0, -(-int(box["y"] + box["height"] - height) // int(height * 0.8)))
        control.scroll_into_view_if_needed()

    def tap(self, control, *, decide=True):
        self.reach(control)
        control.tap()
        self.taps += 1
        self.minds += decide

    def go(self, control):
        """Tap what opens another page."""
        self.reach(control)
        started = time.monotonic()
        with self.page.expect_navigation(wait_until="load"):
            control.tap()
        self.loading += time.monotonic() - started
        self.taps, self.minds = self.taps + 1, self.minds + 1

    def type(self, control, text):
        self.tap(control)
        control.press_sequentially(text)
        self.keys += len(text)

    @property
    def seconds(self) -> float:
        thumb = TAP * (self.taps + self.swipes) + KEY * self.keys + MIND * self.minds
        return thumb + self.loading

    def report(self, what) -> str:
        return (
            f"{what}: {self.taps} taps, {self.keys} keys, {self.swipes} swipes, {self.minds} decisions,"
            f" pages {self.loading:.1f} s, together {self.seconds:.0f} s"
        )


@pytest.fixture
def phone(browser, live_server, visit):
    """A helper's phone: 390 pixels, touch, with scripts or without."""

    windows = []

    def start(user, *, javascript):
        cookie = visit(user, javascript=javascript).page.context.cookies()
        window = browser.new_context(
            viewport={"width": 390, "height": 844},
            java_script_enabled=javascript,
            has_touch=True,
            is_mobile=True,
            base_url=live_server.url,
            locale="en-GB",
        )
        window.set_default_timeout(20_000)
        window.add_cookies(cookie)
        windows.append(window)
        return window.new_page()

    yield start
    for window in windows:
        window.close()


def week_before(group):
    """Twenty regulars, twelve of whom come most, and an activity that waits for its log."""
    members = [member_of(group, f"{name} Surname{number}") for number, name in enumerate(NAMES)]
    for ago, count in ((8, 20), (15, 12), (22, 12)):
        before = activity_of(group, ago=ago * DAY, title="Shared supper")
        for member in members[:count]:
            Attendance.objects.create(activity=before, supporter=member.supporter)
        told = {"total_count": 24, "seeking": "6-10", "contact": "yes", "logged_at": timezone.now()}
        ActivityLog.objects.create(activity=before, **told)
    return activity_of(group, ago=timedelta(hours=5), title="Knitting club")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_twelve_named_and_eight_unnamed_people_in_a_minute_and_a_half(phone, group, javascript, capsys):
    activity, page = week_before(group), phone(helper_of(group), javascript=javascript)
    page.goto(reverse("groups:log", args=[group.slug]), wait_until="load")
    hand = Hand(page)
    hand.tap(page.get_by_text("Knitting club,"))
    hand.go(page.get_by_role("button", name="Go on to who came"))
    for name in NAMES[:12]:
        hand.tap(page.get_by_text(name, exact=True))
    hand.type(page.get_by_label("How many came in total?"), "20")
    hand.tap(page.get_by_text("6 to 10"))
    hand.tap(page.get_by_role("group", name="Did people who had not met").get_by_text("Yes"))
    hand.go(page.get_by_role("button", name="Save", exact=True).last)
    assert page.get_by_role("heading", name="That is everything").is_visible()

    log = ActivityLog.objects.get(activity=activity)
    kept = (log.total_count, log.seeking, log.contact, activity.attendances.count())
    assert kept == (20, "6-10", "yes", 12)
    with capsys.disabled():
        print("\n" + hand.report("12 named and 8 unnamed people"))
    assert (hand.taps, hand.keys) == (18, 2)
    assert hand.swipes <= 6
    assert hand.seconds <= MOST_SECONDS


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_names_are_added_one_by_one_and_enter_saves(phone, group, coordinator, javascript):
    activity, page = activity_of(group), phone(coordinator, javascript=javascript)
    member_of(group, "Bea Wood"), member_of(group, "Sam Taylor")
    page.goto(reverse("groups:who_came", args=[group.slug, activity.pk]), wait_until="load")
    page.get_by_label("Anything to remember?").fill("Bring more chairs")
    page.get_by_label("Add somebody by name").fill("Zelda")
    page.get_by_role("button", name="Add", exact=True).tap()
    page.get_by_role("button", name="Add them as a new person").tap()
    page.get_by_text("Zelda is ticked in the list").wait_for()
    page.get_by_text("Bea", exact=True).tap()
    page.get_by_text("6 to 10").tap()
    page.get_by_text("A little").tap()
    page.get_by_label("How many came in total?").fill("15")
    page.get_by_label("How many came in total?").press("Enter")
    page.get_by_role("heading", name="That is everything").wait_for()
    log = ActivityLog.objects.get(activity=activity)
    assert (log.total_count, log.note) == (15, "Bring more chairs")
    assert set(activity.attendances.values_list("supporter__name", flat=True)) == {"Bea Wood", "Zelda"}


def test_the_list_is_easy_to_hit_and_sound(visit, group, coordinator):
    activity = week_before(group)
    window = visit(coordinator)
    window.resize(390)
    window.go(reverse("groups:who_came", args=[group.slug, activity.pk]))
    rows = window.page.locator(".names label")
    assert rows.count() == 20
    sizes = [rows.nth(number).bounding_box() for number in range(20)]
    assert min(min(box["height"], box["width"]) for box in sizes) >= 44
    right(
        {"axe": window.axe(), "small": window.small_targets(), "wide": window.overflow(), "stopped": window.stopped()}
    )

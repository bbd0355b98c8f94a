"""The one more step in a real browser: a sum that the device does, or a letter where it does none."""

import os
import re

import pytest
from django.conf import settings
from django.urls import reverse

from pledges.models import Pledge
from sanctuary.people.forms import stamped
from sanctuary.people.guard import judging, store
from sanctuary.post.models import Email
from tests.browser.visit import right

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture(autouse=True)
def _crowded(settings, monkeypatch):
    """Everybody is one too many here."""
    settings.FORM_LIMITS = True
    store._Rest.until = 0
    monkeypatch.setattr(judging, "BROWSER", store.Limit(0, 0.01))
    monkeypatch.setattr(stamped, "QUICKEST_SECONDS", 0)


def pledge(page):
    page.goto(reverse("pledges:pledge"))
    page.get_by_label("Your name").fill("Amira Hassan")
    page.get_by_label("Email address").fill("amira@example.org")
    page.get_by_label("No, just count my pledge").check()
    page.get_by_role("button", name="Add my pledge").click()
    page.locator("[data-work]").get_by_role("heading", name="One more step").wait_for()


def look(window, name):
    """In both schemes and at two widths; with PICTURES=folder they are kept to be looked at."""
    page, wrong = window.page, {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 390, 1280):
            window.resize(width)
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{scheme}-{width}.png", full_page=True)
            wrong[f"{scheme} {width} wider than the window"] = window.overflow()
        wrong[f"{scheme} axe"] = window.axe()
    wrong["small targets"] = window.small_targets()
    # The summary says "422", as it does for every error beside a field.
    wrong["console"] = [error for error in window.errors if "422" not in error]
    wrong["strangers"], wrong["policy"] = window.strangers(), window.stopped()
    right(wrong)


def test_the_device_does_a_sum_and_the_button_is_pressed_again(visit):
    window = visit()
    page = window.page
    pledge(page)
    page.wait_for_function("document.activeElement.className === 'error-summary'")
    page.get_by_text("Thank you, that is done. Now press the button again.").wait_for()
    look(window, "step")
    assert page.get_by_label("Your name").input_value() == "Amira Hassan"
    page.locator("form#pledge button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Pledge.objects.get().email == "amira@example.org"
    assert not Email.objects.filter(kind="people/one_more_step").exists()


def test_the_button_waits_while_the_sum_is_done(visit, monkeypatch):
    monkeypatch.setattr("sanctuary.people.guard.puzzle.Puzzle.target", "0" * 16)
    page = visit().page
    pledge(page)
    page.get_by_text("Your device is doing a sum for us").wait_for()
    assert page.locator("form#pledge button").is_disabled()


def test_without_javascript_a_letter_is_the_step(visit):
    page = visit(javascript=False).page
    pledge(page)
    page.get_by_text("We then send you an email").wait_for()
    page.locator("form#pledge button").press("Enter")
    page.get_by_role("heading", name="Open the email we sent you").wait_for()
    assert not Pledge.objects.exists()
    link = re.search(r"http\S+", Email.objects.get().text)[0].removeprefix(settings.PUBLIC_URL)
    page.goto(link)
    page.get_by_role("button", name="Yes, send it").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Pledge.objects.get().name == "Amira Hassan"

"""The main flow in a real browser, without JavaScript: pledge, confirm from the letter, stop the emails."""

import re
import time

import pytest
from django.conf import settings
from django.urls import reverse

from pledges import actions
from pledges.models import Pledge
from sanctuary.people import links
from sanctuary.people.forms import QUICKEST_SECONDS
from sanctuary.people.models import CurrentPermission, Suppression
from sanctuary.post.models import Email

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _words(essentials):
    actions.set_up_pledges()


def link_in(letter):
    return re.search(r"http\S+", letter.text)[0].removeprefix(settings.PUBLIC_URL)


def test_pledge_confirm_and_stop(visit, group):
    page = visit(javascript=False).page
    page.goto(reverse("pledges:pledge") + f"?group={group.slug}")
    page.get_by_label("Your name").fill("Amira Hassan")
    page.get_by_label("Email address").fill("amira@example.org")
    page.get_by_label("Come to an activity").check()
    page.get_by_label("Yes, email me").check()
    time.sleep(QUICKEST_SECONDS)
    page.get_by_role("button", name="Add my pledge").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert not Pledge.objects.confirmed().exists()

    # The page tells the browser to send no Referer, so the form comes with `Origin: null`.
    page.goto(link_in(Email.objects.get()))
    page.get_by_role("button", name="Confirm my pledge").click()
    page.get_by_role("heading", name="Your pledge is confirmed").wait_for()
    pledge = Pledge.objects.confirmed().get()
    assert pledge.group == group

    page.goto(reverse("people:choices", args=[links.choices_token(pledge.supporter_id)]))
    page.get_by_role("button", name="Stop all emails to a***@example.org").click()
    page.get_by_role("heading", name="You will get no more emails").wait_for()
    assert not CurrentPermission.objects.live().exists()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Your emails go on as before").wait_for()
    assert not Suppression.objects.exists()
    assert CurrentPermission.objects.live().count() == 5


def test_pledging_too_fast_needs_one_more_press(visit):
    page = visit(javascript=False).page
    page.goto(reverse("pledges:pledge"))
    page.get_by_label("Your name").fill("Amira Hassan")
    page.get_by_label("Email address").fill("amira@example.org")
    page.get_by_label("No, just count my pledge").check()
    page.get_by_role("button", name="Add my pledge").click()
    if page.get_by_text("Please press the button once more").count():
        time.sleep(QUICKEST_SECONDS)
        page.get_by_role("button", name="Add my pledge").first.click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Pledge.objects.get().wants_email is False


def test_no_address_of_a_key_leaves_in_a_referer(visit, group):
    page = visit(javascript=False).page
    seen = []
    page.on("request", lambda request: seen.append(request.headers.get("referer", "")))
    page.goto(reverse("people:choices", args=[links.choices_token(1)]))
    page.get_by_role("link", name="Find a group near you").click()
    page.wait_for_url("**" + reverse("groups:list"))
    assert seen
    assert not any("/email/" in referer for referer in seen)

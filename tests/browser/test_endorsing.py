"""Endorsing the Declaration in a real browser, with and without JavaScript: from reading it to taking it back."""

import time

import pytest
from django.urls import reverse

from pledges import actions
from pledges.models import Endorsement
from sanctuary.people.forms import QUICKEST_SECONDS
from sanctuary.post.models import Email
from tests.pledges.endorsing import links_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _declaration(essentials):
    actions.set_up_declaration()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_endorse_confirm_be_seen_and_take_it_back(visit, staff, javascript):
    window = visit(javascript=javascript)
    page = window.page
    page.goto(reverse("pledges:declaration"))
    page.get_by_role("link", name="Endorse it").first.click()
    page.get_by_role("button", name="Endorse it").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    if javascript:
        assert window.axe() == []
    page.get_by_label("Your name").fill("Amira Hassan")
    page.get_by_label("Email address").fill("amira@example.org")
    page.get_by_label("My first name and my town").check()
    page.get_by_label("No, just count me").check()
    time.sleep(QUICKEST_SECONDS)
    page.get_by_role("button", name="Endorse it").click()
    page.get_by_text("Open the email we sent to a***@example.org").wait_for()

    confirm, mine = links_in(Email.objects.get())
    page.goto(confirm)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="Your endorsement counts").wait_for()
    if javascript:
        assert window.axe() == []
    actions.approve_endorser_name(Endorsement.objects.confirmed().get(), by=staff)
    page.goto(reverse("pledges:endorsers"))
    assert page.get_by_role("listitem").filter(has_text="Amira").all_text_contents() == ["Amira"]

    page.goto(mine)
    page.get_by_role("button", name="Take my endorsement back").click()
    page.get_by_role("heading", name="does not count any more").wait_for()
    page.goto(reverse("pledges:endorsers"))
    page.get_by_role("heading", name="No names yet").wait_for()
    assert window.strangers() == []

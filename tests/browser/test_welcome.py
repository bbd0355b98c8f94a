"""Greeting new pledgers with a letter, as a coordinator does it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pledges.models import Pledge
from sanctuary.people.models import Permission
from sanctuary.post.models import Email
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page_to_greet(group):
    for name in ("amira", "bilal"):
        person = make.SupporterFactory(name=name.title(), email=f"{name}@example.org")
        make.permit(person, group.controller, Permission.Purpose.ACTIVITIES)
        make.PledgeFactory(group=group, supporter=person, confirmed=True)
    return reverse("pledges:to_greet", args=[group.slug])


def test_ticking_says_how_many_get_the_letter(visit, coordinator, page_to_greet):
    window = visit(coordinator).go(page_to_greet)
    page = window.page
    page.get_by_label("Tick everyone on this page").check()
    expect(page.get_by_role("button", name="Send a welcome to 2 people")).to_be_visible()
    page.get_by_label("Send our welcome to Bilal").uncheck()
    page.get_by_role("button", name="Send a welcome to 1 person").click()
    expect(page.get_by_text("Your welcome is on its way to 1 person.")).to_be_visible()
    assert list(Email.objects.values_list("to", flat=True)) == ["amira@example.org"]
    assert (window.axe(), window.stopped(), window.strangers()) == ([], [], [])


def test_sending_without_javascript(visit, coordinator, page_to_greet):
    page = visit(coordinator, javascript=False).go(page_to_greet).page
    page.get_by_label("Your letter").fill("Come to supper.")
    page.get_by_role("button", name="Send a welcome").click()
    expect(page.get_by_text("Tick at least one person").first).to_be_visible()
    expect(page.get_by_label("Your letter")).to_have_value("Come to supper.")
    page.get_by_label("Send our welcome to Amira").check()
    page.get_by_role("button", name="Send a welcome").click()
    expect(page.get_by_text("Your welcome is on its way to 1 person.")).to_be_visible()
    assert Pledge.objects.to_greet().count() == 1

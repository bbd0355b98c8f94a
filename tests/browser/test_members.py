"""Finding members and taking some off the list as a coordinator does it: with JavaScript and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from groups.models import GroupRole, Membership
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def members(group):
    for name in ("Amira O’Brien", "Bilal Oakes", "Chen Wei"):
        make.MembershipFactory(group=group, supporter=make.SupporterFactory(name=name))
    return reverse("groups:members", args=[group.slug])


def test_list_changes_while_somebody_types(visit, coordinator, members):
    window = visit(coordinator).go(members)
    page, box = window.page, window.page.get_by_role("searchbox", name="Name or email address")
    box.press_sequentially("obr", delay=20)
    expect(page.locator("#live")).to_have_text("1 found")
    expect(page.locator("tbody th")).to_have_text(["Amira O’Brien"])
    expect(box).to_be_focused()
    expect(page).to_have_url(window.home + members + "?q=obr")
    # What came anew works as what was there before.
    page.get_by_label("Tick everyone on this page").check()
    assert page.locator("tbody input:checked").count() == 1
    page.get_by_label("How they came").select_option("imported")
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    assert (window.axe(), window.stopped(), window.strangers()) == ([], [], [])
    assert page.evaluate("localStorage.length") == 0


def test_list_gives_way_to_the_whole_page_when_a_role_has_ended(visit, coordinator, members):
    page = visit(coordinator).go(members).page
    GroupRole.objects.all().delete()
    page.get_by_role("searchbox", name="Name or email address").fill("am")
    expect(page.get_by_role("heading", name="We cannot find that page")).to_be_visible()
    assert "Amira" not in page.content()


def test_finding_and_taking_off_and_putting_back_without_javascript(visit, coordinator, group, members):
    page = visit(coordinator, javascript=False).go(members).page
    page.get_by_role("button", name="Go").click()
    page.get_by_role("link", name="Select at least one person").wait_for()
    page.goto(members + "?q=b")
    page.get_by_role("link", name="Remove filter: “b”").click()
    page.get_by_label("Tick Bilal Oakes").check()
    page.get_by_label("With the people ticked").select_option("remove")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Take 1 person off our list").click()
    page.get_by_text("You took 1 person off your list").wait_for()
    assert sorted(Membership.objects.current().values_list("supporter__name", flat=True)) == [
        "Amira O’Brien",
        "Chen Wei",
    ]
    page.get_by_role("link", name="Put back people taken off").click()
    page.get_by_role("button", name="Put 1 back").click()
    page.get_by_text("1 person back on your list").wait_for()
    assert Membership.objects.current().count() == 3

"""A coordinator and one person, on a phone: a note, two entries made one and parted again, and deleting on request."""

import pytest

from groups.models import Membership, Note
from sanctuary.people.models import Merge
from tests.browser.test_flows import fill, heading, press
from tests.browser.visit import right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_one_person_from_note_to_farewell(javascript, world, visit):
    ours = world.ours
    window = visit(ours.coordinator, javascript=javascript).go(f"/manage/{ours.group.slug}/members/")
    page, name = window.page, ours.member.name
    window.resize(390)
    page.get_by_role("link", name=name, exact=True).click()
    assert heading(window) == name

    fill(window, "Add a note", "Waits for the Home Office, can drive.")
    press(window, "Save note")
    assert page.title().startswith("Error: ")
    assert page.get_by_role("textbox", name="Add a note").input_value() == "Waits for the Home Office, can drive."
    if javascript:
        right({"axe": window.axe()})
    fill(window, "Add a note", "Can drive.")
    press(window, "Save note")
    assert Note.objects.filter(text="Can drive.", written_by=ours.coordinator).exists()

    page.get_by_role("link", name="Compare the two").click()
    page.get_by_role("group", name="Which email address stays?").get_by_role("radio").first.check()
    page.get_by_role("group", name="Which name stays?").get_by_role("radio").first.check()
    press(window, "Make them one person")
    assert "They are one person now" in page.locator("main, .messages").all_inner_texts()[0]
    twin = Merge.objects.open().get(gone__name="Merged", before__gone__name__startswith="Twin")
    assert page.get_by_role("heading", name="Put together with Twin").count() == 1
    page.locator("section", has=page.get_by_role("heading", name="Put together with Twin")).get_by_role(
        "button"
    ).click()
    page.get_by_role("heading", name="Might be the same as Twin").wait_for()
    twin.refresh_from_db()
    assert twin.undone_at is not None

    page.get_by_role("link", name="They asked us to delete what we hold").click()
    assert page.get_by_label("Never email this address").is_checked()
    press(window, "Delete what we hold")
    assert heading(window) == "Members"
    assert page.get_by_role("link", name=name, exact=True).count() == 0
    assert not Membership.objects.filter(supporter=ours.member, group=ours.group).exists()
    assert window.errors == [error for error in window.errors if "422" in error]

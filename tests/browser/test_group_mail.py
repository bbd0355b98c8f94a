"""A coordinator writes to the group on a phone: from a starting point to "Send to 1 person", and back again."""

import pytest

from campaigns.models import Mailing
from sanctuary.people.models import Permission
from sanctuary.post.models import Email
from tests import factories
from tests.browser.test_flows import fill, heading, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_email_my_group(javascript, world, visit, settings):
    settings.MAILING_UNDO_MINUTES = 10
    group, person = world.ours.group, world.ours.coordinator
    for purpose in (Permission.Purpose.NEWS, Permission.Purpose.ACTIVITIES):
        factories.permit(world.ours.member, group.controller, purpose)
    window = visit(person, javascript=javascript).go(f"/manage/{group.slug}/email/")
    page = window.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Write an email").click()
    page.get_by_role("link", name="Our next activities").click()
    assert "Shared supper" in page.get_by_role("textbox", name="Message").input_value()
    fill(window, "Subject", "")
    press(window, "Save and choose who")
    assert page.title().startswith("Error: ")
    assert "Shared supper" in page.get_by_role("textbox", name="Message").input_value()
    fill(window, "Subject", "Supper on Friday")
    press(window, "Save and choose who")
    assert heading(window) == "Who is it for?"
    page.get_by_label("Everyone in our group: 1 will get it").check()
    press(window, "Save and look at it")
    assert page.get_by_role("button", name="Send to 1 person").count() == 0
    frame = page.frame_locator("iframe.phone")
    assert "Shared supper" in frame.locator("body").inner_text()
    press(window, "Send a test to me")
    assert Email.objects.get(kind="campaigns/test").to == person.email
    assert page.url.endswith("#tested")
    assert page.get_by_role("button", name="Send to 1 person").bounding_box()["y"] < 844
    press(window, "Send to 1 person")
    assert heading(window) == "Supper on Friday"
    assert "About 1 person will get it" in page.locator("main").inner_text()
    page.reload()
    press(window, "Undo")
    assert Mailing.objects.get(subject="Supper on Friday").state == Mailing.State.DRAFT
    assert heading(window) == "Look and send"

"""A friend's link: opened, signed through after a mistake, confirmed, and counted for the friend."""

import pytest
from django.utils import timezone

from campaigns.models import ActionTaken
from campaigns.views.done import done_url
from tests.browser.test_flows import SECONDS_A_PERSON_NEEDS, fill, heading, letter_to, link_in, press

pytestmark = pytest.mark.django_db(transaction=True)

# A device that can share, and remembers what it was given.
CAN_SHARE = "navigator.share = given => { window.given = given; return Promise.reject(new Error('closed')); };"


def test_what_comes_through_a_friends_link_counts_for_the_friend(world, visit):
    friend = world.people["supporter"].supporter
    theirs, _ = ActionTaken.objects.get_or_create(action=world.action, supporter=friend)
    ActionTaken.objects.filter(pk=theirs.pk).update(confirmed_at=timezone.now(), share_code="abcdefghjkmn")

    window = visit()
    window.page.add_init_script(CAN_SHARE)
    window.go(done_url(theirs))
    assert heading(window) == "Thank you for adding your name"
    assert window.page.locator("#share ~ .share").get_by_role("button").all_inner_texts() == ["Share", "Copy the link"]
    window.page.get_by_role("button", name="Share").click()
    link = window.page.evaluate("given.url")
    assert link == window.page.locator("#share ~ p a").inner_text()

    plain = visit(javascript=False).go(link[link.index("/actions/") :])
    assert [box.is_visible() for box in plain.page.locator("input[name=with_code]").all()] == [False]
    fill(plain, "Your name", "Ben Friend")
    fill(plain, "Email address", "ben at example")
    plain.page.get_by_label("No, just count my name").check()
    press(plain, "Add my name")
    fill(plain, "Email address", "ben@example.org")
    plain.page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)
    press(plain, "Add my name")
    shared = ActionTaken.objects.confirmed().filter(action__kind="share", supporter=friend)
    assert not shared.exists()
    plain.go(link_in(letter_to("ben@example.org"), "/actions/confirm/"))
    press(plain, "Confirm my name")
    assert shared.count() == 1
    assert plain.page.locator("#share ~ .share").get_by_role("button").all_inner_texts() == []
    assert plain.page.locator("section:has(#next-step) .button--action").count() == 1

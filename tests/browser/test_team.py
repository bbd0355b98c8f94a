"""From a letter to the team, and from the public page to the group's mailbox, in a real browser."""

import re
import time

import pytest
from django.urls import reverse

from groups.models import GroupRole
from tests.browser.test_flows import SECONDS_A_PERSON_NEEDS, fill, heading, letter_to, link_in, press
from tests.conftest import client_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request):
    return request.param


def test_somebody_new_follows_the_letter_signs_in_with_a_code_and_joins_the_team(javascript, world, visit):
    group = world.ours.group
    form = {"email": "amina@example.org", "role": "deputy"}
    client_of(world.ours.coordinator).post(reverse("groups:team", args=[group.slug]), form)
    window = visit(javascript=javascript).go(link_in(letter_to("amina@example.org"), "/manage/invitation/"))
    assert heading(window) == f"Would you help to run {group.name}?"
    press(window, "Send me a code")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", letter_to("amina@example.org"), re.MULTILINE)[1]
    window.page.locator("input[name=code]").fill(code)
    press(window, "Sign in")
    fill(window, "Your name", "Amina Asked")
    press(window, "Yes, I will")
    window.page.wait_for_url(f"**/manage/{group.slug}/**")
    held = GroupRole.objects.get(user__email="amina@example.org")
    assert (held.group, held.role, held.user.name) == (group, GroupRole.Role.DEPUTY, "Amina Asked")


def test_visitor_writes_to_the_group_and_it_is_sent_after_a_press_behind_the_letter(javascript, world, visit):
    group = world.ours.group
    group.mailbox = "office@example.org"
    group.save()
    window = visit(javascript=javascript).go(reverse("groups:detail", args=[group.slug]))
    with window.page.expect_navigation():
        window.page.get_by_role("link", name="Write to the group").click()
    fill(window, "Your name", "Vera")
    fill(window, "Email address", "vera@example.org")
    fill(window, "Your message", "When is the supper?")
    time.sleep(SECONDS_A_PERSON_NEEDS)
    press(window, "Go on")
    assert heading(window) == "One more step: look in your mailbox"
    window.go(link_in(letter_to("vera@example.org"), "/groups/messages/"))
    press(window, "Send my message")
    assert heading(window) == "Your message is on its way"
    assert "When is the supper?" in letter_to("office@example.org")

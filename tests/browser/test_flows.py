"""The main journeys, walked to the end in a real browser: with JavaScript, and without."""

import re

import pytest
from django.conf import settings

from campaigns.models import ActionTaken
from pledges.models import Pledge
from sanctuary.people.models import CurrentPermission, Supporter
from sanctuary.post.models import Email

pytestmark = pytest.mark.django_db(transaction=True)

# A stamped form takes what is sent within this time for a robot's.
SECONDS_A_PERSON_NEEDS = 2.1


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request):
    return request.param


def letter_to(address: str) -> str:
    """The newest letter to somebody, as text. That it is delivered is shown elsewhere."""
    return Email.objects.filter(to=address).latest("pk").text


def link_in(text: str, part: str) -> str:
    """The path of the one address in the letter that holds `part`."""
    (found,) = set(re.findall(rf"{re.escape(settings.PUBLIC_URL)}({part}\S*)", text))
    return found


def press(window, words: str) -> None:
    """Press the first button whose name begins so."""
    with window.page.expect_navigation():
        window.page.get_by_role("button", name=re.compile(f"^{re.escape(words)}")).first.click()


def fill(window, name: str, words: str) -> None:
    window.page.get_by_role("textbox", name=name).first.fill(words)


def heading(window) -> str:
    return window.page.locator("h1").inner_text()


def test_pledge_and_confirm(javascript, world, visit):
    window = visit(javascript=javascript).go(f"/pledge/?group={world.ours.group.slug}")
    page = window.page
    fill(window, "Your name", "Ŵilliam O'Brien")
    fill(window, "Email address", "William@Example.org ")
    fill(window, "Postcode", "ls7 3hj")
    page.get_by_label("Yes, email me").check()
    page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)
    press(window, "Add my pledge")
    assert heading(window) == "Thank you. One last step"
    assert "william@example.org" not in page.content()
    assert Pledge.objects.get(email="william@example.org").confirmed_at is None
    window.go(link_in(letter_to("william@example.org"), "/pledge/confirm/"))
    press(window, "Confirm my pledge")
    assert heading(window) == "Your pledge is confirmed"
    person = Supporter.objects.get(email="william@example.org")
    assert (person.name, person.outward_code) == ("Ŵilliam O'Brien", "LS7")
    assert CurrentPermission.objects.live().filter(supporter=person).exists()
    assert person.pledges.get().group == world.ours.group


def test_pledge_with_mistakes_loses_nothing(javascript, world, visit):
    window = visit(javascript=javascript).go("/pledge/")
    page = window.page
    fill(window, "Your name", "Ada")
    fill(window, "Email address", "ada at example")
    fill(window, "Postcode", "LS7 3HJ")
    press(window, "Add my pledge")
    assert page.title().startswith("Error: ")
    assert page.get_by_role("textbox", name="Your name").input_value() == "Ada"
    assert page.get_by_role("textbox", name="Email address").input_value() == "ada at example"
    assert page.get_by_role("textbox", name="Postcode").input_value() == "LS7 3HJ"
    page.locator(".error-summary a, [data-focus] a").first.click()
    assert Pledge.objects.filter(name="Ada").count() == 0


def test_sign_and_confirm(javascript, world, visit):
    window = visit(javascript=javascript).go(world.campaign.get_absolute_url())
    page = window.page
    fill(window, "Your name", "Zoë Signer")
    fill(window, "Email address", "zoe@example.org")
    page.get_by_label("No, just count my name").check()
    page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)
    press(window, "Add my name")
    assert heading(window) == "Now check your email"
    window.go(link_in(letter_to("zoe@example.org"), "/actions/confirm/"))
    press(window, "Confirm my name")
    taken = ActionTaken.objects.confirmed().get(supporter__email="zoe@example.org")
    assert taken.action == world.action
    assert not CurrentPermission.objects.live().filter(supporter=taken.supporter).exists()


def test_sign_from_a_mailing_with_one_press(javascript, world, visit):
    ActionTaken.objects.filter(supporter=world.people["supporter"].supporter).delete()
    window = visit(javascript=javascript).go(f"/actions/{world.campaign.slug}/m/{world.tokens['from_mail']}/")
    assert ActionTaken.objects.filter(supporter=world.people["supporter"].supporter).count() == 0
    press(window, "Add my name")
    taken = ActionTaken.objects.get(supporter=world.people["supporter"].supporter)
    assert (taken.mailing, taken.confirmed_at is not None) == (world.mailing, True)


def test_stop_emails_and_think_again(javascript, world, visit):
    person = world.ours.pledge.supporter
    window = visit(javascript=javascript).go("/email/")
    fill(window, "Email address", person.email)
    window.page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)
    press(window, window.page.locator("main form button").inner_text())
    window.go(link_in(letter_to(person.email), "/email/"))
    press(window, "Stop all emails")
    assert heading(window) == "You will get no more emails"
    assert not CurrentPermission.objects.live().filter(supporter=person).exists()
    press(window, "Undo")
    assert CurrentPermission.objects.live().filter(supporter=person).exists()


def test_find_my_group(javascript, world, visit):
    window = visit(javascript=javascript).go("/")
    fill(window, "Your postcode", "LS7 3HJ")
    press(window, "Find my group")
    assert window.page.url.endswith("/groups/near/LS7/")
    assert "3HJ" not in window.page.content().upper()
    assert world.ours.group.name in window.page.locator("main").inner_text()


def test_coordinator_signs_in_with_a_code_and_greets_a_pledger(javascript, world, visit):
    user, pledge = world.ours.coordinator, world.ours.pledge
    window = visit(javascript=javascript).go("/accounts/login/")
    page = window.page
    page.locator("#id_email").fill(user.email)
    press(window, "Send me a code")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", letter_to(user.email), re.MULTILINE)[1]
    page.locator("input[name=code]").fill(code)
    press(window, "Sign in")
    page.wait_for_url(f"**/manage/{world.ours.group.slug}/today/")
    window.go(f"/manage/{world.ours.group.slug}/pledgers/")
    assert pledge.supporter.name in page.locator("main").inner_text()
    press(window, "Mark as greeted")
    pledge.refresh_from_db()
    assert pledge.greeted_by == user
    assert page.get_by_role("button", name=re.compile("Mark as greeted")).count() == 0

"""Signing with a name that is shown, and an organisation that joins: with and without JavaScript, in both schemes."""

import re

import pytest

from campaigns.models import ActionTaken
from tests.browser.test_flows import SECONDS_A_PERSON_NEEDS, fill, heading, letter_to, link_in, press
from tests.browser.visit import right

pytestmark = pytest.mark.django_db(transaction=True)


def looked_at(window, step: str) -> dict[str, list[str]]:
    """Every fault of the page as it stands, in both schemes."""
    found = {}
    for scheme in ("light", "dark"):
        window.page.emulate_media(color_scheme=scheme)
        found[f"{step}, {scheme}"] = window.axe()
    return found


def wait(window) -> None:
    window.page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_sign_and_be_shown_then_an_organisation_joins(javascript, world, visit):
    window = visit(javascript=javascript).go(f"/actions/{world.campaign.slug}/sign/?from=library-poster")
    page, faults = window.page, {}
    fill(window, "Your name", "Zoë Signer")
    fill(window, "Email address", "zoe at example")
    page.get_by_label("No, just count my name").check()
    press(window, "Add my name")
    faults |= looked_at(window, "sign with a mistake") if javascript else {}
    assert page.get_by_role("textbox", name="Your name").input_value() == "Zoë Signer"
    fill(window, "Email address", "zoe@example.org")
    wait(window)
    press(window, "Add my name")
    window.go(link_in(letter_to("zoe@example.org"), "/actions/confirm/"))
    page.get_by_text("Show my name in public").click()
    page.get_by_label("First name and town").check()
    faults |= looked_at(window, "confirm") if javascript else {}
    press(window, "Confirm my name")
    assert "You are named in public as Zoë" in page.locator("main").inner_text()
    faults |= looked_at(window, "thanks") if javascript else {}

    window.go(f"/actions/{world.campaign.slug}/names/")
    names = page.locator("main li strong").all_inner_texts()
    assert sorted(names) == ["Shona", "Zoë"]
    faults |= looked_at(window, "names") if javascript else {}
    window.go(link_in(letter_to("zoe@example.org"), "/actions/name/"))
    faults |= looked_at(window, "my name") if javascript else {}
    press(window, "Take the name off")
    assert "counted, and not named" in page.locator("main").inner_text()

    right(faults | join(window, world.campaign, javascript=javascript))
    joined = ActionTaken.objects.confirmed().get(supporter__name="Ash Tree School")
    assert (joined.kind, joined.shown, joined.name_checked_at) == ("organisation", "full", None)


def join(window, campaign, *, javascript) -> dict[str, list[str]]:
    """An organisation joins, after a mistake."""
    page = window.go(f"/actions/{campaign.slug}/join/").page
    fill(window, "Name of the organisation", "Ash Tree School")
    page.get_by_label(re.compile("What kind of organisation")).select_option("school")
    press(window, "Continue")
    assert heading(window) == "About you"
    press(window, "Add our name")
    faults = looked_at(window, "join with mistakes") if javascript else {}
    fill(window, "Your name", "Connie Contact")
    fill(window, "Work email address", "office@ash.example.org")
    page.get_by_label("I can speak for this organisation").check()
    page.get_by_label("Yes, name us").check()
    page.get_by_label("No, just count us").last.check()
    wait(window)
    press(window, "Add our name")
    assert heading(window) == "Now check your email"
    window.go(link_in(letter_to("office@ash.example.org"), "/actions/confirm/"))
    press(window, "Confirm our name")
    return faults

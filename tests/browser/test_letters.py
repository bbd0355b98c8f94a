"""A letter to an MP in a real browser: with JavaScript and axe on every step, and without JavaScript to the end."""

import re
import time

import pytest
from django.urls import reverse

from campaigns.actions import reminding, writing
from campaigns.forms.writing import LONGEST_LETTER
from campaigns.models import ActionTaken, LetterDraft, LocalFact
from sanctuary.people import tokens
from sanctuary.people.forms import QUICKEST_SECONDS
from tests import factories
from tests.browser.visit import right
from tests.letters import asked, seat

pytestmark = pytest.mark.django_db(transaction=True)

OWN = "My neighbour Selam was a midwife for eleven years. I would be glad if our town hall welcomed her. Will you?"


@pytest.fixture
def action(staff):
    action = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff), kind="write", statement="")
    place = seat("LS7 3HJ", name="Leeds Made-up Central")
    LocalFact.objects.create(ask=asked(action), constituency_code=place.code, text="Nine desks here.", source="Made up")
    return action


def look(visit, where):
    """Everything that must be right on each step, in both lights and on both screens."""
    page, found = visit.page, {}
    for width in (390, 1280):
        visit.resize(width)
        found[f"{where} at {width}: wider than its window"] = visit.overflow()
    visit.resize(390)
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        found[f"{where}, {light}"] = visit.axe()
    found |= {f"{where}: small": visit.small_targets(), f"{where}: strangers": visit.strangers()}
    right(found | {f"{where}: policy": visit.stopped()})


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def _find_the_reader(visit, action):
    page = visit.page
    visit.go(reverse("campaigns:detail", args=[action.campaign.slug]))
    press(page, "Find my MP")
    page.get_by_role("heading", name="There is a problem").wait_for()
    look(visit, "start with an error")
    page.get_by_label("Your postcode").fill("ls73hj")
    time.sleep(QUICKEST_SECONDS)
    press(page, "Find my MP")
    page.get_by_role("heading", name="Your MP is Jane Example").wait_for()
    look(visit, "who")
    press(page, "Write to Jane Example")
    page.get_by_text("Nine desks here.").wait_for()
    look(visit, "write")
    right({"not marked or not seen": [stop for stop in visit.tab_through() if not (stop["marked"] and stop["seen"])]})


def test_letter_with_every_step_looked_at(visit, action):
    visit = visit()
    page = visit.page
    _find_the_reader(visit, action)
    press(page, "Check my letter")
    page.get_by_role("heading", name="There is a problem").wait_for()
    page.wait_for_function("document.activeElement.className === 'error-summary'")
    look(visit, "write with errors")
    page.get_by_label("Your letter").fill("Dear Jane Example,\n\n" + " ".join(asked(action).prompts))
    page.get_by_label("Your name").fill("Ada Example")
    page.get_by_label("Your address").fill("1 Example Street\nLeeds")
    press(page, "Check my letter")
    page.get_by_role("heading", name="This looks like other letters").wait_for()
    look(visit, "check with the nudge")
    page.get_by_role("link", name="Edit my letter").first.click()
    page.get_by_label("Your letter").fill(f"Dear Jane Example,\n\n{OWN}")
    press(page, "Check my letter")
    look(visit, "check")
    page.get_by_role("link", name="Go on to send it").click()
    page.get_by_role("heading", name="Send your letter").wait_for()
    look(visit, "send")
    _ways_out(visit, action)
    _remind_and_come_back(visit)
    page.get_by_role("link", name="Clear this from here").click()
    look(visit, "clear")
    press(page, "Clear my letter")
    page.get_by_role("heading", name="Your letter is cleared").wait_for()
    look(visit, "cleared")
    assert LetterDraft.objects.count() == 0
    page.go_back()
    page.reload()
    page.get_by_role("heading", name="This letter is no longer here").wait_for()
    look(visit, "gone")


def _ways_out(visit, action):
    """Email app, copy, WriteToThem and paper; and what the next site is told: nothing."""
    page = visit.page
    link = page.get_by_role("link", name="Open in my email app").get_attribute("href")
    assert link.startswith("mailto:jane@example.org?subject=")
    assert "Selam%20was%20a%20midwife" in link
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Copy the letter")
    page.get_by_text("Letter copied").wait_for()
    assert OWN in page.evaluate("navigator.clipboard.readText()")
    told = []
    page.context.route(
        "https://www.writetothem.com/**", lambda route: (told.append(route.request), route.fulfill(body=""))
    )
    page.get_by_role("link", name="Go to WriteToThem").click()
    page.wait_for_url("https://www.writetothem.com/**")
    assert "pc=LS7+3HJ&a=westminstermp&message_type=campaigning" in told[0].url
    assert "referer" not in told[0].all_headers()
    page.go_back()
    visit.requests.clear()
    longest = f"Dear Jane Example,\n\n{OWN}" + ("\n\n" + "We meet and eat and talk about it. " * 12) * 7
    writing.change_letter(LetterDraft.objects.get(), text=longest[:LONGEST_LETTER])
    page.get_by_role("link", name="Print it").click()
    page.get_by_role("button", name="Print").wait_for()
    look(visit, "print")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Print your letter").is_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to the other ways").click()


def _remind_and_come_back(visit):
    page = visit.page
    page.get_by_role("link", name="Remind me tomorrow").click()
    look(visit, "remind")
    page.get_by_label("Email address").fill("ada@example.org")
    time.sleep(QUICKEST_SECONDS)
    press(page, "Remind me")
    page.get_by_role("heading", name="Your letter waits for you").wait_for()
    look(visit, "reminded")
    draft = LetterDraft.objects.get()
    visit.go(reverse("campaigns:letter_back", args=[tokens.make(reminding.BACK, draft.pk)]))
    look(visit, "back")
    page.get_by_label("Your postcode").fill("LS7 3HJ")
    press(page, "Open my letter")
    page.get_by_text("Selam was a midwife").wait_for()
    page.get_by_role("link", name="Edit my letter").click()


def test_letter_without_javascript_to_the_end(visit, action):
    visit = visit(javascript=False)
    page = visit.page
    page.goto(reverse("campaigns:detail", args=[action.campaign.slug]))
    page.get_by_label("Your postcode").fill("LS7 3HJ")
    time.sleep(QUICKEST_SECONDS)
    press(page, "Find my MP")
    press(page, "Write to Jane Example")
    page.get_by_label("Your letter").fill(f"Dear Jane Example,\n\n{OWN}")
    page.get_by_label("Your name").fill("Ada Example")
    page.get_by_label("Your address").fill("1 Example Street")
    press(page, "Check my letter")
    page.get_by_role("link", name="Go on to send it").click()
    assert page.get_by_role("button", name="Copy the letter").is_hidden()
    assert OWN in page.get_by_label("Your letter, to copy").input_value()
    press(page, "I have sent it")
    press(page, "Count my letter")
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert page.get_by_label("Your name").input_value() == "Ada Example"
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("No, just count my letter").check()
    time.sleep(QUICKEST_SECONDS)
    press(page, "Count my letter")
    page.get_by_role("heading", name="Now check your email").wait_for()
    assert (ActionTaken.objects.get().email, LetterDraft.objects.count()) == ("ada@example.org", 0)

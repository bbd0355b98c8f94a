"""A partner's box, walked to the end in a real browser: ticked, confirmed, listed, and taken back."""

import pytest

from campaigns import actions
from campaigns.models import PartnerYes
from sanctuary.people import links
from tests.browser.test_flows import SECONDS_A_PERSON_NEEDS, fill, heading, letter_to, link_in, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_box_is_ticked_confirmed_listed_and_taken_back(javascript, world, visit):
    link = world.campaign.partners.get()
    window = visit(javascript=javascript).go(f"{world.campaign.get_absolute_url()}?from=library-poster")
    page = window.page
    box = page.get_by_role("checkbox", name=link.partner.question)
    assert not box.is_checked(), "nobody has said yes for them"
    box.check()
    press(window, "Add my name")
    assert page.title().startswith("Error: ")
    assert page.get_by_role("checkbox", name=link.partner.question).is_checked(), "the tick was lost by an error"
    if javascript:
        assert window.axe() == []
    fill(window, "Your name", "Ada Example")
    fill(window, "Email address", "ada@example.org")
    page.get_by_label("No, just count my name").check()
    page.wait_for_timeout(SECONDS_A_PERSON_NEEDS * 1000)
    press(window, "Add my name")
    assert not PartnerYes.objects.exists()
    window.go(link_in(letter_to("ada@example.org"), "/actions/confirm/"))
    press(window, "Confirm")
    yes = PartnerYes.objects.live().select_related("supporter").get()
    assert (yes.link, yes.supporter.email) == (link, "ada@example.org")
    assert actions.find_source(world.campaign, "library-poster").acts.confirmed().get().supporter == yes.supporter
    window.go(f"/email/{links.choices_token(yes.supporter_id)}/")
    press(window, f"Do not tell {link.partner}")
    assert heading(window) == "Your email choices"
    assert not PartnerYes.objects.live().exists()
    assert page.get_by_role("button", name=f"Do not tell {link.partner}").count() == 0

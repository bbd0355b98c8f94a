"""One's own link: what came through it counts for the person who shared, once, and never for oneself."""

import json
import re

import pytest
from django.utils import timezone

from campaigns import actions
from campaigns.models import ActionTaken, Campaign
from campaigns.views.done import done_url
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.people.address import mac
from sanctuary.people.models import Supporter
from tests import factories as make
from tests.campaigns.answers import signature
from tests.race import race

pytestmark = pytest.mark.django_db

CAMPAIGNS = "Campaigns you took part in"
GOOD = signature(name="Ben Example", email="ben@example.org")


@pytest.fixture
def sign(campaign):
    make.ActionFactory(campaign=campaign, kind="share", statement="", rank=1)
    return campaign.actions.get(kind="sign")


@pytest.fixture
def ada(sign):
    """She signed, and has her link."""
    return act(sign, "Ada Example", "ada@example.org")


def act(action, name, email, code="", *, confirm=True):
    taken = actions.start_act(action, name=name, email=email, with_code=code, wants_email=False)
    return actions.confirm_action(taken) if confirm else taken


def shares() -> list[str]:
    """Who passed it on, as it counts."""
    found = ActionTaken.objects.confirmed().filter(action__kind="share").order_by("pk")
    return [taken.supporter.email for taken in found]


def test_a_link_is_given_when_an_act_counts_and_says_nothing_about_the_person(client, sign):
    waiting = act(sign, "Ada Example", "ada@example.org", confirm=False)
    assert waiting.share_code is None
    ada, ben = actions.confirm_action(waiting), act(sign, "Ben Example", "ben@example.org")
    codes = [ada.share_code, ben.share_code]
    assert all(re.fullmatch("[a-hj-km-np-z2-9]{12}", code) for code in codes)
    assert len(set(codes)) == 2
    assert actions.confirm_action(ada).share_code == ada.share_code
    link = f"http://127.0.0.1:8000{sign.campaign.get_absolute_url()}?with={ada.share_code}"
    shown = client.get(done_url(ada)).text
    assert f'<a href="{link}">{link}</a>' in shown
    assert "we count that you passed it on" in shown


def test_a_link_is_given_to_who_acts_from_an_email_too_even_who_acted_before(sign, staff):
    mailing = make.MailingFactory(campaign=sign.campaign, author=staff)
    person, early = make.SupporterFactory(email="one@example.org"), make.SupporterFactory(email="two@example.org")
    assert actions.act_from_mail(sign, person, mailing).share_code
    old = make.ActionTakenFactory(action=sign, supporter=early, confirmed_at=timezone.now())
    code = actions.act_from_mail(sign, early, mailing).share_code
    assert code
    assert actions.act_from_mail(sign, early, mailing).share_code == code
    assert ActionTaken.objects.get(pk=old.pk).share_code == code


def test_thanks_for_nobody_in_particular_share_the_plain_link(client, sign, ada):
    shown = client.get(f"{sign.campaign.get_absolute_url()}done/").text
    assert "?with=" not in shown
    assert ada.share_code not in shown


def test_who_comes_through_a_link_counts_for_the_sharer_once_and_only_when_confirmed(client, sign, ada):
    address = f"{sign.campaign.get_absolute_url()}?with={ada.share_code}"
    form = client.get(address).text
    assert re.search(rf'name="with_code" value="{ada.share_code}"', form)
    sent = client.post(address, GOOD | {"with_code": ada.share_code})
    assert sent.status_code == 302
    waiting = ActionTaken.objects.get(confirmed_at=None)
    assert (waiting.via, shares()) == (ada, [])
    actions.confirm_action(waiting)
    assert shares() == ["ada@example.org"]
    act(sign, "Cleo Example", "cleo@example.org", ada.share_code)
    assert shares() == ["ada@example.org"]
    share = ActionTaken.objects.get(action__kind="share")
    assert (share.kind, share.name, share.email, share.share_code) == ("person", "", "", None)
    assert Entry.objects.about(share).values_list("verb", "actor").get() == (
        "campaigns.act",
        f"supporter:{ada.supporter.pk}",
    )


@pytest.mark.parametrize(
    ("name", "email"),
    [("Ada Example", "ada@example.org"), ("Bea Example", "ada@example.org"), ("Bea Example", " ADA@Example.org")],
)
def test_nobody_shares_with_their_own_mailbox(sign, ada, name, email):
    write = make.ActionFactory(campaign=sign.campaign, kind="write", rank=2)
    assert act(write, name, email, ada.share_code).via is None
    assert shares() == []


def test_a_sharer_who_has_moved_to_that_mailbox_since_does_not_count(sign, ada):
    waiting = act(sign, "Ben Example", "ben@example.org", ada.share_code, confirm=False)
    Supporter.objects.filter(pk=ada.supporter_id).update(email="ben@example.org", email_mac=mac("ben@example.org"))
    actions.confirm_action(waiting)
    assert shares() == []


@pytest.mark.parametrize("odd", ["", "nobodys2code", "'; --", "x" * 200, "\0", "https://example.org"])
def test_an_odd_code_stops_nobody(client, sign, ada, odd):
    assert client.get(sign.campaign.get_absolute_url(), {"with": odd}).status_code == 200
    assert client.post(sign.campaign.get_absolute_url(), GOOD | {"with_code": odd}).status_code == 302
    waiting = ActionTaken.objects.get(confirmed_at=None)
    assert waiting.via is None


def test_a_code_of_another_campaign_or_of_an_unconfirmed_act_is_nobodys(sign, ada, staff):
    other = make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
    make.ActionFactory(campaign=other.campaign, kind="share", statement="", rank=1)
    assert act(other, "Ben Example", "ben@example.org", ada.share_code).via is None
    make.ActionTakenFactory(action=sign, supporter=make.SupporterFactory(), share_code="notyet222222")
    assert act(sign, "Cleo Example", "cleo@example.org", "notyet222222").via is None
    assert shares() == []


def test_where_a_campaign_does_not_ask_it_only_the_way_is_kept(campaign):
    sign = campaign.actions.get()
    ada = act(sign, "Ada Example", "ada@example.org")
    assert act(sign, "Ben Example", "ben@example.org", ada.share_code).via == ada
    assert shares() == []


def test_who_is_forgotten_has_no_link_any_more(sign, ada):
    waiting = act(sign, "Ben Example", "ben@example.org", ada.share_code, confirm=False)
    held = held_about(ada.supporter)[CAMPAIGNS]
    assert [row["The end of your own link"] for row in held] == [ada.share_code]
    erase_supporter(ada.supporter, by="clock")
    assert ActionTaken.objects.get(pk=ada.pk).share_code is None
    ben = actions.confirm_action(waiting)
    assert not ActionTaken.objects.filter(action__kind="share").exists()
    assert act(sign, "Cleo Example", "cleo@example.org", ada.share_code).via is None
    assert [row["Through a link that somebody shared"] for row in held_about(ben.supporter)[CAMPAIGNS]] == ["Yes"]


def test_a_resting_campaign_offers_no_link(client, sign, ada):
    Campaign.objects.update(state="resting")
    shown = client.get(done_url(ada)).text
    assert "Thank you for adding your name" in shown
    assert ada.share_code not in shown


@pytest.mark.django_db(transaction=True)
def test_two_friends_at_once_are_one_share(essentials, staff):
    sign = make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
    make.ActionFactory(campaign=sign.campaign, kind="share", statement="", rank=1)
    ada = act(sign, "Ada Example", "ada@example.org")
    waiting = [act(sign, name, f"{name}@example.org", ada.share_code, confirm=False) for name in ("ben", "cleo")]
    done = race(
        *[lambda each=each: actions.confirm_action(each) for each in waiting], after='FROM "campaigns_action" WHERE'
    )
    assert [type(each) for each in done] == [ActionTaken, ActionTaken]
    assert shares() == ["ada@example.org"]


def test_a_merge_that_is_undone_gives_the_link_and_the_place_back(sign, ada):
    twin = act(sign, "Ada E. Example", "ada.e@example.org")
    ActionTaken.objects.filter(pk=twin.pk).update(constituency_code="E14001234")
    before = ActionTaken.objects.filter(pk=twin.pk).values("share_code", "constituency_code").get()
    moved = actions.move_acts(ada.supporter, twin.supporter)
    assert not ActionTaken.objects.filter(pk=twin.pk).exists()
    actions.move_acts_back(ada.supporter, twin.supporter, moved)
    assert ActionTaken.objects.filter(pk=twin.pk).values("share_code", "constituency_code").get() == before


def test_whom_a_double_act_brought_stays_with_its_person_through_a_merge_and_back(sign, ada):
    cleo = act(sign, "Cleo Example", "cleo@example.org")
    twin = act(sign, "Ada E. Example", "ada.e@example.org", cleo.share_code)
    ben = act(sign, "Ben Example", "ben@example.org", twin.share_code)
    brought = ActionTaken.objects.filter(pk__in=[ben.pk, twin.pk]).order_by("pk").values_list("pk", "via")
    before = list(brought.all())
    moved = json.loads(json.dumps(actions.move_acts(ada.supporter, twin.supporter)))
    assert list(brought.all()) == [(ben.pk, ada.pk)]
    actions.move_acts_back(ada.supporter, twin.supporter, moved)
    assert list(brought.all()) == before

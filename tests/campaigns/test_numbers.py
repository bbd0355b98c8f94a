"""The numbers of a campaign: true at every moment, each person once, and none so small that it singles somebody out."""

import re
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.models import Action, ActionTaken, Campaign, Tally, numbers
from campaigns.templatetags.acts import ordinal
from campaigns.views.done import done_url
from sanctuary.people.actions import erase_supporter
from sanctuary.people.models import Supporter
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

LEEDS, YORK = "E14001234", "E14005678"


@pytest.fixture
def action(campaign):
    return campaign.actions.get()


@pytest.fixture
def leeds():
    return make.ConstituencyFactory(code=LEEDS, name="Leeds Example")


def took(action, count, code="", *, confirmed=True, **fields):
    """So many acts by nobody we know, a second after one another."""
    now = timezone.now() - timedelta(hours=1)
    rows = [
        ActionTaken(
            action=action,
            constituency_code=code,
            confirmed_at=now + timedelta(seconds=number) if confirmed else None,
            **fields,
        )
        for number in range(count)
    ]
    return ActionTaken.objects.bulk_create(rows)


def tallies() -> dict:
    """Sums by action and place, as the rows say."""
    rows = Tally.objects.order_by().values_list("action", "constituency_code").annotate(number=Sum("number"))
    return {(action, code): number for action, code, number in rows if number}


def counted() -> dict:
    """The same, counted anew."""
    found = {}
    for action, code in ActionTaken.objects.confirmed().values_list("action", "constituency_code"):
        for place in {"", code}:
            found[action, place] = found.get((action, place), 0) + 1
    return found


def page(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())


# --- added up ---------------------------------------------------------------------------------------


def test_whatever_happens_to_acts_the_sum_is_the_count(action):
    write = make.ActionFactory(campaign=action.campaign, kind="write", rank=1)
    waiting, *_ = took(action, 2, LEEDS, confirmed=False)
    assert tallies() == {}
    took(action, 3, LEEDS)
    took(write, 2)
    ActionTaken.objects.filter(pk=waiting.pk).update(confirmed_at=timezone.now())
    assert tallies() == counted() == {(action.pk, ""): 4, (action.pk, LEEDS): 4, (write.pk, ""): 2}
    ActionTaken.objects.filter(pk=waiting.pk).update(constituency_code=YORK)
    ActionTaken.objects.filter(action=write).update(action=action)
    ActionTaken.objects.confirmed().filter(constituency_code=LEEDS).first().delete()
    assert tallies() == counted() == {(action.pk, ""): 5, (action.pk, LEEDS): 2, (action.pk, YORK): 1}
    ActionTaken.objects.filter(constituency_code=YORK).update(confirmed_at=None)
    assert tallies() == counted() == {(action.pk, ""): 4, (action.pk, LEEDS): 2}


def test_adding_up_makes_one_row_of_many_and_changes_no_number(action):
    for _ in range(3):
        took(action, 2, LEEDS)
    gone = took(action, 1, YORK)[0]
    gone.delete()
    before = tallies()
    for _ in range(2):
        actions.add_up_tallies()
        assert tallies() == before == {(action.pk, ""): 6, (action.pk, LEEDS): 6}
        assert Tally.objects.count() == 2


def test_an_action_that_is_deleted_leaves_no_sum_behind(action, staff):
    other = make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
    took(action, 3, LEEDS)
    took(other, 2)
    Action.objects.get(pk=action.pk).delete()
    assert tallies() == {(other.pk, ""): 2}


@pytest.mark.django_db(transaction=True)
def test_two_acts_and_two_clocks_at_once_lose_nothing(essentials, staff):
    action = make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
    took(action, 2, LEEDS)
    took(action, 2, LEEDS)
    race(lambda: took(action, 1, LEEDS), lambda: took(action, 1, LEEDS), after='INTO "campaigns_actiontaken"')
    race(actions.add_up_tallies, actions.add_up_tallies, after="campaigns_tally")
    assert tallies() == counted() == {(action.pk, ""): 6, (action.pk, LEEDS): 6}


def test_the_count_outlives_the_person_and_an_act_counts_once(action):
    for _ in range(2):
        taken = actions.start_act(action, name="Ada Example", email="ada@example.org", wants_email=False)
        actions.confirm_action(taken)
    assert tallies() == {(action.pk, ""): 1}
    erase_supporter(Supporter.objects.get(), by="clock")
    assert tallies() == {(action.pk, ""): 1}


# --- the thresholds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, []), (499, []), (500, [(500, 1_000)]), (999, [(999, 1_000)]), (1_000, [(1_000, 2_500)])],
)
def test_a_national_number_shows_from_five_hundred_with_the_next_goal(campaign, action, count, shown):
    Tally.objects.create(action=action, number=count)
    assert [(line.count, line.goal) for line in numbers.lines_of(campaign)] == shown


def test_goals_go_up_by_steps_and_end():
    counts = [500, 2_500, 5_000, 10_000, 19_999, 20_000, 100_000]
    goals = [numbers.Line(count, "names").goal for count in counts]
    assert goals == [1_000, 5_000, 10_000, 20_000, 20_000, 50_000, None]


def test_each_kind_of_deed_is_counted_by_itself_and_the_pages_own_comes_first(client, campaign, action):
    write = make.ActionFactory(campaign=campaign, kind="write", rank=1)
    join = make.ActionFactory(campaign=campaign, kind="join", rank=2)
    for each, count in [(action, 4_812), (write, 1_204), (join, 499)]:
        Tally.objects.create(action=each, number=count)
    assert [line.noun for line in numbers.lines_of(campaign, write)] == ["letters", "names"]
    shown = page(client.get(campaign.get_absolute_url()))
    assert re.findall(r"[\d,]+ of [\d,]+ \w+", shown) == ["4,812 of 5,000 names", "1,204 of 2,500 letters"]
    assert "499" not in shown


def test_the_same_number_stands_everywhere(client, campaign, action):
    took(action, 501)
    took(action, 3, confirmed=False)
    for address in ("/", "/actions/", campaign.get_absolute_url()):
        assert set(re.findall(r"(\d+) of 1,000 names", page(client.get(address)))) == {"501"}, address


@pytest.mark.parametrize(("places", "words"), [(99, None), (100, "From 100 of the UK’s 650 constituencies.")])
def test_constituencies_are_public_from_a_hundred(client, campaign, action, places, words):
    Tally.objects.create(action=action, number=500)
    for number in range(places):
        Tally.objects.create(action=action, constituency_code=f"E14{number:06}", number=5)
    # Somebody acted here and was taken out again, and here two kinds of things were done.
    Tally.objects.create(action=action, constituency_code="E14999999", number=1)
    Tally.objects.create(action=action, constituency_code="E14999999", number=-1)
    write = make.ActionFactory(campaign=campaign, kind="write", rank=1)
    Tally.objects.create(action=write, constituency_code="E14000000", number=5)
    assert numbers.constituencies_of(Campaign.objects.get()) == places
    shown = page(client.get(campaign.get_absolute_url()))
    assert re.findall(r"From \d+ of the UK’s 650 constituencies\.", shown) == ([words] if words else [])


def test_staff_read_small_numbers_too(desk, campaign, action):
    Tally.objects.create(action=action, number=3)
    Tally.objects.create(action=action, constituency_code=LEEDS, number=3)
    shown = desk.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).text
    assert "<div>3 names</div>" in shown
    assert "1 of 650" in shown


# --- where one act stands ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (8, "You are one of the first in Leeds Example to sign."),
        (9, "You are the 10th person in Leeds Example to sign."),
        (22, "You are the 23rd person in Leeds Example to sign."),
    ],
)
def test_done_says_which_one_in_the_constituency_and_nothing_of_who_came_after(
    client, campaign, action, leeds, before, words
):
    took(action, before, LEEDS)
    took(action, 30, YORK)
    took(action, 5, LEEDS, confirmed=False)
    took(make.ActionFactory(campaign=campaign, kind="write", rank=1), 7, LEEDS)
    mine = make.ActionTakenFactory(action=action, constituency_code=LEEDS, confirmed_at=timezone.now())
    assert words in page(client.get(done_url(mine)))
    make.ActionTakenFactory.create_batch(
        3, action=action, constituency_code=LEEDS, confirmed_at=timezone.now() + timedelta(seconds=1)
    )
    assert words in page(client.get(done_url(mine)))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("sign", ["Thank you for adding your name", "12th person in Leeds Example to sign.", "Your name counts."]),
        ("write", ["Thank you for writing", "12th person in Leeds Example to write.", "Your letter counts."]),
        ("attend", ["Thank you for coming along", "12th person in Leeds Example to come.", "You count."]),
        ("share", ["Thank you for passing it on", "12th person in Leeds Example to pass it on.", "You count."]),
        ("join", ["Your organisation stands with us", "12th organisation in Leeds Example to join.", "Your organ"]),
    ],
)
def test_done_thanks_for_what_was_done(client, staff, leeds, kind, words):
    action = make.ActionFactory(campaign=make.CampaignFactory(owner=staff), kind=kind)
    took(action, 11, LEEDS)
    mine = make.ActionTakenFactory(action=action, constituency_code=LEEDS, confirmed_at=timezone.now())
    shown = page(client.get(done_url(mine)))
    assert [each for each in words if each not in shown] == []
    Tally.objects.create(action=action, number=4_800)
    many = "organisations" if kind == "join" else "people"
    assert f"You are one of 4,812 {many} who ask The council." in page(client.get(done_url(mine)))


def test_done_without_a_known_place_or_with_another_campaigns_key_tells_no_number(client, campaign, action, staff):
    took(action, 40, LEEDS)
    mine = make.ActionTakenFactory(action=action, constituency_code=LEEDS, confirmed_at=timezone.now())
    assert " person in " not in page(client.get(done_url(mine)))
    other = make.CampaignFactory(owner=staff, slug="other")
    foreign = done_url(mine).replace(campaign.slug, other.slug)
    assert "Thank you for taking part" in page(client.get(foreign))


def test_ordinals():
    said = [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111, 1_204)]
    assert said == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "22nd",
        "23rd",
        "101st",
        "111th",
        "1,204th",
    ]


# --- a group's own ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "relay", "today"),
    [
        (9, "When ten or more of your members have acted", None),
        (10, "10 of your members have acted on this", "10 members acted on a campaign"),
    ],
)
def test_a_group_reads_how_many_of_its_members_acted_from_ten(
    client_of, coordinator, group, other_group, campaign, action, count, relay, today
):
    write = make.ActionFactory(campaign=campaign, kind="write", rank=1)
    for number in range(count + 5):
        person = make.SupporterFactory(email=f"member{number}@example.org")
        make.MembershipFactory(group=group if number < count else other_group, supporter=person)
        for each in (action, write):
            make.ActionTakenFactory(action=each, supporter=person, confirmed_at=timezone.now())
    left = make.SupporterFactory(email="left@example.org")
    make.MembershipFactory(group=group, supporter=left, left_on=timezone.localdate())
    make.ActionTakenFactory(action=action, supporter=left, confirmed_at=timezone.now())
    browser = client_of(coordinator)
    assert relay in page(browser.get(reverse("campaigns:relay", args=[group.slug, campaign.slug])))
    shown = page(browser.get(reverse("groups:today", args=[group.slug])))
    assert re.findall(r"\d+ members? acted on a campaign", shown) == ([today] if today else [])

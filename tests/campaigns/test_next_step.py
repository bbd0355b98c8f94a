"""What is offered after an act: exactly one thing, and never what is done, closed, full, cancelled, hidden or far."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from campaigns.forms.next_steps import OrderField
from campaigns.models import Campaign
from campaigns.models.next_step import Rule, Situation, in_order, next_steps
from campaigns.views.done import done_url
from groups.models import Shield
from sanctuary.people import tokens
from tests import factories as make

pytestmark = pytest.mark.django_db

LEEDS, LERWICK = {"latitude": 53.8, "longitude": -1.5}, {"latitude": 60.15, "longitude": -1.14}


@pytest.fixture
def sign(campaign):
    return campaign.actions.get()


@pytest.fixture
def near(group):
    """A group in Leeds."""
    type(group).objects.filter(pk=group.pk).update(**LEEDS, region="Yorkshire and the Humber")
    group.refresh_from_db()
    return group


@pytest.fixture
def far(other_group):
    """A group in Lerwick."""
    type(other_group).objects.filter(pk=other_group.pk).update(**LERWICK, region="Scotland")
    other_group.refresh_from_db()
    return other_group


def activity(group, *, days=3, **fields):
    start = timezone.now() + timedelta(days=days)
    return make.ActivityFactory(
        group=group, starts_at=start, ends_at=start + timedelta(hours=2), **{"is_venue_private": False} | fields
    )


def person(**fields):
    return make.SupporterFactory(email="ada@example.org", **LEEDS | fields)


def steps(**about) -> list[tuple]:
    return [(step.rule, step.href) for step in next_steps(Situation(now=timezone.now(), **about))]


GROUPS = (Rule.GROUP, "/groups/")

# --- one rule after the other -----------------------------------------------------------------------


def test_the_first_rule_that_fits_wins_and_the_others_follow_as_links(campaign, sign, staff, near):
    write = make.ActionFactory(campaign=campaign, kind="attend", rank=2, statement="")
    make.ActionFactory(campaign=campaign, kind="join", rank=1)
    make.ActionFactory(campaign=campaign, kind="share", rank=0, statement="")
    meal = activity(near)
    write.activities.add(meal)
    other = make.ActionFactory(campaign=make.CampaignFactory(owner=staff, slug="other"))
    ada = person()
    make.MembershipFactory(group=near, supporter=ada)
    taken = make.ActionTakenFactory(action=sign, supporter=ada, confirmed_at=timezone.now())
    found = steps(supporter=ada, campaign=campaign, taken=taken, share_href="#share")
    assert found == [
        (Rule.OWN, reverse("campaigns:attend", args=[campaign.slug])),
        (Rule.ACTIVITY, meal.get_absolute_url()),
        (Rule.OTHER, other.campaign.get_absolute_url()),
        (Rule.SHARE, "#share"),
        (Rule.GROUP, near.get_absolute_url()),
    ]


def test_nobody_in_particular_is_offered_something_too(campaign, sign):
    assert steps() == [(Rule.OTHER, campaign.get_absolute_url()), GROUPS]
    Campaign.objects.update(state="closed")
    campaign.refresh_from_db()
    assert steps(campaign=campaign, share_href="#share") == [GROUPS]


def test_somebody_of_whom_only_the_postcode_is_known_is_shown_what_is_near(places, near, far):
    meal, _ = activity(near), activity(far)
    assert steps(postcode="LS7 3HJ")[0] == steps(postcode="LS7")[0] == (Rule.ACTIVITY, meal.get_absolute_url())
    assert steps(postcode="EX4") == steps(postcode="nonsense") == [GROUPS]


def test_ones_own_group_is_near_wherever_one_lives(near):
    meal, ada = activity(near), person(**LERWICK)
    make.MembershipFactory(group=near, supporter=ada)
    assert steps(supporter=ada)[0] == steps(group=near)[0] == (Rule.ACTIVITY, meal.get_absolute_url())


def test_an_organisation_is_asked_to_join_and_a_person_is_not(campaign, sign):
    make.ActionFactory(campaign=campaign, kind="join", rank=1)
    for noun, expected in [(make.OrganisationFactory(), Rule.OWN), (person(), Rule.GROUP)]:
        taken = make.ActionTakenFactory(action=sign, supporter=noun, confirmed_at=timezone.now())
        assert steps(supporter=noun, campaign=campaign, taken=taken)[0][0] == expected


def test_passing_it_on_is_offered_until_somebody_came_through_it(campaign, sign):
    share = make.ActionFactory(campaign=campaign, kind="share", rank=1, statement="")
    ada = person()
    taken = make.ActionTakenFactory(action=sign, supporter=ada, confirmed_at=timezone.now())
    about = {"supporter": ada, "campaign": campaign, "taken": taken, "share_href": "#share"}
    assert steps(**about) == [(Rule.SHARE, "#share"), GROUPS]
    make.ActionTakenFactory(action=share, supporter=ada, confirmed_at=timezone.now())
    assert steps(**about) == [GROUPS]


# --- the order that staff choose --------------------------------------------------------------------


@hypothesis_settings(deadline=None)
@given(st.lists(st.sampled_from([*Rule.values, "nonsense", ""]), max_size=8))
def test_any_order_holds_every_rule_once_and_the_chosen_first(chosen):
    order = in_order(Campaign(next_steps=chosen))
    assert sorted(order) == sorted(Rule)
    wanted = [Rule(name) for name in dict.fromkeys(chosen) if name in Rule.values]
    assert order[: len(wanted)] == wanted


def test_staff_choose_what_comes_first(desk, client, campaign, sign, near):
    meal, ada = activity(near), person()
    write = make.ActionFactory(campaign=campaign, kind="attend", rank=1, statement="")
    write.activities.add(meal)
    taken = make.ActionTakenFactory(action=sign, supporter=ada, confirmed_at=timezone.now())
    assert first_button(client.get(done_url(taken))) == "Come to an event"
    form = OrderField()
    assert form.clean(["share", "", "activity"]) == ["share", "activity"]
    with pytest.raises(ValidationError, match="only once"):
        form.clean(["share", "share", ""])
    Campaign.objects.update(next_steps=["share", "activity"])
    assert first_button(client.get(done_url(taken))) == "Pass it on"


def first_button(response) -> str:
    part = response.content.decode().partition('aria-labelledby="next-step"')[2].partition("</section>")[0]
    (button,) = re.findall(r'<a class="button button--action" href="[^"]+">([^<]+)</a>', part)
    return button


# --- whatever is on ---------------------------------------------------------------------------------

GOOD = "good"
ACTIVITIES = [
    "past",
    "late",
    "cancelled",
    "private",
    "unlisted",
    "full",
    "women",
    "far",
    "shielded",
    "closed",
    "booked",
    GOOD,
]
CAMPAIGNS = ["draft", "approved", "resting", "closed", "over", "empty", "join", "share", "full event", "done", GOOD]


@pytest.fixture
def ground(staff, near, far):
    shielded = make.LocalGroupFactory(area="Shieldham", **LEEDS)
    Shield.objects.create(group=shielded, reason="Threats", raised_at=timezone.now())
    closed = make.LocalGroupFactory(area="Closedham", status="closed", **LEEDS)
    return {"staff": staff, "near": near, "far": far, "shielded": shielded, "closed": closed}


def put_activity(trait, ground, ada):
    where = ground.get(trait, ground["near"])
    fields = {
        "past": {"days": -1},
        "late": {"days": 15},
        "cancelled": {"cancelled_at": timezone.now()},
        "private": {"is_venue_private": True, "venue": "12 Quiet Lane"},
        "unlisted": {"is_public": False},
        "full": {"capacity": 2},
        "women": {"is_women_only": True},
    }.get(trait, {})
    made = activity(where, title=trait, **fields)
    if trait == "full":
        make.BookingFactory(activity=made, coming=True, guests=1)
    if trait == "booked":
        make.BookingFactory(activity=made, coming=True, supporter=ada)
    return made


def put_campaign(trait, ground, ada):
    state = trait if trait in Campaign.State.values else "live"
    deadline = timezone.localdate() - timedelta(days=1) if trait == "over" else None
    campaign = make.CampaignFactory(owner=ground["staff"], title=trait, ask=trait, state=state, deadline=deadline)
    kind = {"join": "join", "share": "share", "full event": "attend"}.get(trait, "sign")
    if trait == "empty":
        return campaign
    action = make.ActionFactory(campaign=campaign, kind=kind)
    if trait == "full event":
        action.activities.add(put_activity("full", ground, ada))
    if trait == "done":
        # Something else of it is still to do, but nobody is sent to the same campaign twice.
        make.ActionFactory(campaign=campaign, kind="write", rank=1, statement="")
        make.ActionTakenFactory(action=action, supporter=ada, confirmed_at=timezone.now())
    return campaign


def check(ground, activities=(), campaigns=(), order=Rule.values, *, done_here=True, network_shielded=False):
    """The button is the first in the order that truly fits, and no link leads where it must not."""
    with transaction.atomic():
        ada = person()
        here = make.CampaignFactory(owner=ground["staff"], title="here", next_steps=list(order))
        sign = make.ActionFactory(campaign=here)
        if done_here:
            make.ActionTakenFactory(action=sign, supporter=ada, confirmed_at=timezone.now())
        for trait in activities:
            put_activity(trait, ground, ada)
        for trait in campaigns:
            put_campaign(trait, ground, ada)
        if network_shielded:
            Shield.objects.create(reason="Riots", raised_at=timezone.now())
        found = next_steps(Situation(now=timezone.now(), supporter=ada, campaign=here, share_href="#share"))
        fits = {Rule.SHARE, Rule.GROUP}
        fits |= set() if done_here else {Rule.OWN}
        fits |= {Rule.ACTIVITY} if GOOD in activities and not network_shielded else set()
        fits |= {Rule.OTHER} if GOOD in campaigns else set()
        assert [step.rule for step in found] == [rule for rule in order if rule in fits], (activities, campaigns)
        said = {step.rule: step.lead for step in found}
        assert said.get(Rule.ACTIVITY, GOOD).startswith(GOOD)
        assert said.get(Rule.OTHER, GOOD) == GOOD
        assert not any("Quiet Lane" in str(step) for step in found)
        transaction.set_rollback(True)


def test_no_wrong_thing_is_offered_even_where_there_is_nothing_else(ground):
    for trait in ACTIVITIES:
        check(ground, activities=[trait])
    for trait in CAMPAIGNS:
        check(ground, campaigns=[trait])


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    activities=st.lists(st.sampled_from(ACTIVITIES), max_size=4),
    campaigns=st.lists(st.sampled_from(CAMPAIGNS), max_size=4),
    order=st.permutations(Rule.values),
    done_here=st.booleans(),
    network_shielded=st.booleans(),
)
def test_always_one_thing_and_never_a_wrong_one_whatever_is_on(ground, **on):
    check(ground, **on)


# --- on the pages -----------------------------------------------------------------------------------


def test_thanks_for_a_pledge_lead_on_too(client, places, near, far, campaign, sign):
    meal, hidden = activity(near, title="Shared supper"), activity(near, title="Hidden", is_venue_private=True)
    pledge = make.PledgeFactory(postcode="LS7 3HJ")
    address = reverse("pledges:thanks", args=[tokens.make("pledge-thanks", pledge.pk)])
    shown = client.get(address)
    assert first_button(shown) == "Come along"
    assert meal.get_absolute_url() in shown.text
    assert hidden.get_absolute_url() not in shown.text
    meal.delete()
    assert first_button(client.get(address)) == "Read it and take part"
    Campaign.objects.update(state="closed")
    assert first_button(client.get(address)) == "Pass it on"


@pytest.mark.parametrize("rows", [1, 3])
def test_done_costs_the_same_however_much_is_on(client, campaign, sign, staff, near, rows, django_assert_num_queries):
    ada = person(constituency_code="E14001234")
    make.ConstituencyFactory(code="E14001234")
    for _ in range(rows):
        activity(near)
        make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
    taken = make.ActionTakenFactory(
        action=sign, supporter=ada, constituency_code=ada.constituency_code, confirmed_at=timezone.now()
    )
    with django_assert_num_queries(10):
        client.get(done_url(taken))

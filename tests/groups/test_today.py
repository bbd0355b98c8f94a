"""What a coordinator finds first."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from groups.models import LocalGroup
from groups.models.due import due_for
from tests import factories as make
from tests.logs import keep

pytestmark = pytest.mark.django_db


def today_of(group):
    return reverse("groups:today", args=[group.slug])


def test_the_desk_opens_on_today(client_of, group, coordinator):
    answer = client_of(coordinator).get(reverse("groups:manage", args=[group.slug]))
    assert (answer.status_code, answer.url) == (302, today_of(group))


def test_today_counts_its_own_four_weeks(client_of, group, other_group, coordinator, staff):
    today, day = timezone.localdate(), timedelta(days=1)
    signing = make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
    for place in (group, other_group, other_group):
        for joined_on, left_on in ((today - 27 * day, None), (today - 29 * day, None), (today - 2 * day, today)):
            member = make.SupporterFactory()
            make.MembershipFactory(group=place, supporter=member, joined_on=joined_on, left_on=left_on)
            make.ActionTakenFactory(action=signing, supporter=member, confirmed_at=timezone.now())
    for place, days, came in ((group, 27, 12), (group, 1, 8), (group, 29, 50), (other_group, 2, 70)):
        start = timezone.now() - days * day
        met = make.ActivityFactory(group=place, starts_at=start, ends_at=start + timedelta(hours=1))
        keep(met, coordinator, total_count=came)
    page = client_of(coordinator).get(today_of(group)).text
    for words in ("20 people came", "1 new member", "2 people and organisations belong"):
        assert words in strip_tags(page)
    # So few say too much about each of them.
    assert "members acted" not in page
    for _ in range(8):
        member = make.SupporterFactory()
        make.MembershipFactory(group=group, supporter=member, joined_on=today - 29 * day)
        make.ActionTakenFactory(action=signing, supporter=member, confirmed_at=timezone.now())
    assert "10 members acted" in strip_tags(client_of(coordinator).get(today_of(group)).text)


def test_today_shows_the_private_venue_to_those_who_run_it(client_of, group, other_group, coordinator):
    make.ActivityFactory(group=group, title="Quiet walk", venue="Old mill", is_public=False)
    make.ActivityFactory(group=other_group, title="CANARY supper", venue="CANARY venue")
    page = client_of(coordinator).get(today_of(group))
    for words in ("Quiet walk", "Old mill, Town centre", "Not on the public page", "Venue kept private"):
        assert words in page.text
    assert "CANARY" not in page.text


def test_today_counts_the_pledgers_to_greet_of_this_group(client_of, group, other_group, coordinator):
    for place in (group, group, other_group):
        make.PledgeFactory(group=place, supporter=make.SupporterFactory(), confirmed=True)
    make.PledgeFactory(group=group)
    assert "<strong>2</strong> wait for a hello" in client_of(coordinator).get(today_of(group)).text


def test_today_names_activities_without_a_log_and_no_others(client_of, group, other_group, coordinator):
    over = {"starts_at": timezone.now() - timedelta(days=3), "ends_at": timezone.now() - timedelta(days=2)}
    told = make.ActivityFactory(group=group, title="Told of", **over)
    keep(told, coordinator)
    waiting = make.ActivityFactory(group=group, title="Not told of", **over)
    make.ActivityFactory(group=other_group, title="CANARY walk", **over)
    page = client_of(coordinator).get(today_of(group)).text
    assert f'href="{reverse("groups:who_came", args=[group.slug, waiting.pk])}">Not told of' in page
    assert "Told of" not in page.replace("Not told of", "")
    assert "CANARY" not in page


def test_today_says_what_is_due_to_coordinators(client_of, group, coordinator):
    long_ago = timezone.now() - timedelta(days=300)
    make.ActivityFactory(group=group, starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    browser = client_of(coordinator)
    type(coordinator).objects.update(last_login=None)
    page = unescape(browser.get(today_of(group)).text)
    due = due_for(group, timezone.localdate())
    assert {thing.for_region for thing in due} == {False, True}
    assert all((thing.words in page) != thing.for_region for thing in due)


def test_today_when_all_is_done_says_so(client_of, group, coordinator):
    make.ready_to_register(group)
    page = client_of(coordinator).get(today_of(group)).text
    assert "That is everything for this week" in page
    assert "Nothing is planned" in page


def test_today_of_a_group_that_is_not_public_says_so(client_of, group, coordinator):
    LocalGroup.objects.filter(pk=group.pk).update(status="forming")
    assert "not in the public list" in client_of(coordinator).get(today_of(group)).text


def test_today_of_a_helper_leaves_people_out(client_of, group, staff):
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    make.PledgeFactory(group=group, supporter=make.SupporterFactory(), confirmed=True)
    make.CampaignFactory(ask="Will you open the door?", owner=staff)
    page = client_of(helper).get(today_of(group)).text
    assert "Say who came" in page
    assert not any(words in page for words in ("Greet new pledgers", "Look at what is due", "Will you open the door?"))


def test_today_shows_live_calls_and_which_were_passed_on(client_of, group, other_group, coordinator, staff):
    passed, fresh = (make.CampaignFactory(ask=f"Will you {word}?", owner=staff) for word in "ab")
    make.CampaignFactory(ask="CANARY draft", state="draft", owner=staff)
    make.RelayFactory(campaign=passed, group=group)
    make.RelayFactory(campaign=fresh, group=other_group)
    page = client_of(coordinator).get(today_of(group)).text
    assert page.count("You passed this on") == page.count("ready to send on") == 1
    assert "CANARY" not in page

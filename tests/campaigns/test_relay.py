"""A national call on a group's desk."""

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign, Relay
from sanctuary.audit.models import Entry
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(
        state="live", ask="Will you open the door?", decision_maker="the council", deadline="2099-06-01"
    )
    return Campaign.objects.get(pk=campaign.pk)


def at(name, group, campaign):
    return reverse(f"campaigns:{name}", args=[getattr(group, "slug", group), getattr(campaign, "slug", campaign)])


def test_words_to_pass_on_are_made_of_the_ask(call):
    words = call.words_to_pass_on
    assert words.startswith("Will you open the door?")
    assert words.endswith("The council can say yes by 1 June 2099. Will you take part? It takes a few minutes.")


def test_words_to_pass_on_are_the_staffs_own_when_written(call):
    call.relay_text = "Our own words"
    assert call.words_to_pass_on == "Our own words"


def test_kit_shows_words_and_whole_link(client_of, coordinator, group, call):
    page = client_of(coordinator).get(at("relay", group, call)).text
    assert "Will you open the door?" in page
    assert f"http://127.0.0.1:8000{call.get_absolute_url()}" in page


def test_pass_on_counts_once_for_the_group_and_can_be_taken_back(client_of, coordinator, group, call):
    browser = client_of(coordinator)
    for _ in range(2):
        answer = browser.post(at("pass_on", group, call), follow=True)
        assert "sees that your group has passed this on" in answer.text
    relay = Relay.objects.get()
    assert (relay.group, relay.campaign, relay.relayed_by) == (group, call, coordinator)
    assert "You passed this on" in browser.get(at("relay", group, call)).text
    browser.post(at("take_back", group, call))
    assert not Relay.objects.exists()
    assert browser.post(at("take_back", group, call)).status_code == 404
    verbs = Entry.objects.filter(verb__contains="relay").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["campaigns.relay_campaign", "campaigns.take_back_relay"]


def test_national_staff_see_who_passed_it_on(client_of, staff, coordinator, group, other_group, call):
    for _ in range(3):
        person = make.SupporterFactory()
        make.ActionTakenFactory(supporter=person, action=call.actions.get(), confirmed_at=timezone.now())
    desk = client_of(staff)
    page = reverse("admin:campaigns_campaign_change", args=[call.pk])
    assert "No group yet" in desk.get(page).text
    for each in (group, other_group):
        actions.relay_campaign(call, each, by=coordinator)
    assert f"{group.name}, {other_group.name}" in desk.get(page).text
    (row,) = desk.get(reverse("admin:campaigns_campaign_changelist")).context["cl"].result_list
    assert (row.names_count, row.relay_count) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_pass_it_on_once(coordinator, group, call):
    race(*[lambda: actions.relay_campaign(call, group, by=coordinator)] * 2, after='FROM "campaigns_relay"')
    assert Relay.objects.count() == 1
    assert Entry.objects.filter(verb="campaigns.relay_campaign").count() == 1


@pytest.mark.parametrize("state", ["draft", "approved", "resting", "closed"])
def test_a_call_that_is_not_live_is_no_page(client_of, coordinator, group, call, state):
    Campaign.objects.filter(pk=call.pk).update(state=state)
    browser = client_of(coordinator)
    missing = browser.get(at("relay", group, "no-such-call"))
    assert browser.get(at("relay", group, call)).content == missing.content
    assert browser.post(at("pass_on", group, call)).status_code == 404
    assert not Relay.objects.exists()


def test_helper_may_not_speak_for_the_group(client_of, group, call):
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    browser = client_of(helper)
    assert browser.get(at("relay", group, call)).status_code == 403
    assert browser.post(at("pass_on", group, call)).status_code == 403
    assert not Relay.objects.exists()


def test_another_group_cannot_be_spoken_for(client_of, other_coordinator, group, call):
    answer = client_of(other_coordinator).post(at("pass_on", group, call))
    missing = client_of(other_coordinator).post(at("pass_on", "no-such-group", call))
    assert (answer.status_code, answer.content) == (404, missing.content)
    assert not Relay.objects.exists()

"""New pledgers to greet, and what the public may see of a group's pledges."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from pledges import actions
from pledges.models import Pledge
from sanctuary.audit.models import Entry
from sanctuary.people import actions as people
from sanctuary.people.models import Permission
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db


def pledge_of(group, *, may_email=True, **fields):
    person = make.SupporterFactory(**fields)
    if may_email:
        make.permit(person, group.controller, Permission.Purpose.ACTIVITIES)
    pledge = make.PledgeFactory(group=group, supporter=person, confirmed=True)
    make.IntendedActionFactory(pledge=pledge)
    return pledge


def listing(group):
    return reverse("pledges:to_greet", args=[group.slug])


def greeting(group, pledge):
    return reverse("pledges:greet", args=[group.slug, pledge.pk])


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- the list -----------------------------------------------------------------------------------


def test_list_shows_this_groups_confirmed_pledgers_and_nobody_else(client_of, coordinator, group, other_group):
    pledge_of(group, name="Amira Ours", email="amira@example.org")
    make.PledgeFactory(group=group, name="Zed Unconfirmed")
    pledge_of(other_group, name="Other Canary", email="canary@example.org")
    greeted = pledge_of(group, name="Already Greeted")
    actions.greet_pledger(greeted, by=coordinator)
    shown = text_of(client_of(coordinator).get(listing(group)))
    assert "Amira Ours" in shown
    assert "amira@example.org" in shown
    assert "Come to an activity and meet people" in shown
    for hidden in ["Zed Unconfirmed", "Other Canary", "canary@example.org", "Already Greeted"]:
        assert hidden not in shown


@pytest.mark.parametrize("silence", ["said no", "stopped since", "only another sender", "address silenced"])
def test_list_hides_the_address_of_those_who_want_no_email(client_of, coordinator, group, essentials, silence):
    pledge = pledge_of(group, may_email=silence in {"stopped since", "address silenced"}, email="amira@example.org")
    person = pledge.supporter
    if silence == "stopped since":
        people.stop_all_emails(person, source="test")
    if silence == "only another sender":
        make.permit(person, essentials)
    if silence == "address silenced":
        people.suppress(person.email, reason="complained")
    shown = text_of(client_of(coordinator).get(listing(group)))
    assert person.name in shown
    assert "amira@example.org" not in shown
    assert "No emails, please" in shown


def test_list_is_kind_when_everybody_has_been_greeted(client_of, coordinator, group):
    assert "Everybody has been greeted" in text_of(client_of(coordinator).get(listing(group)))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_makes_the_same_queries_for_few_and_many(client_of, coordinator, group, django_assert_num_queries, rows):
    for _ in range(rows):
        pledge_of(group)
    client = client_of(coordinator)
    with django_assert_num_queries(8):
        client.get(listing(group))


def test_list_of_another_group_is_no_page(client_of, other_coordinator, group, staff):
    pledge_of(group)
    missing = reverse("pledges:to_greet", args=["no-such-group"])
    client = client_of(other_coordinator)
    assert [client.get(path).status_code for path in (listing(group), missing)] == [404, 404]
    assert client_of(staff).get(listing(group)).status_code == 404


# --- greeting -----------------------------------------------------------------------------------


def test_greet_marks_the_pledge_and_says_who(client_of, coordinator, group):
    pledge = pledge_of(group, name="Amira Ours")
    response = client_of(coordinator).post(greeting(group, pledge), follow=True)
    assert "Amira Ours has been greeted" in text_of(response)
    pledge.refresh_from_db()
    assert pledge.greeted_by == coordinator
    assert pledge.greeted_at is not None
    assert [entry.actor for entry in Entry.objects.about(pledge)] == [f"user:{coordinator.pk}"]


def test_greet_twice_keeps_the_first_greeting(client_of, coordinator, group):
    pledge = pledge_of(group)
    client = client_of(coordinator)
    client.post(greeting(group, pledge))
    first = Pledge.objects.get(pk=pledge.pk).greeted_at
    client.post(greeting(group, pledge))
    assert Pledge.objects.get(pk=pledge.pk).greeted_at == first
    assert Entry.objects.about(pledge).count() == 1


@pytest.mark.django_db(transaction=True)
def test_greet_twice_at_once_is_logged_once(coordinator, group):
    pledge = pledge_of(group)
    race(*[lambda: actions.greet_pledger(pledge, by=coordinator)] * 2, after='FROM "pledges_pledge"')
    assert Entry.objects.about(pledge).count() == 1


def test_greet_another_groups_pledger_is_no_page(client_of, other_coordinator, coordinator, group, other_group):
    pledge = pledge_of(group)
    client = client_of(other_coordinator)
    paths = [
        greeting(group, pledge),
        greeting(other_group, pledge),
        reverse("pledges:greet", args=[other_group.slug, 987654321]),
        reverse("pledges:greet", args=[other_group.slug, 10**30]),
    ]
    answers = [client.post(path) for path in paths]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    pledge.refresh_from_db()
    assert pledge.greeted_at is None


def test_greet_an_unconfirmed_pledger_is_no_page(client_of, coordinator, group):
    pledge = make.PledgeFactory(group=group)
    assert client_of(coordinator).post(greeting(group, pledge)).status_code == 404
    with pytest.raises(ValidationError):
        actions.greet_pledger(pledge, by=coordinator)


def test_greet_by_looking_does_nothing(client_of, coordinator, group):
    pledge = pledge_of(group)
    assert client_of(coordinator).get(greeting(group, pledge)).status_code == 405
    assert Pledge.objects.get(pk=pledge.pk).greeted_at is None


def test_helper_sees_no_pledgers_and_greets_nobody(client_of, group):
    helper, pledge = make.UserFactory(), pledge_of(group, name="CANARY pledger")
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    browser = client_of(helper)
    answers = [browser.get(reverse("pledges:to_greet", args=[group.slug])), browser.post(greeting(group, pledge))]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not any("CANARY" in answer.text for answer in answers)
    assert Pledge.objects.get(pk=pledge.pk).greeted_at is None


# --- panels -------------------------------------------------------------------------------------


def render(tag, **context):
    return Template("{% load pledges %}{% " + tag + " %}").render(Context(context))


def organisation_pledge(group, name, **fields):
    school = make.OrganisationFactory(name=name)
    return make.PledgeFactory(group=group, supporter=school, kind="organisation", confirmed=True, **fields)


def test_group_panel_names_only_checked_organisations_that_agreed(group, other_group, staff):
    shown = organisation_pledge(group, "Hillside School", is_listed=True)
    actions.approve_organisation_name(shown, by=staff)
    organisation_pledge(group, "Unchecked School", is_listed=True)
    shy = organisation_pledge(group, "Shy School", is_listed=False)
    actions.approve_organisation_name(shy, by=staff)
    elsewhere = organisation_pledge(other_group, "Elsewhere School", is_listed=True)
    actions.approve_organisation_name(elsewhere, by=staff)
    pledge_of(group, name="Amira Person")
    panel = render("pledges_panel group", group=group)
    assert re.findall(r"<strong[^>]*>([^<]+)", panel) == ["Hillside School"]
    assert "Amira Person" not in panel


@pytest.mark.parametrize(("people_count", "shown"), [(9, False), (10, True)])
def test_group_panel_counts_people_from_ten(group, people_count, shown):
    for _ in range(people_count):
        pledge_of(group)
    make.PledgeFactory(group=group)
    assert (f"{people_count} people" in render("pledges_panel group", group=group)) is shown


@pytest.mark.parametrize("rows", [1, 3])
def test_group_panel_makes_two_queries(group, django_assert_num_queries, rows):
    for number in range(rows):
        organisation_pledge(group, f"School {number}", is_listed=True, name_checked_at=timezone.now())
    with django_assert_num_queries(2):
        render("pledges_panel group", group=group)


def test_to_greet_panel_counts_for_those_who_run_the_group(group, coordinator, other_coordinator):
    pledge_of(group)
    assert render("count_to_greet group user", group=group, user=coordinator) == "1"
    assert render("count_to_greet group user", group=group, user=other_coordinator) == "0"


# --- organisations' names -----------------------------------------------------------------------


def test_approve_organisation_name_twice_keeps_the_first(group, staff, superuser):
    pledge = organisation_pledge(group, "Hillside School")
    actions.approve_organisation_name(pledge, by=staff)
    assert actions.approve_organisation_name(pledge, by=superuser).name_checked_by == staff
    assert Entry.objects.about(pledge).count() == 1


def test_approve_the_name_of_a_person_or_a_draft_is_refused(group, staff):
    for pledge in (pledge_of(group), make.PledgeFactory(kind="organisation", name="Draft School")):
        with pytest.raises(ValidationError) as refused:
            actions.approve_organisation_name(pledge, by=staff)
        assert refused.value.code == "no_name"

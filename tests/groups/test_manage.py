"""The rooms of those who run a group, and of nobody else."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupRole
from tests import factories as make

pytestmark = pytest.mark.django_db

HOME = reverse("groups:manage_home")
ROOMS = ["groups:today", "groups:members"]


def room(name, group):
    return reverse(name, args=[getattr(group, "slug", group)])


def member_of(group, name, *, joined_on=date(2024, 1, 1), source="pledge", left_on=None, **fields):
    person = make.SupporterFactory(name=name, **fields)
    make.MembershipFactory(group=group, supporter=person, joined_on=joined_on, source=source, left_on=left_on)
    return person


# --- who gets in --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROOMS)
def test_stranger_is_asked_to_sign_in(client, name, group):
    answer = client.get(room(name, group))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("persona", ["supporter", "other_coordinator", "staff", "superuser"])
def test_another_group_and_no_group_are_the_same_page(client_of, request, name, persona, group):
    member_of(group, "CANARY member")
    browser = client_of(request.getfixturevalue(persona))
    theirs, missing = browser.get(room(name, group)), browser.get(room(name, "no-such-group"))
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert theirs.content == missing.content
    assert theirs.headers == missing.headers


@pytest.mark.parametrize("name", ROOMS)
def test_role_that_ended_opens_nothing_on_the_next_request(client_of, name, group, coordinator):
    browser = client_of(coordinator)
    assert browser.get(room(name, group)).status_code == 200
    GroupRole.objects.update(ended_on=timezone.localdate())
    assert browser.get(room(name, group)).status_code == 404


@pytest.mark.parametrize("name", ROOMS)
def test_private_pages_are_not_stored(client_of, name, group, coordinator):
    assert client_of(coordinator).get(room(name, group)).headers["Cache-Control"] == "private, no-store"


# --- my groups ----------------------------------------------------------------------------------


def test_my_groups_with_one_group_goes_straight_there(client_of, group, coordinator):
    assert client_of(coordinator).get(HOME).url == room("groups:today", group)


def test_my_groups_with_two_offers_both_and_no_third(client_of, group, other_group, coordinator):
    third = make.LocalGroupFactory(name="CANARY third group")
    make.GroupRoleFactory(group=other_group, user=coordinator, role="helper")
    member_of(third, "Somebody")
    page = client_of(coordinator).get(HOME)
    assert list(page.context["groups"]) == [group, other_group]
    assert "CANARY" not in page.text


def test_my_groups_with_none_says_what_will_be_here(client_of, supporter, group):
    page = client_of(supporter).get(HOME)
    assert "You do not help to run a group yet" in page.text
    assert group.name not in page.text

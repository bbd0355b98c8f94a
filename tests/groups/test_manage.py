"""The rooms of those who run a group, and of nobody else."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupRole
from sanctuary.people.actions import suppress
from sanctuary.people.models import Suppression
from tests import factories as make
from tests.factories import permit

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


# --- members ------------------------------------------------------------------------------------


def shown(page):
    return [(row.supporter.name, row.may_email) for row in page.context["members"]]


def test_members_are_those_of_this_group_today(client_of, group, other_group, coordinator):
    amira = member_of(group, "Amira Willowby", email="amira@example.org")
    member_of(group, "Bilal Oakes")
    permit(amira, group.controller)
    member_of(group, "CANARY left", left_on=date(2024, 2, 2))
    permit(member_of(other_group, "CANARY elsewhere"), other_group.controller)
    page = client_of(coordinator).get(room("groups:members", group))
    assert shown(page) == [("Amira Willowby", True), ("Bilal Oakes", False)]
    assert "1 January 2024" in page.text
    assert "CANARY" not in page.text
    assert "amira@example.org" not in page.text


def test_members_who_run_two_groups_see_each_in_its_own_room(client_of, group, other_group, coordinator):
    make.GroupRoleFactory(group=other_group, user=coordinator, role="helper")
    both = member_of(group, "In both")
    make.MembershipFactory(group=other_group, supporter=both)
    member_of(other_group, "Only there")
    permit(both, other_group.controller)
    assert shown(client_of(coordinator).get(room("groups:members", group))) == [("In both", False)]


def test_members_who_stopped_or_paused_are_shown_so(client_of, group, coordinator):
    stopped = member_of(group, "Stopped")
    paused = member_of(group, "Waits", emails_paused_until=date(2099, 1, 2))
    back = member_of(group, "Waited", emails_paused_until=date(2020, 1, 2))
    for person in (stopped, paused, back):
        permit(person, group.controller)
    suppress(stopped.email, reason=Suppression.Reason.UNSUBSCRIBED)
    page = client_of(coordinator).get(room("groups:members", group))
    assert shown(page) == [("Stopped", False), ("Waited", True), ("Waits", True)]
    assert "Paused until 2 January 2099" in page.text
    assert "2020" not in page.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Amira", "Bilal", "Chen"]),
        ({"q": "BIL"}, ["Bilal"]),
        ({"q": "%"}, []),
        ({"source": "pledge"}, ["Amira", "Chen"]),
        ({"sort": "name"}, ["Amira", "Bilal", "Chen"]),
        ({"sort": "-joined"}, ["Bilal", "Chen", "Amira"]),
        ({"sort": "joined", "source": "pledge"}, ["Amira", "Chen"]),
        ({"q": "nobody"}, []),
    ],
)
def test_members_are_searched_filtered_and_sorted(client_of, group, coordinator, asked, found):
    member_of(group, "Amira", joined_on=date(2021, 1, 1))
    member_of(group, "Bilal", joined_on=date(2023, 1, 1), source="joined")
    member_of(group, "Chen", joined_on=date(2022, 1, 1))
    page = client_of(coordinator).get(room("groups:members", group), asked)
    assert [name for name, _ in shown(page)] == found
    assert ("Nobody found" in page.text) == (not found)


@pytest.mark.parametrize("asked", [{"q": "a\x00b"}, {"source": "spy"}, {"sort": "supporter__email"}, {"q": "x" * 101}])
def test_members_say_beside_the_field_what_is_not_understood(client_of, group, coordinator, asked):
    member_of(group, "Amira")
    page = client_of(coordinator).get(room("groups:members", group), asked)
    assert page.status_code == 200
    assert "field--bad" in page.text


@pytest.mark.parametrize("page", ["0", "9", "x", "-1", "1" * 400])
def test_members_on_a_page_that_is_none_are_not_found(client_of, group, coordinator, page):
    assert client_of(coordinator).get(room("groups:members", group), {"page": page}).status_code == 404


def test_members_come_in_pages_that_keep_the_question(client_of, group, coordinator):
    for number in range(26):
        member_of(group, f"Person {number:02}")
    page = client_of(coordinator).get(room("groups:members", group), {"source": "pledge"})
    assert len(page.context["members"]) == 25
    assert "Page 1 of 2" in page.text
    assert "?source=pledge&amp;page=2" in page.text


def test_members_of_an_empty_group_say_how_they_come(client_of, group, coordinator):
    assert "No members yet" in client_of(coordinator).get(room("groups:members", group)).text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=cmd|' /C calc'!A0", "مريم"])
def test_members_names_are_only_ever_text(client_of, group, coordinator, name):
    member_of(group, name)
    page = client_of(coordinator).get(room("groups:members", group))
    assert "<script>alert" not in page.text
    assert page.context["members"][0].supporter.name == name


@pytest.mark.parametrize("count", [1, 3])
def test_rooms_ask_the_same_number_of_questions(client_of, group, coordinator, django_assert_num_queries, count):
    for number in range(count):
        permit(member_of(group, f"Person {number}"), group.controller)
        make.ActivityFactory(group=group)
        make.PledgeFactory(group=group, supporter=make.SupporterFactory(), confirmed=True)
    browser = client_of(coordinator)
    with django_assert_num_queries(6):
        browser.get(room("groups:members", group))
    with django_assert_num_queries(9):
        browser.get(room("groups:today", group))

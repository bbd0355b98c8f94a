"""The list of members: found, sorted, shown while somebody types, and never another group's."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Attendance
from sanctuary.people.actions import suppress
from sanctuary.people.models import Suppression
from tests import factories as make
from tests.factories import permit

pytestmark = pytest.mark.django_db

TYPING = {"HX-Request": "true"}


@pytest.fixture
def members(group):
    return reverse("groups:members", args=[group.slug])


def member_of(group, name, *, joined_on=date(2024, 1, 1), source="pledge", left_on=None, **fields):
    person = make.SupporterFactory(name=name, **fields)
    make.MembershipFactory(group=group, supporter=person, joined_on=joined_on, source=source, left_on=left_on)
    return person


def shown(page):
    return [(row.supporter.name, row.may_email) for row in page.context["members"]]


def names(page):
    return [name for name, _ in shown(page)]


# --- who is there -------------------------------------------------------------------------------


def test_members_are_those_of_this_group_today(client_of, group, other_group, coordinator, members):
    amira = member_of(group, "Amira Willowby", email="amira@example.org")
    member_of(group, "Bilal Oakes")
    permit(amira, group.controller)
    member_of(group, "CANARY left", left_on=date(2024, 2, 2))
    permit(member_of(other_group, "CANARY elsewhere"), other_group.controller)
    page = client_of(coordinator).get(members)
    assert shown(page) == [("Amira Willowby", True), ("Bilal Oakes", False)]
    assert "1 January 2024" in page.text
    assert "CANARY" not in page.text
    assert "amira@example.org" not in page.text


def test_members_of_two_groups_show_nothing_of_the_other(client_of, group, other_group, coordinator, members):
    """What somebody is, said and did elsewhere is neither shown nor found."""
    make.GroupRoleFactory(group=other_group, user=coordinator, role="helper")
    both = member_of(group, "In both")
    make.MembershipFactory(group=other_group, supporter=both, source="imported", joined_on=timezone.localdate())
    member_of(other_group, "Only there")
    permit(both, other_group.controller)
    went = make.ActivityFactory(group=other_group, starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now())
    Attendance.objects.create(activity=went, supporter=both)
    browser = client_of(coordinator)
    assert shown(browser.get(members)) == [("In both", False)]
    assert "Not yet" in browser.get(members).text
    for elsewhere in ({"emails": "yes"}, {"came": "lately"}, {"source": "imported"}, {"since": "28"}, {"q": "only"}):
        assert names(browser.get(members, elsewhere)) == []
    assert names(browser.get(members, {"came": "never"})) == ["In both"]


def test_coordinator_of_two_groups_sees_each_in_its_own_list(client_of, group, other_group, coordinator, members):
    make.GroupRoleFactory(group=other_group, user=coordinator)
    member_of(group, "Only here")
    member_of(other_group, "Only there")
    browser = client_of(coordinator)
    assert names(browser.get(members)) == ["Only here"]
    assert names(browser.get(members, {"q": "only"}, headers=TYPING)) == ["Only here"]


def test_members_who_stopped_or_paused_are_shown_so(client_of, group, coordinator, members):
    stopped = member_of(group, "Stopped")
    paused = member_of(group, "Waits", emails_paused_until=date(2099, 1, 2))
    back = member_of(group, "Waited", emails_paused_until=date(2020, 1, 2))
    for person in (stopped, paused, back):
        permit(person, group.controller)
    suppress(stopped.email, reason=Suppression.Reason.UNSUBSCRIBED)
    page = client_of(coordinator).get(members)
    assert shown(page) == [("Stopped", False), ("Waited", True), ("Waits", True)]
    assert "Paused until 2 January 2099" in page.text
    assert "2020" not in page.text


def test_helpers_see_no_members(client_of, group, members):
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    member_of(group, "CANARY")
    assert client_of(helper).get(members).status_code == 403
    assert client_of(helper).get(members, headers=TYPING).status_code == 403


# --- found and sorted ---------------------------------------------------------------------------


@pytest.fixture
def three(group):
    today = timezone.localdate()
    amira = member_of(group, "amira O’Brien", joined_on=today - timedelta(days=200), email="first@example.org")
    bilal = member_of(group, "Bilal", joined_on=today - timedelta(days=5), source="joined")
    school = make.OrganisationFactory(name="Chen School", contact_name="Delal Demo")
    make.MembershipFactory(group=group, supporter=school, joined_on=today - timedelta(days=80))
    permit(amira, group.controller)
    for person, days in ((amira, 10), (bilal, 100)):
        start = timezone.now() - timedelta(days=days)
        meal = make.ActivityFactory(group=group, starts_at=start, ends_at=start + timedelta(hours=1))
        Attendance.objects.create(activity=meal, supporter=person)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "aBC"),
        ({"q": "BIL"}, "B"),
        ({"q": "obrien am"}, "a"),
        ({"q": "first@ex"}, "a"),
        ({"q": "delal"}, "C"),
        ({"q": "mira"}, ""),
        ({"q": "%"}, ""),
        ({"q": "amira | bilal"}, ""),
        ({"source": "pledge"}, "aC"),
        ({"kind": "person"}, "aB"),
        ({"kind": "organisation"}, "C"),
        ({"emails": "yes"}, "a"),
        ({"emails": "no"}, "BC"),
        ({"since": "28"}, "B"),
        ({"since": "92"}, "BC"),
        ({"came": "lately"}, "a"),
        ({"came": "never"}, "C"),
        ({"sort": "-name"}, "CBa"),
        ({"sort": "-joined"}, "BCa"),
        ({"sort": "joined", "source": "pledge"}, "aC"),
        ({"q": "b", "source": "pledge", "kind": "person", "emails": "yes", "since": "366", "came": "lately"}, "a"),
    ],
)
def test_members_are_searched_filtered_and_sorted(client_of, three, coordinator, members, asked, found):
    if asked.get("q") == "b":
        asked = asked | {"q": "o'b"}
    page = client_of(coordinator).get(members, asked)
    assert "".join(name[0] for name in names(page)) == found
    assert ("Nobody found" in page.text) == (not found)
    narrowed = asked and list(asked) != ["sort"]
    assert (f"{len(found)} found" if narrowed else "3 members") in page.text


def test_chips_take_one_filter_off_and_keep_the_rest(client_of, three, coordinator, members):
    page = client_of(coordinator).get(members, {"q": "a", "kind": "person", "source": "", "sort": "-name", "page": "1"})
    assert page.context["chips"] == [
        {"text": "“a”", "href": "?kind=person&sort=-name"},
        {"text": "People", "href": "?q=a&sort=-name"},
    ]


def test_headings_sort_and_say_how_the_list_stands(client_of, three, coordinator, members):
    page = client_of(coordinator).get(members, {"kind": "person"})
    assert '<th scope="col" aria-sort="ascending"><a href="?kind=person&amp;sort=-name">Name</a></th>' in page.text
    assert '<th scope="col"><a href="?kind=person&amp;sort=joined">Since</a></th>' in page.text
    page = client_of(coordinator).get(members, {"sort": "-joined"})
    assert '<th scope="col"><a href="?">Name</a></th>' in page.text
    assert '<th scope="col" aria-sort="descending"><a href="?sort=joined">Since</a></th>' in page.text


@pytest.mark.parametrize("asked", [{"q": "a\x00b"}, {"source": "spy"}, {"sort": "supporter__email"}, {"q": "x" * 101}])
def test_members_say_beside_the_field_what_is_not_understood(client_of, group, coordinator, members, asked):
    member_of(group, "Amira")
    page = client_of(coordinator).get(members, asked)
    assert page.status_code == 200
    assert "field--bad" in page.text


@pytest.mark.parametrize("page", ["0", "9", "x", "-1", "1" * 400])
def test_members_on_a_page_that_is_none_are_not_found(client_of, coordinator, members, page):
    assert client_of(coordinator).get(members, {"page": page}).status_code == 404


def test_members_come_in_pages_that_keep_the_question(client_of, group, coordinator, members):
    for number in range(26):
        member_of(group, f"Person {number:02}")
    page = client_of(coordinator).get(members, {"source": "pledge"})
    assert names(page) == [f"Person {number:02}" for number in range(25)]
    assert "Page 1 of 2" in page.text
    assert "?source=pledge&amp;page=2" in page.text
    assert names(client_of(coordinator).get(members, {"source": "pledge", "page": "2"})) == ["Person 25"]


def test_members_of_an_empty_group_say_how_they_come(client_of, coordinator, members):
    assert "No members yet" in client_of(coordinator).get(members).text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=cmd|' /C calc'!A0", "مريم"])
def test_members_names_are_only_ever_text(client_of, group, coordinator, members, name):
    member_of(group, name)
    page = client_of(coordinator).get(members)
    assert "<script>alert" not in page.text
    assert names(page) == [name]


# --- while somebody types -----------------------------------------------------------------------


def test_typing_gets_the_list_alone_with_its_count_and_address(client_of, three, other_group, coordinator, members):
    member_of(other_group, "Amira CANARY")
    answer = client_of(coordinator).get(members, {"q": "AMI", "source": "", "sort": ""}, headers=TYPING)
    assert names(answer) == ["amira O’Brien"]
    assert "<html" not in answer.text
    assert '<div hx-swap-oob="innerHTML:#live">1 found</div>' in answer.text
    assert answer.headers["HX-Replace-Url"] == f"{members}?q=AMI"
    assert "HX-Request" in answer.headers["Vary"]
    assert "CANARY" not in answer.text


def test_whole_page_and_its_part_are_kept_apart(client_of, three, coordinator, members):
    page = client_of(coordinator).get(members)
    assert "<html" in page.text
    assert "HX-Request" in page.headers["Vary"]
    assert '"allowEval":false' in page.text


def test_typing_in_another_groups_list_is_no_such_page(client_of, three, other_coordinator, members, group):
    browser = client_of(other_coordinator)
    missing = members.replace(group.slug, "no-such-group")
    theirs, none = (browser.get(url, {"q": "ami"}, headers=TYPING) for url in (members, missing))
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content == none.content


@pytest.mark.parametrize("count", [1, 3])
def test_members_ask_the_same_number_of_questions(
    client_of, group, coordinator, members, django_assert_num_queries, count
):
    for number in range(count):
        permit(member_of(group, f"Person {number}"), group.controller)
    browser = client_of(coordinator)
    with django_assert_num_queries(8):
        browser.get(members)
    with django_assert_num_queries(7):
        browser.get(members, {"emails": "yes", "came": "never", "q": "per"}, headers=TYPING)

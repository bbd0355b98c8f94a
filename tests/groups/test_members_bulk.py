"""Many members at once: ticked or found, checked on a page of its own, and put back within a week."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import LocalGroup, Membership, Removal
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db


def room(name, group, *more):
    return reverse(f"groups:{name}", args=[group.slug, *more])


def member(group, name, **fields):
    return make.MembershipFactory(group=group, supporter=make.SupporterFactory(name=name), **fields)


def listed(group):
    return sorted(Membership.objects.current().filter(group=group).values_list("supporter__name", flat=True))


@pytest.fixture
def people(group, other_group):
    """Three of ours, and one of another group whom no press of ours may touch."""
    member(other_group, "CANARY")
    return [member(group, name) for name in ("Amira", "Bilal", "Chen")]


@pytest.fixture
def desk(client_of, coordinator):
    return client_of(coordinator)


# --- choosing -----------------------------------------------------------------------------------


def test_nobody_ticked_is_said_on_the_list(desk, group, people):
    page = desk.post(room("members_do", group) + "?q=a", {"do": "remove"})
    assert page.status_code == 422
    assert page.text.count("Select at least one person") == 2
    assert '<option value="remove" selected>' in page.text
    assert "<title>Error: Members" in page.text
    assert [row.supporter.name for row in page.context["members"]] == ["Amira"]


def test_nothing_chosen_keeps_every_tick(desk, group, people):
    page = desk.post(room("members_do", group), {"who": [people[0].pk, people[2].pk]})
    assert page.status_code == 422
    assert page.text.count("Choose what to do") == 2
    ticked = [f'value="{one.pk}"' in line and " checked" in line for one in people for line in _boxes(page, one)]
    assert ticked == [True, False, True]


def _boxes(page, one):
    return [line for line in page.text.splitlines() if f'name="who" value="{one.pk}"' in line]


@pytest.mark.parametrize("who", [["x"], ["-1"], ["9" * 40], [str(2**63)], ["²"], [""], ["1" * 100_000]])
def test_ids_that_are_none_are_nobody(desk, group, people, who):
    assert desk.post(room("members_do", group), {"do": "remove", "who": who}).status_code == 422
    assert desk.get(room("members_remove", group), {"who": who}).status_code == 302
    assert desk.post(room("members_remove", group) + f"?who={who[0][:50]}", {"count": 1}).status_code == 302
    assert listed(group) == ["Amira", "Bilal", "Chen"]


def test_looking_at_the_address_of_the_button_leads_back(desk, group):
    assert desk.get(room("members_do", group) + "?q=am").url == room("members", group) + "?q=am"


# --- taking off ---------------------------------------------------------------------------------


def test_ticked_are_shown_counted_and_taken_off(desk, group, other_group, coordinator, people):
    check = desk.post(room("members_do", group), {"do": "remove", "who": [one.pk for one in people[:2]]})
    page = desk.get(check.url)
    for words in ("Take 2 people off your list?", "Amira", "Bilal", "They are not told", "for 7 days"):
        assert words in page.text
    assert "Chen" not in page.text
    assert listed(group) == ["Amira", "Bilal", "Chen"]
    done = desk.post(check.url, {"count": 2}, follow=True)
    assert "You took 2 people off your list" in done.text
    assert (listed(group), listed(other_group)) == (["Chen"], ["CANARY"])
    entry = Entry.objects.get(verb="groups.remove_members")
    assert (entry.actor, entry.detail) == (f"user:{coordinator.pk}", {"group": group.pk, "count": 2})


def test_everyone_found_is_only_who_the_question_finds(desk, group, people):
    check = desk.post(room("members_do", group) + "?q=b&sort=-name", {"do": "remove", "everyone": "1"})
    assert check.url.endswith("?everyone=1&q=b&sort=-name")
    desk.post(check.url, {"count": 1})
    assert listed(group) == ["Amira", "Chen"]


def test_list_that_changed_meanwhile_is_shown_once_more(desk, group, people):
    url = room("members_remove", group) + "?everyone=1"
    member(group, "Newcomer")
    page = desk.post(url, {"count": 3})
    assert (page.status_code, listed(group)) == (422, ["Amira", "Bilal", "Chen", "Newcomer"])
    assert "Your list has changed" in page.text
    assert 'name="count" value="4"' in page.text
    desk.post(url, {"count": 4})
    assert listed(group) == []


def test_ids_of_another_group_are_as_good_as_missing(desk, group, other_group, people):
    theirs = Membership.objects.get(group=other_group)
    for who in (theirs.pk, 987_654_321):
        url = room("members_remove", group) + f"?who={who}"
        assert desk.get(url).url == desk.post(url, {"count": 1}).url == room("members", group)
        mixed = desk.get(room("members_remove", group), {"who": [who, people[0].pk]})
        assert "Take 1 person off your list?" in mixed.text
        assert "CANARY" not in mixed.text
    actions.remove_members(group, [theirs.pk], by=group)
    assert listed(other_group) == ["CANARY"]


def test_many_are_named_up_to_a_hundred(desk, group):
    for number in range(102):
        member(group, f"Person {number:03}")
    page = desk.get(room("members_remove", group) + "?everyone=1")
    assert ("Person 099" in page.text, "Person 100" in page.text, "And 2 more" in page.text) == (True, False, True)


def test_taking_off_twice_is_once(group, coordinator, people):
    ids = [one.pk for one in people]
    assert actions.remove_members(group, ids, by=coordinator) is not None
    assert actions.remove_members(group, ids, by=coordinator) is None
    assert Removal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_taken_off_by_two_at_once_counts_once(group, coordinator, people):
    ids = [one.pk for one in people]
    outcomes = race(*[lambda: actions.remove_members(group, ids, by=coordinator)] * 2, after='FROM "groups_membership"')
    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    assert Entry.objects.get(verb="groups.remove_members").detail["count"] == 3


# --- putting back -------------------------------------------------------------------------------


@pytest.fixture
def removal(group, coordinator, people):
    return actions.remove_members(group, [one.pk for one in people[:2]], by=coordinator)


def test_put_back_are_members_as_they_were(desk, group, people, removal):
    note = people[0].notes.create(text="Likes tea", written_at=timezone.now())
    assert "Put back people taken off" in desk.get(room("members", group)).text
    page = desk.get(room("members_removed", group))
    assert "2 people, taken off at" in page.text
    assert "Amira" in page.text
    done = desk.post(room("members_put_back", group, removal.pk), follow=True)
    assert "2 people back on your list" in done.text
    assert listed(group) == ["Amira", "Bilal", "Chen"]
    again = Membership.objects.current().get(supporter__name="Amira")
    assert (again.pk, again.joined_on, list(again.notes.all())) == (people[0].pk, people[0].joined_on, [note])
    assert "Nobody was taken off" in desk.get(room("members_removed", group)).text
    assert "Put back people taken off" not in desk.get(room("members", group)).text
    assert actions.put_back(removal, by=group) == 0


def test_put_back_leaves_those_who_joined_anew_or_were_forgotten(group, coordinator, people, removal):
    actions.join_group(people[0].supporter, group, source="joined")
    erase_supporter(people[1].supporter, by="test")
    assert actions.put_back(removal, by=coordinator) == 0
    assert listed(group) == ["Amira", "Chen"]
    assert Membership.objects.current().get(supporter__name="Amira").source == "joined"


def test_nobody_is_put_back_after_a_week(desk, group, coordinator, removal):
    Removal.objects.update(removed_at=timezone.now() - timedelta(days=7))
    with pytest.raises(ValidationError) as refused:
        actions.put_back(removal, by=coordinator)
    assert refused.value.code == "too_late"
    assert "more than 7 days ago" in desk.post(room("members_put_back", group, removal.pk), follow=True).text
    assert "Nobody was taken off" in desk.get(room("members_removed", group)).text
    assert listed(group) == ["Chen"]


def test_another_groups_removal_is_as_good_as_missing(client_of, other_group, other_coordinator, group, removal):
    desk = client_of(other_coordinator)
    theirs, missing = (desk.post(room("members_put_back", other_group, pk)) for pk in (removal.pk, 987_654_321))
    assert (theirs.status_code, theirs.content) == (404, missing.content)
    assert listed(group) == ["Chen"]


@pytest.mark.django_db(transaction=True)
def test_put_back_while_one_joins_anew_makes_no_second_membership(group, coordinator, people, removal):
    supporter = people[0].supporter
    race(
        lambda: actions.put_back(removal, by=coordinator),
        lambda: actions.join_group(supporter, LocalGroup.objects.get(pk=group.pk), source="joined"),
        after='"groups_membership"',
    )
    assert listed(group).count("Amira") == 1
    assert "Bilal" in listed(group)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_number_of_questions(desk, group, coordinator, django_assert_num_queries, count):
    for number in range(count):
        gone = [member(group, f"Gone {number} {each}").pk for each in range(count)]
        actions.remove_members(group, gone, by=coordinator)
        member(group, f"Here {number}")
    desk.get(room("members", group))
    with django_assert_num_queries(7):
        desk.get(room("members_removed", group))
    with django_assert_num_queries(7):
        desk.get(room("members_remove", group) + "?everyone=1")

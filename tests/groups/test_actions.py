from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from groups import actions
from groups.models import GroupRole, LocalGroup, Membership
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter
from sanctuary.people.models import Controller
from sanctuary.places.postcode import InvalidPostcode
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

at_once = pytest.mark.django_db(transaction=True)


def code_of(outcome):
    return outcome.code if isinstance(outcome, ValidationError) else None


def controllers():
    return Controller.objects.filter(kind=Controller.Kind.GROUP)


# --- founding -----------------------------------------------------------------------------------


def test_found_group_makes_the_group_and_its_own_controller(places, staff):
    group = actions.found_group(name="Amberford City of Sanctuary", area="Amberford", postcode="ls7 3hj", by=staff)
    group = LocalGroup.objects.get(pk=group.pk)
    assert (group.slug, group.status) == ("amberford-city-of-sanctuary", "enquiry")
    assert (group.postcode, group.outward_code, group.region) == ("LS7 3HJ", "LS7", "Yorkshire and the Humber")
    assert [group.controller] == list(controllers())
    assert (group.controller.name, group.controller.is_charity) == (group.name, False)
    assert Entry.objects.get(verb="groups.found").actor == f"user:{staff.pk}"


def test_found_group_twice_is_one_group(staff):
    first = actions.found_group(name="Amberford", area="Amberford", by=staff)
    assert actions.found_group(name="Amberford", area="Amberford", by=staff) == first
    assert (LocalGroup.objects.count(), controllers().count()) == (1, 1)


@at_once
def test_found_group_by_two_at_once_is_one_group_and_one_controller(staff):
    def found():
        return actions.found_group(name="Amberford", area="Amberford", by=staff)

    first, second = race(found, found, after='FROM "groups_localgroup"')
    assert first == second == LocalGroup.objects.get()
    assert controllers().count() == 1


def test_found_group_with_a_name_of_another_area_is_refused(staff):
    actions.found_group(name="Valley of Sanctuary", area="Amberdale", by=staff)
    with pytest.raises(ValidationError) as refusal:
        actions.found_group(name="Valley of Sanctuary", area="Brackendale", by=staff)
    assert code_of(refusal.value) == "name_taken"
    assert controllers().count() == 1


def test_found_group_with_a_bad_postcode_leaves_nothing_behind(staff):
    with pytest.raises(InvalidPostcode):
        actions.found_group(name="Amberford", area="Amberford", postcode="nowhere", by=staff)
    assert (LocalGroup.objects.count(), controllers().count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Find", "find-2"), ("Near!", "near-2"), ("ملاذ", "group"), ("Amber Ford", "amber-ford"), ("A" * 100, "a" * 90)],
)
def test_found_group_finds_an_address_that_is_free(staff, name, slug):
    assert actions.found_group(name=name, area=name, by=staff).slug == slug


def test_found_group_counts_on_when_the_address_is_taken(staff):
    slugs = [actions.found_group(name=name, area=name, by=staff).slug for name in ("Amber Ford", "Amber-Ford", "Amber")]
    assert slugs == ["amber-ford", "amber-ford-2", "amber"]


def test_move_group_takes_its_dot_along(places, staff, group):
    actions.move_group(group, postcode="M1 1AE", by=staff)
    group.refresh_from_db()
    assert (group.outward_code, group.region) == ("M1", "North West")
    assert round(group.latitude) == 53
    actions.move_group(group, postcode=None, by=staff)
    group.refresh_from_db()
    assert (group.outward_code, group.region, group.has_position) == ("", "", False)


# --- the life of a group ------------------------------------------------------------------------


def test_group_lives_from_enquiry_to_closing(staff):
    group = make.ready_to_register(actions.found_group(name="Amberford", area="Amberford", by=staff))
    steps = [actions.register_group, actions.activate_group, actions.rest_group, actions.activate_group]
    statuses = [step(group, by=staff).status for step in [*steps, actions.close_group]]
    assert statuses == ["registered", "active", "dormant", "active", "closed"]
    assert LocalGroup.objects.get().status == "closed"


@pytest.mark.parametrize("step", [actions.register_group, actions.activate_group, actions.rest_group])
def test_closed_group_stays_closed(staff, step):
    group = make.LocalGroupFactory(status="closed")
    with pytest.raises(ValidationError) as refusal:
        step(group, by=staff)
    assert code_of(refusal.value) == "wrong_time"
    assert LocalGroup.objects.get().status == "closed"


def test_register_group_twice_is_logged_once(staff):
    group = make.ready_to_register(make.LocalGroupFactory(status="forming"))
    actions.register_group(group, by=staff)
    actions.register_group(group, by=staff)
    assert Entry.objects.filter(verb="groups.become_registered").count() == 1


def test_register_group_where_one_lives_already_is_refused(staff):
    make.LocalGroupFactory(name="Sanctuary on Sea", area="Brighton")
    group = make.ready_to_register(make.LocalGroupFactory(area="Brighton", status="forming"))
    with pytest.raises(ValidationError, match="Sanctuary on Sea already serves Brighton") as refusal:
        actions.register_group(group, by=staff)
    assert code_of(refusal.value) == "area_taken"
    group.refresh_from_db()
    assert group.status == "forming"


@at_once
def test_two_groups_of_one_area_registered_at_once_leave_one_live(staff):
    rivals = make.LocalGroupFactory.create_batch(2, area="Brighton", status="forming")
    for group in rivals:
        make.ready_to_register(group)
    calls = [lambda group=group: actions.register_group(group, by=staff) for group in rivals]
    outcomes = race(*calls, after='FROM "groups_localgroup"')
    assert sorted(code_of(outcome) or "done" for outcome in outcomes) == ["area_taken", "done"]
    assert LocalGroup.objects.live().count() == 1


def test_close_group_ends_every_role_and_no_other_group_s(staff, group, coordinator, other_coordinator):
    future = make.GroupRoleFactory(group=group, user=staff, started_on=timezone.localdate() + timedelta(days=9))
    actions.close_group(group, by=staff)
    actions.close_group(group, by=staff)
    assert not LocalGroup.objects.run_by(coordinator).exists()
    assert LocalGroup.objects.run_by(other_coordinator).exists()
    assert not GroupRole.objects.filter(pk=future.pk).exists()


# --- roles --------------------------------------------------------------------------------------


def test_start_role_twice_keeps_the_first_day(group, staff):
    user = make.UserFactory()
    first = actions.start_role(group, user, "helper", on=date(2024, 1, 1), by=staff)
    assert actions.start_role(group, user, "helper", by=staff) == first
    assert GroupRole.objects.get().started_on == date(2024, 1, 1)
    assert Entry.objects.filter(verb="groups.start_role").count() == 1


@at_once
def test_start_role_by_two_at_once_is_one_role(group, staff):
    def start():
        return actions.start_role(group, staff, "helper", by=staff)

    first, second = race(start, start, after='FROM "groups_grouprole"')
    assert first == second == GroupRole.objects.get()


def test_start_role_unknown_is_refused(group, staff):
    with pytest.raises(ValidationError) as refusal:
        actions.start_role(group, staff, "emperor", by=staff)
    assert code_of(refusal.value) == "no_such_role"


def test_end_role_of_the_last_coordinator_is_refused(group, coordinator, other_coordinator, staff):
    make.GroupRoleFactory(group=group, user=staff, role="deputy")
    role = GroupRole.objects.get(group=group, user=coordinator)
    with pytest.raises(ValidationError, match="needs a coordinator") as refusal:
        actions.end_role(role, by=coordinator)
    assert code_of(refusal.value) == "last_coordinator"
    assert LocalGroup.objects.run_by(coordinator).exists()


@pytest.mark.parametrize(
    "successor",
    [
        {"started_on": date(2099, 1, 1)},
        {"ended_on": date(2021, 1, 1)},
        {"ended_on": date(2099, 1, 1)},
        {"role": "deputy"},
        {"user__is_active": False},
    ],
    ids=["not yet", "no more", "leaving too", "a deputy", "without an account"],
)
def test_end_role_needs_a_successor_who_stays(group, coordinator, successor):
    fields = {key: value for key, value in successor.items() if key != "user__is_active"}
    make.GroupRoleFactory(
        group=group, user=make.UserFactory(is_active=successor.get("user__is_active", True)), **fields
    )
    with pytest.raises(ValidationError) as refusal:
        actions.end_role(GroupRole.objects.get(user=coordinator), by=coordinator)
    assert code_of(refusal.value) == "last_coordinator"


def test_end_role_with_a_successor_takes_the_rights_today(group, coordinator):
    make.GroupRoleFactory(group=group, user=make.UserFactory())
    role = GroupRole.objects.get(user=coordinator)
    actions.end_role(role, by=coordinator)
    actions.end_role(role, by=coordinator)
    assert not LocalGroup.objects.run_by(coordinator).exists()
    assert Entry.objects.filter(verb="groups.end_role").count() == 1


def test_end_role_that_has_not_begun_ends_on_its_first_day(group, coordinator, staff):
    role = make.GroupRoleFactory(group=group, user=staff, started_on=date(2099, 1, 1))
    assert actions.end_role(role, by=staff).ended_on == date(2099, 1, 1)


@at_once
def test_two_last_coordinators_who_leave_at_once_leave_one(group):
    roles = [make.GroupRoleFactory(group=group, user=make.UserFactory()) for _ in range(2)]
    calls = [lambda role=role: actions.end_role(role, by=role.user) for role in roles]
    outcomes = race(*calls, after='FROM "groups_grouprole"')
    assert sorted(code_of(outcome) or "done" for outcome in outcomes) == ["done", "last_coordinator"]
    assert GroupRole.objects.open().count() == 1


# --- membership ---------------------------------------------------------------------------------


def test_join_group_twice_keeps_the_first_day_and_source(group):
    member = make.SupporterFactory()
    first = actions.join_group(member, group, source="pledge", on=date(2024, 1, 1))
    assert actions.join_group(member, group, source="imported") == first
    kept = Membership.objects.get()
    assert (kept.source, kept.joined_on) == ("pledge", date(2024, 1, 1))


@at_once
def test_join_group_by_two_at_once_is_one_membership(group):
    member = make.SupporterFactory()

    def join():
        return actions.join_group(member, group, source="pledge")

    first, second = race(join, join, after='FROM "groups_membership"')
    assert first == second == Membership.objects.get()


def test_leave_group_then_join_again_is_two_memberships(group, other_group):
    member = make.SupporterFactory()
    elsewhere = actions.join_group(member, other_group, source="joined")
    first = actions.join_group(member, group, source="pledge")
    assert actions.leave_group(member, group) == first
    assert actions.leave_group(member, group) is None
    again = actions.join_group(member, group, source="joined")
    assert set(Membership.objects.current()) == {elsewhere, again}
    assert Membership.objects.get(pk=first.pk).left_on == timezone.localdate()


@at_once
def test_leave_group_by_two_at_once_happens_once(group):
    member = make.SupporterFactory()
    membership = actions.join_group(member, group, source="pledge")

    def leave():
        return actions.leave_group(member, group)

    outcomes = race(leave, leave, after='FROM "groups_membership"')
    assert sorted(str(outcome) for outcome in outcomes) == sorted([str(membership), "None"])


def test_erased_person_leaves_every_group_and_nobody_else_does(group, other_group, staff):
    member, other = make.SupporterFactory(), make.SupporterFactory()
    for place in (group, other_group):
        actions.join_group(member, place, source="pledge")
    stays = actions.join_group(other, group, source="pledge")
    erase_supporter(member, by=staff)
    assert list(Membership.objects.current()) == [stays]

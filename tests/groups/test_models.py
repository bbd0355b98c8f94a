from datetime import date, timedelta

import pytest
from django.utils import timezone

from groups.models import Activity, GroupRole, LocalGroup, Membership
from sanctuary.people.actions import suppress
from sanctuary.people.models import Suppression
from tests import factories as make
from tests.factories import permit

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("role", "is_run"),
    [("coordinator", True), ("deputy", True), ("helper", True), ("safeguarding_lead", False)],
)
def test_run_by_follows_the_role(group, other_group, role, is_run):
    user = make.UserFactory()
    make.GroupRoleFactory(group=group, user=user, role=role)
    assert list(LocalGroup.objects.run_by(user)) == ([group] if is_run else [])


@pytest.mark.parametrize(
    ("start", "end", "is_run"),
    [(0, None, True), (-9, 1, True), (1, None, False), (-9, 0, False), (-9, -1, False)],
)
def test_run_by_follows_the_days(group, other_group, start, end, is_run):
    user = make.UserFactory()
    ended_on = None if end is None else TODAY() + end * DAY
    make.GroupRoleFactory(group=group, user=user, started_on=TODAY() + start * DAY, ended_on=ended_on)
    assert list(LocalGroup.objects.run_by(user)) == ([group] if is_run else [])


def test_run_by_does_not_mix_two_people(group, other_group):
    ended, current = make.UserFactory(), make.UserFactory()
    make.GroupRoleFactory(group=group, user=ended, ended_on=date(2021, 1, 1))
    make.GroupRoleFactory(group=group, user=current)
    assert list(LocalGroup.objects.run_by(ended)) == []


def test_run_by_twice_over_is_one_group(group):
    user = make.UserFactory()
    make.GroupRoleFactory(group=group, user=user)
    make.GroupRoleFactory(group=group, user=user, role=GroupRole.Role.HELPER)
    assert list(LocalGroup.objects.run_by(user)) == [group]


@pytest.mark.parametrize("status", LocalGroup.Status.values)
def test_status_decides_who_may_know(group, status):
    LocalGroup.objects.update(status=status)
    assert LocalGroup.objects.live().exists() == (status in {"registered", "active"})
    assert LocalGroup.objects.known_in_public().exists() == (status in {"registered", "active", "dormant", "closed"})


def test_matching_needs_every_word_in_name_or_area():
    sea = make.LocalGroupFactory(name="Sanctuary on Sea", area="Brighton")
    make.LocalGroupFactory(name="Sanctuary on the Hill", area="Lincoln")
    assert list(LocalGroup.objects.matching("brighton sanctuary")) == [sea]
    assert list(LocalGroup.objects.matching("100%")) == []


def test_count_by_region_has_every_region_once():
    make.LocalGroupFactory.create_batch(2, region="Wales")
    make.LocalGroupFactory(region="")
    counts = LocalGroup.objects.count_by_region()
    assert len(counts) == 12
    assert {"slug": "wales", "name": "Wales", "count": 2} in counts
    assert sum(region["count"] for region in counts) == 2


@pytest.mark.parametrize(
    ("is_private", "venue", "shown", "is_withheld"),
    [
        (True, "Mill Hall", "Town centre", True),
        (False, "Mill Hall", "Mill Hall, Town centre", False),
        (True, "", "Town centre", False),
        (False, "", "Town centre", False),
    ],
)
def test_public_place_keeps_a_private_venue(group, is_private, venue, shown, is_withheld):
    activity = Activity(group=group, area="Town centre", venue=venue, is_venue_private=is_private)
    assert (activity.public_place, activity.is_place_withheld) == (shown, is_withheld)


def member_of(group, **fields):
    member = make.SupporterFactory(**fields)
    make.MembershipFactory(group=group, supporter=member)
    return member


def may_email(group):
    return {row.supporter: row.may_email for row in Membership.objects.filter(group=group).with_email_state()}


def test_email_state_needs_a_live_permission_for_this_very_group(group, other_group, essentials):
    agreed, silent, to_others, to_national = (member_of(group) for _ in range(4))
    permit(agreed, group.controller)
    permit(to_others, other_group.controller)
    permit(to_national, essentials)
    assert may_email(group) == {agreed: True, silent: False, to_others: False, to_national: False}


def test_email_state_hears_suppressions(group, other_group):
    by_all, by_us, by_others = (member_of(group) for _ in range(3))
    for member in (by_all, by_us, by_others):
        permit(member, group.controller)
    suppress(by_all.email, reason=Suppression.Reason.UNSUBSCRIBED)
    suppress(by_us.email, reason=Suppression.Reason.HARD_BOUNCED, controller=group.controller)
    suppress(by_others.email, reason=Suppression.Reason.COMPLAINED, controller=other_group.controller)
    assert may_email(group) == {by_all: False, by_us: False, by_others: True}


def test_email_state_without_an_address_is_no(group):
    member = member_of(group, email="")
    permit(member, group.controller)
    assert may_email(group) == {member: False}

import pytest

from sanctuary import access
from tests import factories as make

pytestmark = pytest.mark.django_db

RULES = {"groups.manage": {"helper"}, "groups.coordinate": set(), "groups.see_members": set()}


@pytest.mark.parametrize("rule", RULES)
def test_only_those_who_run_the_group_may(
    rule, group, other_group, supporter, coordinator, other_coordinator, staff, superuser
):
    helper, lead = make.UserFactory(), make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    make.GroupRoleFactory(group=group, user=lead, role="safeguarding_lead")
    deputy = make.GroupRoleFactory(group=group, user=make.UserFactory(), role="deputy").user
    everybody = [deputy, supporter, coordinator, other_coordinator, staff, superuser, helper, lead]
    assert {user for user in everybody if access.allows(rule, user, group)} == {coordinator, deputy} | (
        {helper} if "helper" in RULES[rule] else set()
    )


@pytest.mark.parametrize("rule", RULES)
def test_inactive_coordinator_may_not(rule, group, coordinator):
    coordinator.is_active = False
    assert not access.allows(rule, coordinator, group)


@pytest.mark.parametrize("rule", RULES)
def test_no_group_is_no(rule, coordinator):
    assert not access.allows(rule, coordinator)

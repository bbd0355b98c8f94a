"""Who may do what in a group: those who help to run it today, and nobody else. National staff see no members."""

import rules
from django.utils import timezone

from groups.models import LocalGroup, RegionalRole
from sanctuary.access import is_national_staff


@rules.predicate
def helps_to_run(user, group):
    return group is not None and LocalGroup.objects.run_by(user).filter(pk=group.pk).exists()


@rules.predicate
def coordinates(user, group):
    """Coordinators and deputies look after people; helpers look after activities."""
    return group is not None and LocalGroup.objects.coordinated_by(user).filter(pk=group.pk).exists()


rules.add_rule("groups.manage", helps_to_run)
rules.add_rule("groups.coordinate", coordinates)
rules.add_rule("groups.see_members", coordinates)


@rules.predicate
def supports_a_region(user, region):
    """Today; with a region, that one."""
    held = RegionalRole.objects.of(user, timezone.localdate())
    return (held.filter(region=region) if region is not None else held).exists()


# Regional coordinators and national staff see contacts and counts of groups, and no members.
rules.add_rule("groups.oversee_region", is_national_staff | supports_a_region)

for name in [
    "groups",
    "groups.view_story",
    # To find the group that a shield is for.
    "groups.view_localgroup",
    "groups.view_shield",
    "groups.add_shield",
    "groups.change_shield",
    "groups.view_handback",
    "groups.change_handback",
]:
    rules.add_perm(name, is_national_staff & rules.is_active)

"""Who may do what in a group: those who help to run it today, and nobody else. National staff see no members."""

import rules

from groups.models import LocalGroup


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

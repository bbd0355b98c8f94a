from django.dispatch import receiver

from groups import actions
from groups.models import Membership
from sanctuary.people.signals import held_asked, supporter_erased


@receiver(supporter_erased)
def forget_memberships(supporter, **kwargs):
    actions.leave_all_groups(supporter)


@receiver(held_asked)
def memberships_held(supporter, **kwargs):
    mine = Membership.objects.filter(supporter=supporter).select_related("group").order_by("joined_on", "pk")
    return {"Your groups": [_entry(membership) for membership in mine]}


def _entry(membership: Membership) -> dict[str, str]:
    entry = {"Group": membership.group.name, "Since": f"{membership.joined_on:%-d %B %Y}"}
    return entry | ({"Until": f"{membership.left_on:%-d %B %Y}"} if membership.left_on else {})

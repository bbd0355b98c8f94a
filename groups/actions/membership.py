"""Belonging to a group."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from groups.models import LocalGroup, Membership
from sanctuary.people.models import Supporter


def join_group(supporter: Supporter, group: LocalGroup, *, source: str, on: date | None = None) -> Membership:
    """The supporter belongs to the group. Harmless to repeat: the first day and source stay.

    Says nothing about emails: that is the permission ledger's.
    """
    membership, _ = Membership.objects.get_or_create(
        supporter=supporter,
        group=group,
        left_on=None,
        defaults={"source": source, "joined_on": on or timezone.localdate()},
    )
    return membership


@transaction.atomic
def leave_group(supporter: Supporter, group: LocalGroup) -> Membership | None:
    """The supporter belongs to the group no longer. None when they did not; harmless to repeat."""
    membership = (
        Membership.objects.current().select_for_update(of=("self",)).filter(supporter=supporter, group=group).first()
    )
    if membership:
        membership.left_on = timezone.localdate()
        membership.save(update_fields=["left_on"])
    return membership


def leave_all_groups(supporter: Supporter) -> int:
    """The supporter belongs to no group any more, and no group can put them back. Returns how many they left."""
    Membership.objects.filter(supporter=supporter, removal__isnull=False).update(removal=None)
    return Membership.objects.current().filter(supporter=supporter).update(left_on=timezone.localdate())

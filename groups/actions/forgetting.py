"""“Please delete what you hold about me”, said to a group."""

from django.db import transaction

from groups.actions.unbooking import forget_bookings_of
from groups.models import Attendance, Membership
from groups.signals import member_forgotten
from sanctuary.audit.actions import record
from sanctuary.people import actions as people
from sanctuary.people.models import Controller, CurrentPermission, Merge, Supporter, Suppression, User
from sanctuary.people.signals import ties_asked

SOURCE = "deleted on request"


@transaction.atomic
def forget_member(membership: Membership, *, silence: bool, by) -> bool:
    """Delete what the group holds about a member; the whole entry, if nobody else in the network knows the person.

    `silence`: their address stays on the group's list of those it must not email. Returns whether the whole entry
    went. Harmless to repeat. Numbers stay: somebody who came is still counted, without a name.
    """
    supporter = Supporter.objects.select_for_update(of=("self",)).get(pk=membership.supporter_id)
    group = membership.group
    them = {supporter.pk, *Merge.objects.gone_into(supporter.pk)}
    mine = Membership.objects.filter(supporter__in=them, group=group)
    if not mine.exists():
        return False
    addresses = _addresses_of(supporter)
    people.withdraw(supporter, controllers=[group.controller], source=SOURCE, by=by)
    if silence:
        for address in addresses:
            people.suppress(address, reason=Suppression.Reason.ERASED, controller=group.controller)
    Attendance.objects.filter(supporter=supporter, activity__group=group).delete()
    forget_bookings_of(supporter, addresses, group=group)
    member_forgotten.send(sender=Membership, supporter=supporter, group=group)
    mine.delete()
    record("groups.forget_member", group, by=by, supporter=supporter.pk, silence=silence)
    is_last = not is_known_elsewhere(supporter, group.controller)
    if is_last:
        people.erase_supporter(supporter, by=by, silence=False)
    return is_last


def _addresses_of(supporter: Supporter) -> set[str]:
    """Theirs, and those of entries that became part of this one; what undoing that needed goes with it."""
    _, addresses = people.forget_parts(supporter)
    return addresses | ({supporter.email} - {""})


def is_known_elsewhere(supporter: Supporter, controller: Controller) -> bool:
    """Whether anybody but this controller holds something about the person."""
    others = CurrentPermission.objects.live().filter(supporter=supporter).exclude(controller=controller)
    if others.exists() or User.objects.filter(supporter=supporter).exists():
        return True
    return any(answer for _, answer in ties_asked.send(sender=Membership, supporter=supporter, controller=controller))

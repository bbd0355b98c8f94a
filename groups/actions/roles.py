"""Who does what for a group, from one day to another. Rights follow on the next request."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import GroupRole, HandBack, LocalGroup
from sanctuary.audit.actions import record
from sanctuary.people.models import User


@transaction.atomic
def start_role(group: LocalGroup, user: User, role: str, *, by, on: date | None = None) -> GroupRole:
    """From this day the person does this for the group. Harmless to repeat: the first day stays."""
    if role not in GroupRole.Role.values:
        raise ValidationError("There is no such role.", code="no_such_role")
    held, is_new = GroupRole.objects.get_or_create(
        group=group, user=user, role=role, ended_on=None, defaults={"started_on": on or timezone.localdate()}
    )
    if is_new:
        record("groups.start_role", held, by=by, group=group.pk, role=role)
    return held


@transaction.atomic
def end_role(role: GroupRole, *, by, on: date | None = None) -> GroupRole:
    """The role ends on this day, today unless said otherwise; on that day it gives no rights any more.

    Raises ValidationError(code="last_coordinator") when the group would be left with nobody to coordinate it.
    """
    day = on or timezone.localdate()
    # The group's row is the lock: of two last coordinators who leave at once, the second must see the first gone.
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=role.group_id)
    role = GroupRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if role.ended_on is not None and role.ended_on <= day:
        return role
    if _leaves_nobody(role, group, day):
        words = f"{group} needs a coordinator. Name the next one first, or hand the group back to the national team."
        raise ValidationError(words, code="last_coordinator")
    role.ended_on = max(day, role.started_on)
    role.save(update_fields=["ended_on"])
    record("groups.end_role", role, by=by, group=group.pk, role=role.role)
    return role


def _leaves_nobody(role: GroupRole, group: LocalGroup, day: date) -> bool:
    if role.role != GroupRole.Role.COORDINATOR or group.status == LocalGroup.Status.CLOSED:
        return False
    if HandBack.objects.open().filter(group=group).exists():
        return False
    # One who has a last day already cannot be the one who stays.
    staying = GroupRole.objects.open().filter(
        group=group, role=GroupRole.Role.COORDINATOR, started_on__lte=day, user__is_active=True
    )
    return not staying.exclude(user=role.user_id).exists()

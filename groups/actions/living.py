"""The life of a group: registered, active, resting, closed."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.models import GroupRole, LocalGroup
from groups.models.group import LIVE_STATUSES
from sanctuary.audit.actions import record

Status = LocalGroup.Status
BEFORE = {
    Status.REGISTERED: {Status.ENQUIRY, Status.RESEARCHING, Status.FORMING},
    Status.ACTIVE: {Status.REGISTERED, Status.DORMANT},
    Status.DORMANT: {Status.REGISTERED, Status.ACTIVE},
    Status.CLOSED: set(Status) - {Status.CLOSED},
}


def register_group(group: LocalGroup, *, by) -> LocalGroup:
    """The group has signed the Charter and is now in the public directory."""
    return _become(Status.REGISTERED, group, by)


def activate_group(group: LocalGroup, *, by) -> LocalGroup:
    """The group has begun, or begun again."""
    return _become(Status.ACTIVE, group, by)


def rest_group(group: LocalGroup, *, by) -> LocalGroup:
    """Nobody can carry the group just now. Its page says so and points to the nearest."""
    return _become(Status.DORMANT, group, by)


@transaction.atomic
def close_group(group: LocalGroup, *, by) -> LocalGroup:
    """The group has ended, and with it every role: from now on nobody sees its members."""
    group = _become(Status.CLOSED, group, by)
    today = timezone.localdate()
    # A role that was to begin later never begins.
    GroupRole.objects.filter(group=group, started_on__gt=today).delete()
    GroupRole.objects.filter(group=group).current(today).update(ended_on=today)
    return group


def _become(status: Status, group: LocalGroup, by) -> LocalGroup:
    """Raises ValidationError: code "area_taken" if another group serves the area, "wrong_time" for any other move."""
    try:
        with transaction.atomic():
            group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
            if group.status == status:
                return group
            if group.status not in BEFORE[status]:
                words = f"{group} is {group.get_status_display().lower()}: it cannot become {status.label.lower()} now."
                raise ValidationError(words, code="wrong_time")
            group.status = status
            group.save(update_fields=["status"])
            record(f"groups.become_{status}", group, by=by)
            return group
    except IntegrityError as error:
        other = LocalGroup.objects.filter(area=group.area, status__in=LIVE_STATUSES).exclude(pk=group.pk).first()
        if other is None:
            raise
        raise ValidationError(f"{other} already serves {group.area}.", code="area_taken") from error

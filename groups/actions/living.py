"""The life of a group: enquiry, researching, forming, registered, active, resting, closed."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.models import GroupRole, LifeMove, LocalGroup
from groups.models.due import missing_to_register
from groups.models.path import BEFORE
from sanctuary.audit.actions import record
from sanctuary.people.models import User

Status = LocalGroup.Status


def begin_research(group: LocalGroup, *, by, reason: str = "") -> LocalGroup:
    """The enquiry was welcomed: its people find out what their place needs."""
    return _become(Status.RESEARCHING, group, by, reason)


def begin_forming(group: LocalGroup, *, by, reason: str = "") -> LocalGroup:
    """They know their place, and gather a group and support for it."""
    return _become(Status.FORMING, group, by, reason)


def register_group(group: LocalGroup, *, by, reason: str = "") -> LocalGroup:
    """The group has signed the Charter and is now in the public directory.

    Raises ValidationError(code="not_ready") while the Charter, contacts or safeguarding are not complete.
    """
    return _become(Status.REGISTERED, group, by, reason)


def activate_group(group: LocalGroup, *, by, reason: str = "") -> LocalGroup:
    """The group has begun, or begun again."""
    return _become(Status.ACTIVE, group, by, reason)


def rest_group(group: LocalGroup, *, by, reason: str = "") -> LocalGroup:
    """Nobody can carry the group just now. Its page says so and points to the nearest."""
    return _become(Status.DORMANT, group, by, reason)


@transaction.atomic
def close_group(group: LocalGroup, *, by, reason: str = "") -> LocalGroup:
    """The group has ended, and with it every role: from now on nobody sees its members."""
    return _end_roles(_become(Status.CLOSED, group, by, reason))


@transaction.atomic
def decline_enquiry(group: LocalGroup, *, by, reason: str) -> LocalGroup:
    """No group comes of this enquiry."""
    return _end_roles(_become(Status.DECLINED, group, by, reason))


@transaction.atomic
def merge_enquiry(group: LocalGroup, *, into: LocalGroup, by, reason: str = "") -> LocalGroup:
    """Those who enquired join a group that lives already. Raises ValidationError(code="wrong_group") for any other."""
    if into.pk == group.pk or not LocalGroup.objects.live().filter(pk=into.pk).exists():
        raise ValidationError("Choose a group that is registered or active.", code="wrong_group")
    return _end_roles(_become(Status.MERGED, group, by, reason, joined_group=into))


def _end_roles(group: LocalGroup) -> LocalGroup:
    now = timezone.now()
    today = timezone.localdate(now)
    # A role that was to begin later never begins.
    GroupRole.objects.filter(group=group, started_on__gt=today).delete()
    GroupRole.objects.filter(group=group).current(today).update(ended_on=today)
    # Nor does one that somebody has yet to say yes to.
    group.invitations.unanswered().update(revoked_at=now)
    return group


def _become(status: Status, group: LocalGroup, by, reason: str, **detail) -> LocalGroup:
    """Raises ValidationError: "area_taken" if another group serves the area, "wrong_time" for any other move."""
    try:
        with transaction.atomic():
            group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
            return group if group.status == status else _move(status, group, by, reason, **detail)
    except IntegrityError as error:
        other = LocalGroup.objects.live().filter(area__iexact=group.area).exclude(pk=group.pk).first()
        if other is None:
            raise
        raise ValidationError(f"{other} already serves {group.area}.", code="area_taken") from error


def _move(status: Status, group: LocalGroup, by, reason: str, **detail) -> LocalGroup:
    if group.status not in BEFORE[status]:
        words = f"{group} is {group.get_status_display().lower()}: it cannot become {status.label.lower()} now."
        raise ValidationError(words, code="wrong_time")
    if status == Status.REGISTERED and (missing := missing_to_register(group)):
        raise ValidationError(f"{group} cannot be registered yet. Please {'; '.join(missing)}.", code="not_ready")
    before, group.status = group.status, status
    group.save(update_fields=["status"])
    person = by if isinstance(by, User) else None
    LifeMove.objects.create(
        group=group, before=before, after=status, reason=reason, at=timezone.now(), recorded_by=person, **detail
    )
    record(f"groups.become_{status}", group, by=by)
    return group

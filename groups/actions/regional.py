"""Who supports the groups of a region, and what they note."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import LocalGroup, RegionalRole, SupportVisit
from sanctuary.audit.actions import record
from sanctuary.people.models import User
from sanctuary.places.models import Region


@transaction.atomic
def start_regional_role(user: User, region: str, *, by, on: date | None = None) -> RegionalRole:
    """From this day the person supports the groups of a region. Harmless to repeat: the first day stays."""
    if region not in Region.values:
        raise ValidationError("There is no such region.", code="no_such_region")
    held, is_new = RegionalRole.objects.get_or_create(
        user=user, region=region, ended_on=None, defaults={"started_on": on or timezone.localdate()}
    )
    if is_new:
        record("groups.start_regional_role", held, by=by, region=region)
    return held


@transaction.atomic
def end_regional_role(role: RegionalRole, *, by) -> RegionalRole:
    """From today the person sees nothing of the region any more. Harmless to repeat."""
    role = RegionalRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
    today = timezone.localdate()
    if role.ended_on is None or role.ended_on > today:
        role.ended_on = max(today, role.started_on)
        role.save(update_fields=["ended_on"])
        record("groups.end_regional_role", role, by=by, region=role.region)
    return role


@transaction.atomic
def note_visit(group: LocalGroup, *, on: date, note: str, by: User) -> SupportVisit:
    """A few words about a visit or a call. Harmless to repeat. Raises ValidationError(code="future")."""
    if on > timezone.localdate():
        raise ValidationError({"on": ValidationError("Enter a date that is not in the future", code="future")})
    visit, is_new = SupportVisit.objects.get_or_create(group=group, on=on, note=note, defaults={"recorded_by": by})
    if is_new:
        record("groups.note_visit", visit, by=by, group=group.pk)
    return visit

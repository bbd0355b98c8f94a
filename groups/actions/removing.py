"""Taking people off a group's list, and putting them back."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.models import LocalGroup, Membership, Removal
from sanctuary.audit.actions import record


@transaction.atomic
def remove_members(group: LocalGroup, ids: Iterable[int], *, by) -> Removal | None:
    """These memberships of the group end today. Those of others, and those that have ended, stay as they are.

    None when nobody was left to take off; harmless to repeat. It can be undone for 7 days.
    """
    now = timezone.now()
    members = Membership.objects.current().filter(group=group, pk__in=list(ids))
    found = list(members.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if not found:
        return None
    removal = Removal.objects.create(group=group, removed_by=by, removed_at=now)
    Membership.objects.filter(pk__in=found).update(left_on=timezone.localdate(now), removal=removal)
    record("groups.remove_members", removal, by=by, group=group.pk, count=len(found))
    return removal


@transaction.atomic
def put_back(removal: Removal, *, by) -> int:
    """Whoever was taken off then is a member again, as if nothing had been. Returns how many; harmless to repeat.

    Those who joined anew since, or asked to be forgotten, are left alone. Raises ValidationError(code="too_late").
    """
    # The group's row is the lock: of two who put back the same person at once, the second must see the first's.
    LocalGroup.objects.select_for_update(of=("self",)).get(pk=removal.group_id)
    removal = Removal.objects.select_for_update(of=("self",)).get(pk=removal.pk)
    now = timezone.now()
    if removal.undone_at:
        return 0
    if now >= removal.ends_at:
        raise ValidationError("That was more than 7 days ago. Ask them to join again.", code="too_late")
    try:
        with transaction.atomic():
            count = _rejoin(removal)
    except IntegrityError:
        # One of them joined anew between our look and our update; now we see it.
        count = _rejoin(removal)
    removal.undone_at = now
    removal.save(update_fields=["undone_at"])
    record("groups.put_back", removal, by=by, group=removal.group_id, count=count)
    return count


def _rejoin(removal: Removal) -> int:
    gone = Membership.objects.filter(removal=removal)
    here = Membership.objects.current().filter(group=removal.group_id, supporter__in=gone.values("supporter"))
    return gone.exclude(supporter__in=here.values("supporter")).update(left_on=None, removal=None)

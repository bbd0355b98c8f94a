"""Raising and lowering the national shield. It counts for the very next page that anybody opens."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import LocalGroup, Shield
from sanctuary.audit.actions import record


@transaction.atomic
def raise_shield(*, reason: str, by, region: str = "", group: LocalGroup | None = None) -> Shield:
    """Hide where people meet and who they are: of one group, of one region, or with neither of the whole network.

    Harmless to repeat: the first reason stays. Raises ValidationError(code="two_scopes") for both at once.
    """
    if region and group:
        raise ValidationError("Choose a region or a group, not both.", code="two_scopes")
    shield, is_new = Shield.objects.get_or_create(
        region=region,
        group=group,
        lowered_at=None,
        defaults={"reason": reason, "raised_by": by, "raised_at": timezone.now()},
    )
    if is_new:
        record("groups.raise_shield", shield, by=by, region=region, group=group.pk if group else None)
    return shield


@transaction.atomic
def lower_shield(shield: Shield, *, by) -> Shield:
    """The danger is over. Harmless to repeat."""
    shield = Shield.objects.select_for_update(of=("self",)).get(pk=shield.pk)
    if shield.is_up:
        shield.lowered_at, shield.lowered_by = timezone.now(), by
        shield.save(update_fields=["lowered_at", "lowered_by"])
        record("groups.lower_shield", shield, by=by)
    return shield

"""Whether an organisation's name may stand in public."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from pledges.models import Pledge
from sanctuary.audit.actions import record
from sanctuary.people.models import Supporter


@transaction.atomic
def approve_organisation_name(pledge: Pledge, *, by) -> Pledge:
    """Staff have looked at the name: it may stand in public, if the organisation wants that. Harmless to repeat."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if pledge.name_checked_at:
        return pledge
    if not pledge.is_confirmed or pledge.kind != Supporter.Kind.ORGANISATION:
        raise ValidationError("Only the confirmed pledge of an organisation has a name to check.", code="no_name")
    pledge.name_checked_at, pledge.name_checked_by = timezone.now(), by
    pledge.save(update_fields=["name_checked_at", "name_checked_by"])
    record("pledges.approve_organisation_name", pledge, by=by)
    return pledge

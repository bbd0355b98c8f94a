"""Greeting those who have just pledged."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from pledges.models import Pledge
from sanctuary.audit.actions import record


@transaction.atomic
def greet_pledger(pledge: Pledge, *, by) -> Pledge:
    """Somebody from the group has welcomed this person. Harmless to repeat: the first greeting stays."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if pledge.greeted_at:
        return pledge
    if not pledge.is_confirmed:
        raise ValidationError("This pledge is not confirmed yet.", code="unconfirmed")
    pledge.greeted_at, pledge.greeted_by = timezone.now(), by
    pledge.save(update_fields=["greeted_at", "greeted_by"])
    record("pledges.greet", pledge, by=by)
    return pledge

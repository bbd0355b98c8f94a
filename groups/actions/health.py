"""The yearly health check."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import HealthCheck, LocalGroup
from groups.models.health_check import CHOICES, QUESTIONS
from sanctuary.audit.actions import record
from sanctuary.people.models import User

# A second press of the button is the same check, not the next year's.
SENT_JUST_NOW = timedelta(days=30)


@transaction.atomic
def save_health_check(group: LocalGroup, *, by, **answers) -> HealthCheck:
    """Keep the answers given so far. There is one draft for each group, whoever writes in it."""
    _lock(group)
    check, _ = HealthCheck.objects.drafts().get_or_create(group=group)
    for name in QUESTIONS:
        setattr(check, name, answers.get(name, ""))
    check.save()
    return check


@transaction.atomic
def submit_health_check(group: LocalGroup, *, by: User, **answers) -> HealthCheck:
    """Send the check to those who support the group. Harmless to repeat: a check sent this month stays as it is.

    Raises ValidationError with each question that has no answer, code "unanswered".
    """
    group, now = _lock(group), timezone.now()
    just_sent = HealthCheck.objects.submitted().filter(group=group, submitted_at__gte=now - SENT_JUST_NOW).first()
    if just_sent:
        return just_sent
    empty = [name for name in CHOICES if not answers.get(name)]
    if empty:
        raise ValidationError({name: ValidationError("Choose an answer", code="unanswered") for name in empty})
    check = save_health_check(group, by=by, **answers)
    check.submitted_at, check.submitted_by = now, by
    check.save(update_fields=["submitted_at", "submitted_by"])
    record("groups.submit_health_check", check, by=by, group=group.pk)
    return check


def _lock(group: LocalGroup) -> LocalGroup:
    return LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)

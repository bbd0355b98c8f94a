"""What guests say after an activity, without saying who they are."""

from django.core.exceptions import ValidationError
from django.db import transaction

from groups.models import Activity, ActivityLog, PulseAnswer

# Nobody is asked who they are, so a link that runs wild is stopped by number.
ALWAYS_TAKEN = 20
TIMES_THOSE_WHO_CAME = 2


@transaction.atomic
def answer_pulse(activity: Activity, *, understanding: str = "", wish: str = "") -> PulseAnswer:
    """One guest's answer. Raises ValidationError: code "empty" without any, "full" with too many to be true."""
    if not understanding and not wish:
        raise ValidationError("Answer one of the questions, or both.", code="empty")
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    if activity.pulse_answers.count() >= _most(activity):
        raise ValidationError("We have as many answers as we can take. Thank you all the same.", code="full")
    return PulseAnswer.objects.create(activity=activity, understanding=understanding, wish=wish)


def _most(activity: Activity) -> int:
    came = ActivityLog.objects.filter(activity=activity).values_list("total_count", flat=True).first() or 0
    return max(ALWAYS_TAKEN, TIMES_THOSE_WHO_CAME * came)

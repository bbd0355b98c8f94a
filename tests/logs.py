"""For the world of the checks over all pages: an activity that was written up, and the link to its two questions."""

from datetime import timedelta

from django.utils import timezone

from groups.models import Activity, ActivityLog, Attendance
from groups.views.pulse import PULSE
from sanctuary.people import tokens
from tests import factories as make


def furnish_log(group, member, mark: str) -> tuple[Activity, list[str]]:
    """The activity, and the canaries: what only the people who run this group may read."""
    now = timezone.now()
    hours = {"starts_at": now - timedelta(hours=3), "ends_at": now - timedelta(hours=1)}
    activity = make.ActivityFactory(group=group, title="Knitting club", is_public=False, **hours)
    Attendance.objects.create(activity=activity, supporter=member)
    ActivityLog.objects.create(
        activity=activity, total_count=9, seeking="1-2", contact="yes", note=f"Remember{mark} Canary", logged_at=now
    )
    return activity, [f"Remember{mark}"]


def pulse_token(activity: Activity) -> str:
    return tokens.make(PULSE, activity.pk)

"""Activities that took place and were written up: for their own tests, and for the checks over all pages."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import Activity, ActivityLog, Attendance
from groups.views.pulse import PULSE
from sanctuary.people import tokens
from tests import factories as make

DAY = timedelta(days=1)
GIVEN = {"total_count": "20", "seeking": "6-10", "contact": "yes"}


def activity_of(group, *, ago=DAY, **fields):
    start = timezone.now() - ago
    return make.ActivityFactory(group=group, starts_at=start, ends_at=start + timedelta(hours=1), **fields)


def member_of(group, name, **fields):
    left_on = fields.pop("left_on", None)
    return make.MembershipFactory(group=group, supporter=make.SupporterFactory(name=name, **fields), left_on=left_on)


def helper_of(group, name="Hana Helper"):
    user = make.UserFactory(name=name)
    make.GroupRoleFactory(group=group, user=user, role="helper")
    return user


def page_of(activity, name="who_came"):
    return reverse(f"groups:{name}", args=[activity.group.slug, activity.pk])


def names_at(activity):
    return set(activity.attendances.values_list("supporter__name", flat=True))


def facts(activity):
    names = ("total_count", "seeking", "contact", "is_co_run", "note", "reached_count")
    return ActivityLog.objects.filter(activity=activity).values(*names).first()


def keep(activity, by, *, came=(), not_came=(), seen=0, finish=True, newcomer=None, **answers):
    told = {
        "total_count": 20,
        "seeking": "6-10",
        "contact": "yes",
        "is_co_run": None,
        "note": "",
        "reached_count": None,
    }
    return actions.record_activity(
        activity,
        by=by,
        answers=told | answers,
        seen=seen,
        came=[each.pk for each in came],
        not_came=[each.pk for each in not_came],
        finish=finish,
        newcomer=newcomer,
    )


def codes(call):
    with pytest.raises(ValidationError) as caught:
        call()
    error = caught.value
    return (
        {field: errors[0].code for field, errors in error.error_dict.items()}
        if hasattr(error, "error_dict")
        else error.code
    )


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

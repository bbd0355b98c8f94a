"""Activities that were written up: who came, how many in all, and whether people who had not met before met."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from groups.models import Activity, ActivityLog, Attendance, LocalGroup, Membership, PulseAnswer
from sanctuary.demo.words import COORDINATED
from sanctuary.people.models import Supporter, User

OTHER_GROUPS = 6
WEEKS = 8
WAITING = 2
REGULARS = 24
NOTES = ["", "", "More chairs next time.", "Somebody asked for a beginners' table.", "The kettle was too small."]


def fill(coordinator: User, dice: random.Random) -> None:
    mine = LocalGroup.objects.get(slug=COORDINATED)
    _every_week(mine)
    others = LocalGroup.objects.exclude(pk=mine.pk).order_by("pk")[:OTHER_GROUPS]
    for group, waiting in [(mine, WAITING), *((group, 0) for group in others)]:
        _write_up(group, coordinator if waiting else None, dice, waiting)


def _every_week(group: LocalGroup) -> None:
    """A supper every week until the last one: enough to see who comes back."""
    evening = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0)
    Activity.objects.bulk_create(
        Activity(
            group=group,
            title="Weekly supper",
            kind=Activity.Kind.MEAL,
            starts_at=evening - timedelta(days=7 * week + 3),
            ends_at=evening - timedelta(days=7 * week + 3, hours=-2),
            area=f"Central {group.area}",
            venue="Example Hall, 1 Example Road",
        )
        for week in range(WEEKS)
    )


def _write_up(group: LocalGroup, by: User | None, dice: random.Random, waiting: int) -> None:
    people = Membership.objects.current().filter(group=group, supporter__kind=Supporter.Kind.PERSON)
    regulars = list(people.order_by("pk").values_list("supporter", flat=True)[:REGULARS])
    came, logs, said = [], [], []
    for activity in list(group.activities.unlogged(timezone.now()))[waiting:]:
        named = dice.sample(regulars, min(len(regulars), dice.randrange(4, 13)))
        came += [Attendance(activity=activity, supporter_id=supporter) for supporter in named]
        logs.append(_log(activity, len(named) + dice.randrange(8, 16), by, dice, activity.ends_at))
        said += [_answer(activity, dice) for _ in range(dice.choice([0, 6, 9]))]
    Attendance.objects.bulk_create(came, ignore_conflicts=True)
    ActivityLog.objects.bulk_create(logs)
    PulseAnswer.objects.bulk_create(said)


def _log(activity: Activity, total: int, by: User | None, dice: random.Random, at: datetime) -> ActivityLog:
    is_talk = activity.kind == Activity.Kind.TALK
    return ActivityLog(
        activity=activity,
        total_count=total,
        seeking=dice.choice(["3-5", "6-10", "unsaid"]),
        contact=dice.choice(["yes", "yes", "little", "no"]),
        is_co_run=dice.choice([True, True, False, None]),
        note=dice.choice(NOTES),
        reached_count=total if is_talk else None,
        edition=1,
        saved_by=by,
        logged_at=at + timedelta(hours=1),
    )


def _answer(activity: Activity, dice: random.Random) -> PulseAnswer:
    return PulseAnswer(
        activity=activity,
        understanding=dice.choice(["lot", "lot", "little", "no"]),
        wish=dice.choice(["yes", "yes", "maybe", "no"]),
    )

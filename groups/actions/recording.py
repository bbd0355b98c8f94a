"""Writing down how an activity went: who came, how many in all, and whether strangers met."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.membership import join_group
from groups.models import Activity, ActivityLog, Attendance, LocalGroup, Membership
from sanctuary.audit.actions import record
from sanctuary.people.address import canon, mac
from sanctuary.people.models import Supporter

ANSWERS = ("total_count", "seeking", "contact", "is_co_run", "note", "reached_count")
NEEDED = ("total_count", "seeking", "contact")
MIDDAY = time(12)


@transaction.atomic
def note_activity(group: LocalGroup, *, title: str, kind: str, on: date, by) -> Activity:
    """Something took place that nobody had planned here. Harmless to repeat: on one day a title names one activity."""
    LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    start, end = _whole_day(on)
    that_day = group.activities.going_ahead().between(start, end)
    same = that_day.filter(title__iexact=title).order_by("starts_at", "pk").first()
    if same:
        return same
    now = timezone.now()
    begins = max(start, min(timezone.make_aware(datetime.combine(on, MIDDAY)), now - timedelta(hours=1)))
    activity = Activity.objects.create(
        group=group,
        title=title,
        kind=kind,
        area=group.area,
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
        is_public=False,
    )
    record("groups.note_activity", activity, by=by, group=group.pk)
    return activity


def _whole_day(day: date) -> tuple[datetime, datetime]:
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@transaction.atomic
def record_activity(
    activity: Activity,
    *,
    by,
    answers: dict,
    seen: int,
    came: Iterable[int] = (),
    not_came: Iterable[int] = (),
    newcomer: dict | None = None,
    stream=None,
    finish: bool = True,
) -> ActivityLog:
    """Keep who came (numbers of memberships) and the answers so far; with `finish`, all of them. Harmless to repeat.

    `seen` is the edition of the answers that the person had before them. Names that two people tick at once add up.
    Raises ValidationError: "too_early", "cancelled", "changed_meanwhile", or beside the answer "too_few",
    "too_many_seeking" and "names_tell".
    """
    activity = Activity.objects.select_for_update(of=("self",)).select_related("group").get(pk=activity.pk)
    _check_time(activity)
    log, _ = ActivityLog.objects.get_or_create(activity=activity)
    _tick(activity, came, not_came)
    log.newcomer = add_newcomer(activity, by=by, **newcomer) if newcomer else None
    changed = _changed(log, answers, is_part=not finish, is_stale=log.edition != seen)
    if changed and log.edition != seen and log.saved_by_id != by.pk:
        raise ValidationError(_theirs(log), code="changed_meanwhile")
    _give(log, changed, finish, by)
    if stream != activity.stream and (stream or finish):
        activity.stream = stream
        activity.save(update_fields=["stream"])
    return log


def _check_time(activity: Activity) -> None:
    if activity.is_cancelled:
        raise ValidationError("This activity was cancelled, so nobody came.", code="cancelled")
    if timezone.localdate(activity.starts_at) > timezone.localdate():
        raise ValidationError("This activity has not taken place yet.", code="too_early")


def _tick(activity: Activity, came, not_came) -> None:
    mine = Membership.objects.current().people().filter(group=activity.group_id)
    there = mine.filter(pk__in=list(came)).values_list("supporter", flat=True)
    Attendance.objects.bulk_create(
        (Attendance(activity=activity, supporter_id=supporter) for supporter in there), ignore_conflicts=True
    )
    away = mine.filter(pk__in=set(not_came) - set(came)).values("supporter")
    activity.attendances.filter(supporter__in=away).delete()


def _changed(log: ActivityLog, answers: dict, *, is_part: bool, is_stale: bool) -> dict:
    """What differs from what is kept. On the way, an empty box wipes out nothing that was saved meanwhile."""
    changed = {name: answers[name] for name in ANSWERS if answers[name] != getattr(log, name)}
    kept = ANSWERS if is_stale else NEEDED if log.logged_at else ()
    return {name: value for name, value in changed.items() if not (is_part and name in kept and value in (None, ""))}


def _give(log: ActivityLog, changed: dict, finish: bool, by) -> None:
    is_first = finish and log.logged_at is None
    for name, value in changed.items():
        setattr(log, name, value)
    named = log.activity.attendances.count()
    if log.logged_at and not finish and log.total_count < named:
        # Somebody is added to what was finished: the total may never be less than the names.
        changed["total_count"] = log.total_count = named
    if finish or log.logged_at:
        _check_numbers(log, named)
        log.logged_at = log.logged_at or timezone.now()
    if not changed and not is_first:
        return
    log.edition += bool(changed)
    log.saved_by = by
    log.save()
    if log.logged_at:
        record("groups.log_activity" if is_first else "groups.correct_log", log.activity, by=by)


def _check_numbers(log: ActivityLog, named: int) -> None:
    """A rough number may not tell more than it means to: if all who came seek sanctuary, so do those who are named."""
    if log.total_count < named:
        words = f"You named {named} people, so enter {named} or more"
        raise ValidationError({"total_count": ValidationError(words, code="too_few")})
    if log.fewest_seeking > log.total_count:
        words = f"You said that {log.total_count} came in total, so choose a smaller number"
        raise ValidationError({"seeking": ValidationError(words, code="too_many_seeking")})
    if named and log.fewest_seeking == log.total_count:
        words = "This would tell that everybody you ticked is seeking sanctuary. Choose that you would rather not say"
        raise ValidationError({"seeking": ValidationError(words, code="names_tell")})


def _theirs(log: ActivityLog) -> str:
    said = [
        f"{log.total_count} in total" if log.total_count is not None else "",
        f"seeking sanctuary: {log.get_seeking_display().lower()}" if log.seeking else "",
        f"talked with somebody new: {log.get_contact_display().lower()}" if log.contact else "",
        f"“{log.note}”" if log.note else "",
    ]
    words = "; ".join(filter(None, said)) or "no answers"
    return (
        f"{log.saved_by or 'Somebody'} saved other answers while you were writing ({words}). Save again to keep yours."
    )


@transaction.atomic
def add_newcomer(activity: Activity, *, by, name: str, email: str = "", known: Iterable[int] = ()) -> Membership:
    """Somebody new came, and from now on belongs to the group. The address, if any, gives no permission to email.

    `known` are the memberships that were on the list when the button was pressed: pressed twice, it adds one person.
    Never looks beyond the group: that another group knows them stays unsaid.
    """
    mine = Membership.objects.current().people().filter(group=activity.group_id)
    here = mine.filter(supporter__attendances__activity=activity).exclude(pk__in=list(known))
    same = here.filter(supporter__name__iexact=name)
    if email:
        same = mine.filter(supporter__email_mac=mac(email), supporter__name__iexact=name)
    membership = same.order_by("pk").first()
    if membership is None:
        kept = {"email": canon(email), "email_mac": mac(email)} if email else {}
        person = Supporter.objects.create(kind=Supporter.Kind.PERSON, name=name, **kept)
        day = timezone.localdate(activity.starts_at)
        membership = join_group(person, activity.group, source=Membership.Source.JOINED, on=day)
        record("groups.add_newcomer", membership, by=by, group=activity.group_id)
    Attendance.objects.get_or_create(activity=activity, supporter=membership.supporter)
    return membership


def forget_attendances(supporter: Supporter) -> int:
    """The names go; those who came stay counted, one more of them without a name."""
    return Attendance.objects.filter(supporter=supporter).delete()[0]


def move_attendances(kept: Supporter, gone: Supporter) -> dict[str, list[int]]:
    """Two entries become one. Returns what is needed to take them apart: activities only `gone`, and both, came to."""
    both = Attendance.objects.filter(supporter=kept).values("activity")
    twice = Attendance.objects.filter(supporter=gone, activity__in=both)
    moved = {"twice": list(twice.values_list("activity", flat=True))}
    twice.delete()
    rest = Attendance.objects.filter(supporter=gone)
    moved["moved"] = list(rest.values_list("activity", flat=True))
    rest.update(supporter=kept)
    return moved


def part_attendances(kept: Supporter, gone: Supporter, moved: dict[str, list[int]]) -> None:
    """Each gets back where they came; what was deleted or corrected meanwhile stays so."""
    back = Attendance.objects.filter(supporter=kept, activity__in=moved.get("moved", []))
    back.exclude(activity__in=Attendance.objects.filter(supporter=gone).values("activity")).update(supporter=gone)
    still = Attendance.objects.filter(supporter=kept, activity__in=moved.get("twice", [])).values_list(
        "activity", flat=True
    )
    Attendance.objects.bulk_create(
        (Attendance(activity_id=activity, supporter=gone) for activity in still), ignore_conflicts=True
    )

"""What a group is due to do, worked out from what is written down: for its coordinators and those who support them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from groups.models.activity import Activity
from groups.models.attendance import ActivityLog
from groups.models.charter import CharterSignature
from groups.models.contact import FEWEST_CONTACTS, GroupContact
from groups.models.group import LocalGroup
from groups.models.health_check import HealthCheck
from groups.models.membership import Membership
from groups.models.regional import LifeMove
from groups.models.role import GroupRole
from groups.models.safeguarding import years_after

# When we speak up. Our proposal: the network has not said.
SAY_BEFORE = timedelta(days=30)
LATE_AFTER = timedelta(days=30)
SAFEGUARDING_BEFORE = timedelta(days=60)
QUIET_AFTER = timedelta(weeks=6)
VERY_QUIET_AFTER = timedelta(days=91)
SIGN_IN_WITHIN = timedelta(days=60)
SILENT_AFTER = timedelta(days=183)


@dataclass(frozen=True)
class Due:
    """One thing to do, in words. `occasion` names this time, so that nobody is reminded of it twice."""

    kind: str
    words: str
    href: str
    due_on: date
    occasion: str
    is_late: bool
    for_region: bool = False


def _alone(queryset, value):
    """One value about each group, by itself: joined together, rows would multiply."""
    answers = queryset.filter(group=models.OuterRef("pk")).order_by().values("group").annotate(answer=value)
    return models.Subquery(answers.values("answer"))


def with_life(groups, now=None):
    """Annotate what the life of each group is judged by; the last member is counted, none is named."""
    now = now or timezone.now()
    coordinating = GroupRole.objects.coordinating().current(timezone.localdate(now))
    people = get_user_model().objects.filter(is_active=True)
    return groups.select_related("safeguarding").annotate(
        contact_count=Coalesce(_alone(GroupContact.objects.all(), models.Count("pk")), 0),
        current_member_count=Coalesce(_alone(Membership.objects.current(), models.Count("pk")), 0),
        coordinator_count=Coalesce(
            _alone(coordinating.filter(user__in=people), models.Count("user", distinct=True)), 0
        ),
        has_signed_charter=models.Exists(CharterSignature.objects.filter(group=models.OuterRef("pk"))),
        last_activity_at=_alone(Activity.objects.going_ahead().filter(ends_at__lte=now), models.Max("ends_at")),
        last_logged_at=models.Subquery(
            ActivityLog.objects.logged()
            .filter(activity__group=models.OuterRef("pk"), activity__ends_at__lte=now)
            .order_by("-activity__ends_at")
            .values("activity__ends_at")[:1]
        ),
        last_check_at=_alone(HealthCheck.objects.submitted(), models.Max("submitted_at")),
        registered_at=_alone(LifeMove.objects.filter(after=LocalGroup.Status.REGISTERED), models.Max("at")),
        last_sign_in_at=_alone(coordinating, models.Max("user__last_login")),
        coordinated_since=_alone(coordinating, models.Min("started_on")),
    )


def with_people(groups, today: date):
    """Prefetch who coordinates each group today, and whom the network calls about it."""
    running = GroupRole.objects.coordinating().current(today).select_related("user").order_by("started_on", "pk")
    contacts = GroupContact.objects.order_by("created_at", "pk")
    return groups.prefetch_related(models.Prefetch("roles", running, "running"), models.Prefetch("contacts", contacts))


def due_for(group: LocalGroup, today: date) -> list[Due]:
    """What is due for this group, the most pressing first. One query; none if the group comes from `with_life`."""
    if not hasattr(group, "last_check_at"):
        group = with_life(LocalGroup.objects.filter(pk=group.pk)).get()
    if not group.is_live:
        return []
    found = [
        *_health_check(group, today),
        *_contacts(group, today),
        *_safeguarding(group, today),
        *_activity(group, today),
        *_sign_in(group, today),
        *_silence(group, today),
    ]
    return sorted(found, key=lambda due: (due.for_region, due.due_on))


def missing_to_register(group: LocalGroup) -> list[str]:
    """What a group still has to do before it can be registered, in words."""
    count = group.contacts.count()
    missing = []
    if not group.charter_signatures.exists():
        missing.append("sign the Charter")
    if count < FEWEST_CONTACTS:
        missing.append(f"name at least three contacts: there {'is' if count == 1 else 'are'} {count} now")
    safeguarding = safeguarding_of(group)
    if safeguarding is None or safeguarding.missing:
        missing.append("complete the safeguarding page: lead, deputy, dates and policy")
    return missing


def safeguarding_of(group: LocalGroup):
    return getattr(group, "safeguarding", None)


def next_check_on(group: LocalGroup) -> date | None:
    """A year after the last health check, or after the group was registered. None if nobody knows when that was."""
    last = _day(group.last_check_at) or _begun_on(group)
    return years_after(last, 1) if last else None


def last_heard_on(group: LocalGroup) -> date | None:
    """The last sign of life: something took place, somebody signed in, a health check was sent."""
    signs = [_day(group.last_activity_at), _day(group.last_sign_in_at), _day(group.last_check_at), _begun_on(group)]
    return max(filter(None, signs), default=None)


def _day(moment) -> date | None:
    return timezone.localdate(moment) if moment else None


def _begun_on(group: LocalGroup) -> date | None:
    return _day(group.registered_at) or group.founded_on


def _page(name: str, group: LocalGroup) -> str:
    return reverse(f"groups:{name}", args=[group.slug])


def _health_check(group, today):
    day = next_check_on(group)
    if day is None or today < day - SAY_BEFORE:
        return
    stage, words = "soon", f"The yearly health check is due on {_say(day)}"
    if today >= day + LATE_AFTER:
        stage, words = "late", f"The yearly health check was due on {_say(day)}"
    elif today >= day:
        stage, words = "due", "The yearly health check is due now"
    yield Due("health_check", words, _page("health_check", group), day, f"{day}:{stage}", stage == "late")


def _contacts(group, today):
    if group.contact_count >= FEWEST_CONTACTS:
        return
    words = f"Name at least three contacts: you have {group.contact_count or 'none'}"
    quarter = f"{today.year}-{(today.month + 2) // 3}"
    yield Due("contacts", words, _page("contacts", group), today, quarter, is_late=True)


def _safeguarding(group, today):
    page, known = _page("safeguarding", group), safeguarding_of(group)
    if known is None or known.missing:
        yield Due("safeguarding", "Complete your safeguarding page", page, today, f"missing:{today.year}", is_late=True)
    for field, what, until in known.good_until if known else []:
        if today >= until - SAFEGUARDING_BEFORE:
            is_over = today >= until
            words = f"{what} ran out on {_say(until)}" if is_over else f"{what} runs out on {_say(until)}"
            yield Due(field, words, page, until, f"{until}:{'over' if is_over else 'soon'}", is_over)


def _activity(group, today):
    # A group that has never written a log is judged by what took place.
    last = _day(group.last_logged_at or group.last_activity_at)
    since = last or _begun_on(group)
    if since is None or today < since + QUIET_AFTER:
        return
    is_late = today >= since + VERY_QUIET_AFTER
    words = f"No activity is written down since {_say(since)}" if last else "No activity is written down yet"
    yield Due(
        "activity",
        words,
        _page("activities", group),
        since + QUIET_AFTER,
        f"{since}:{'3 months' if is_late else '6 weeks'}",
        is_late,
    )


def _sign_in(group, today):
    since = _day(group.last_sign_in_at) or group.coordinated_since
    if not group.coordinator_count:
        yield Due("nobody", "The group has no coordinator", _page("our_group", group), today, str(since), True, True)
    elif since and today >= since + SIGN_IN_WITHIN:
        words = f"No coordinator has signed in since {_say(since)}"
        yield Due("sign_in", words, _page("our_group", group), since + SIGN_IN_WITHIN, str(since), True)


def _silence(group, today):
    since = last_heard_on(group)
    if since and today >= since + SILENT_AFTER:
        words = f"We have heard nothing since {_say(since)}. Should the group rest for a while?"
        page = _page("our_group", group)
        yield Due("silence", words, page, since + SILENT_AFTER, str(since), is_late=True, for_region=True)


def _say(day: date) -> str:
    return f"{day:%-d %B %Y}"

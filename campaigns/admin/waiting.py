"""Why somebody waits for an email that is being sent, in words."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from campaigns import actions
from campaigns.models import Mailing, Throttle
from sanctuary.templatetags import ui


def night(mailing: Mailing, now: datetime) -> datetime | None:
    """When this email goes on, if it is held by the quiet hours."""
    return None if mailing.is_urgent else actions.quiet_until(now)


def rested_overnight(mailing: Mailing, now: datetime) -> bool:
    """Whether the quiet hours have held it since it began."""
    if mailing.is_urgent or not settings.QUIET_HOURS:
        return False
    began = timezone.localtime(mailing.frozen_at)
    evening = datetime.combine(began, settings.QUIET_HOURS[0], tzinfo=began.tzinfo)
    evening += timedelta(days=evening < began)
    return actions.quiet_until(began) is not None or evening <= now


def reasons_to_wait(mailing: Mailing, now: datetime) -> list[str]:
    """What holds some of its people back now; empty when nothing does, or when it is not being sent."""
    if mailing.state != Mailing.State.SENDING:
        return []
    found = [_about(throttle, mailing, now) for throttle in Throttle.objects.felt(now)]
    return [words for words in found if words]


def _about(throttle: Throttle, mailing: Mailing, now: datetime) -> str:
    who = "All our mail" if throttle.is_relay else f"Mail to {throttle.name}"
    if throttle.resting_until and throttle.resting_until > now:
        return f"{who} rests until {clock(throttle.resting_until, now)}, then it goes on. {throttle.reason}".strip()
    queues = throttle.is_relay or throttle.turns.get(str(mailing.pk), 0) > now.timestamp()
    if throttle.is_spent(timezone.localdate(now)) and queues:
        return f"{who}: the {throttle.most_a_day:,} emails for today have left. The others wait until tomorrow."
    if throttle.per_minute and queues:
        return f"{who}: at most {throttle.per_minute:,} a minute, so some people wait for their turn."
    return ""


def clock(when: datetime, now: datetime) -> str:
    """The time, with the day when it is not today."""
    here = timezone.localtime(when)
    is_today = here.date() == timezone.localdate(now)
    return ui.uk_time(when) if is_today else f"{ui.uk_time(when)} on {here:%-d %B}"


def quiet_hours(mailing: Mailing, now: datetime) -> list[str]:
    """When the night begins and ends; empty when this email knows no night."""
    if mailing.is_urgent:
        return []
    return [
        ui.uk_time(datetime.combine(now, edge, tzinfo=timezone.get_current_timezone())) for edge in settings.QUIET_HOURS
    ]

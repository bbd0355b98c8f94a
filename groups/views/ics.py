"""Activities for people's own calendars. Times are in UTC, so that no calendar need know when our clocks change."""

from collections.abc import Iterable
from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event

from groups.models import Activity


def answer(activities: Iterable[Activity], *, name: str, filename: str, is_booked: bool = False) -> HttpResponse:
    """A file of activities. Only for somebody who has booked does it say more than the public page."""
    calendar = Calendar()
    calendar.add("prodid", "-//City of Sanctuary UK//Welcoming activities//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/London")
    for activity in activities:
        calendar.add_component(_event(activity, is_booked))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}.ics"'
    return response


def _event(activity: Activity, is_booked: bool) -> Event:
    event = Event()
    event.add("uid", f"activity-{activity.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("dtstamp", activity.changed_at.astimezone(UTC))
    event.add("last-modified", activity.changed_at.astimezone(UTC))
    event.add("sequence", activity.revision)
    event.add("dtstart", activity.starts_at.astimezone(UTC))
    event.add("dtend", activity.ends_at.astimezone(UTC))
    event.add("summary", f"Cancelled: {activity}" if activity.is_cancelled else str(activity))
    event.add("location", activity.full_place if is_booked else activity.public_place)
    event.add("description", _words(activity, is_booked))
    event.add("url", settings.PUBLIC_URL + activity.get_absolute_url())
    event.add("status", "CANCELLED" if activity.is_cancelled else "CONFIRMED")
    return event


def _words(activity: Activity, is_booked: bool) -> str:
    online = f"Join online: {activity.online_link}" if is_booked and activity.online_link else ""
    page = settings.PUBLIC_URL + activity.get_absolute_url()
    return "\n\n".join(filter(None, [activity.about, activity.group.name, online, page]))

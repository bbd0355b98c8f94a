"""Words to begin a group's email with, so that nobody faces an empty page."""

import re
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from campaigns.models import Campaign
from groups.models import Activity, LocalGroup
from sanctuary.templatetags.ui import uk_date, uk_time

MOST_ACTIVITIES = 6
_MARKS = re.compile(r"([\\\[\]*_`<>])")


class Words(NamedTuple):
    """A first version of a subject and a message."""

    subject: str = ""
    body: str = ""


def next_activities(group: LocalGroup) -> Words:
    """What the group has planned in public. A private venue stays private: only the part of town is named."""
    rows = Activity.objects.public().with_group().filter(group=group).upcoming(timezone.now())[:MOST_ACTIVITIES]
    lines = "\n".join(_line(activity) for activity in rows) or "- Write here what you have planned."
    body = (
        "Dear ((first_name|friend)),\n\nhere is what we have planned. Everybody is welcome.\n\n"
        f"{lines}\n\nWe would love to see you.\n\n{group.name}"
    )
    return Words("What is coming up", body)


def _line(activity: Activity) -> str:
    title = f"[{_plain(activity.title)}]({settings.PUBLIC_URL}{activity.get_absolute_url()})"
    when = f"{uk_date(activity.starts_at)} at {uk_time(activity.starts_at)}"
    return f"- **{title}**, {when}, {_plain(activity.public_place)}"


def blank(group: LocalGroup) -> Words:
    """A greeting and a name below."""
    return Words("", f"Dear ((first_name|friend)),\n\n\n\n{group.name}")


def national_call(group: LocalGroup, campaign: Campaign) -> Words:
    """The words of a call to pass on. Its ask and its button stand below them by themselves."""
    body = f"Dear ((first_name|friend)),\n\n{campaign.words_to_pass_on}\n\n{group.name}"
    return Words(campaign.title, body)


def _plain(text: str) -> str:
    """As it is, in Markdown."""
    return _MARKS.sub(r"\\\1", text)

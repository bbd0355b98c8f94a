"""Where a group is on its way, what comes next, and which parts of it are done: for people to read."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from groups.models.contact import FEWEST_CONTACTS
from groups.models.due import Due, next_check_on, safeguarding_of
from groups.models.group import BEGINNING_STATUSES, LocalGroup

Status = LocalGroup.Status
WAY = [Status.ENQUIRY, Status.RESEARCHING, Status.FORMING, Status.REGISTERED, Status.ACTIVE]
BEGINNING = [Status(status) for status in BEGINNING_STATUSES]
ENDED = [Status.CLOSED, Status.DECLINED, Status.MERGED]
BEFORE = {
    Status.RESEARCHING: {Status.ENQUIRY},
    Status.FORMING: {Status.ENQUIRY, Status.RESEARCHING},
    Status.REGISTERED: set(BEGINNING),
    Status.ACTIVE: {Status.REGISTERED, Status.DORMANT},
    Status.DORMANT: {Status.REGISTERED, Status.ACTIVE},
    Status.CLOSED: set(Status) - set(ENDED),
    Status.DECLINED: set(BEGINNING),
    Status.MERGED: set(BEGINNING),
}
NEXT = {
    Status.ENQUIRY: "Whoever supports groups in your region reads what you wrote, and gets in touch.",
    Status.RESEARCHING: (
        "Find out who has come to live in your place and who helps already. Ask people seeking sanctuary what would "
        "make a difference, and decide together. Then gather pledges from schools, faith groups, charities and others."
    ),
    Status.FORMING: "Complete the parts below. Then your regional coordinator registers the group.",
    Status.REGISTERED: "Hold your first activity. Then your regional coordinator marks the group as active.",
    Status.ACTIVE: "Keep your contacts and dates right, and send the health check once a year.",
    Status.DORMANT: "The group rests. When people want to begin again, tell your regional coordinator.",
    Status.CLOSED: "The group has ended.",
    Status.DECLINED: "No group came of this enquiry.",
    Status.MERGED: "The people of this enquiry joined another group.",
}


@dataclass(frozen=True)
class Step:
    words: str
    is_here: bool
    is_past: bool


@dataclass(frozen=True)
class Path:
    steps: list[Step]
    next: str


def path_of(group: LocalGroup) -> Path:
    """The way from enquiry to active. A group that rests or has ended has left it."""
    here = WAY.index(group.status) if group.status in WAY else None
    steps = [
        Step(status.label, number == here, here is not None and number < here) for number, status in enumerate(WAY)
    ]
    return Path(steps, NEXT[Status(group.status)])


def tasks_of(group: LocalGroup, due: list[Due], today: date) -> list[dict[str, str]]:
    """The parts of a group’s papers, as a task list. The group comes from `with_life`."""
    return [
        _task(group, "charter", "The Charter", "Completed" if group.has_signed_charter else "Not signed yet"),
        _task(group, "contacts", "Three to five contacts", _contacts(group)),
        _task(group, "safeguarding", "Safeguarding", _safeguarding(group, due)),
        *([_task(group, "health_check", "Health check", _health(group, due, today))] if group.is_live else []),
    ]


def _task(group: LocalGroup, page: str, title: str, status: str) -> dict[str, str]:
    return {"id": page, "title": title, "status": status, "href": reverse(f"groups:{page}", args=[group.slug])}


def _contacts(group: LocalGroup) -> str:
    enough = group.contact_count >= FEWEST_CONTACTS
    return "Completed" if enough else f"{group.contact_count} of {FEWEST_CONTACTS}"


def _safeguarding(group: LocalGroup, due: list[Due]) -> str:
    known = safeguarding_of(group)
    if known is None:
        return "Not started"
    if known.missing:
        return f"{len(known.missing)} missing"
    running_out = {field for field, _, _ in known.good_until} & {one.kind for one in due}
    return f"{len(running_out)} to renew" if running_out else "Completed"


def _health(group: LocalGroup, due: list[Due], today: date) -> str:
    day = next_check_on(group)
    if any(one.kind == "health_check" for one in due):
        return "Due now" if day <= today else f"Due {day:%-d %B}"
    return "Completed" if group.last_check_at else "Not due yet"

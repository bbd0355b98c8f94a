"""May a group email one of its members, since when and by which words, or why not: in words for a person to read."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from groups.models.membership import Membership
from sanctuary.people.address import masked
from sanctuary.people.models import Permission, Suppression

SILENT = {
    Suppression.Reason.UNSUBSCRIBED: "They stopped all emails.",
    Suppression.Reason.COMPLAINED: "They stopped all emails.",
    Suppression.Reason.ERASED: "They asked not to be emailed.",
    Suppression.Reason.HARD_BOUNCED: "Emails to this address come back. Ask them for a new one when you meet.",
}
WHERE = {
    "pledge": "when they pledged",
    "import": "before you brought your list here",
    "email choices": "on their email choices page",
    "one click": "by the stop button of an email",
    "mailing": "by a link in an email",
    "merge": "under another entry, which was put together with this one",
    "undone merge": "under this entry, before it was put together with another",
}


@dataclass(frozen=True)
class EmailState:
    """Of one sender only: what other senders may do is between them and the person."""

    may_email: bool
    why_not: str = ""
    about: list[str] = field(default_factory=list)
    since: datetime | None = None
    words: str = ""
    where: str = ""
    paused_until: date | None = None
    limits: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, membership: Membership) -> "EmailState":
        answers = _last_answers(membership)
        live = [row for row in answers if row.change == Permission.Change.GRANTED]
        why_not = _why_not(membership, answers, live)
        newest = max(live or answers, key=lambda row: row.occurred_at, default=None)
        person = membership.supporter
        return cls(
            may_email=not why_not,
            why_not=why_not,
            about=sorted(row.get_purpose_display() for row in live),
            since=newest.occurred_at if newest else None,
            words=newest.wording.text if newest and newest.wording else "",
            where=WHERE.get(newest.source.partition(":")[0], "") if newest else "",
            paused_until=_still(person.emails_paused_until),
            limits=_limits(person),
        )


def _last_answers(membership: Membership) -> list[Permission]:
    """The ledger's last word for each purpose; at one moment a no comes after a yes, as the database has it."""
    rows = Permission.objects.filter(supporter=membership.supporter_id, controller=membership.group.controller_id)
    last = {}
    for row in sorted(rows.select_related("wording"), key=lambda row: (row.occurred_at, row.change != "granted")):
        last[row.purpose] = row
    return list(last.values())


def _why_not(membership: Membership, answers: list[Permission], live: list[Permission]) -> str:
    person = membership.supporter
    if not person.email:
        return "We have no email address."
    silence = Suppression.objects.covering(person.email, membership.group.controller).order_by("-created_at").first()
    if silence:
        return SILENT[silence.reason]
    if live:
        return ""
    if any(row.change == Permission.Change.WITHDRAWN for row in answers):
        return "They stopped your group’s emails."
    return "They said no to emails." if answers else "Nobody has asked them yet."


def _still(day: date | None) -> date | None:
    return day if day and day > timezone.localdate() else None


def _limits(person) -> list[str]:
    said = ["Only a few big moments a year"] if person.only_big_moments else []
    return said + ([person.get_most_a_month_display()] if person.most_a_month else [])


def shown_address(membership: Membership) -> str:
    """Whole while the person agrees to the group's emails; else enough for them to know it. Needs `may_email`."""
    address = membership.supporter.email
    return address if membership.may_email or not address else masked(address)

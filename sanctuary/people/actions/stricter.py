"""What two entries said about emails, put together: the stricter always wins, and nothing here ever allows anything."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from sanctuary.audit.models import Entry
from sanctuary.people.models import CurrentPermission, Merge, Permission, Supporter, Suppression

Key = tuple[int, str, str]
LIMITS = ["only_big_moments", "emails_paused_until", "most_a_month"]

# What a person said, as against what a mail server said about a mailbox.
SAID = [Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.COMPLAINED, Suppression.Reason.ERASED]


def stricter_limits(one: dict, other: dict) -> dict:
    """Of two answers about how many emails, each time the one that lets fewer through."""
    return {
        "only_big_moments": one["only_big_moments"] or other["only_big_moments"],
        "emails_paused_until": _most(max, one["emails_paused_until"], other["emails_paused_until"]),
        "most_a_month": _most(min, one["most_a_month"], other["most_a_month"]),
    }


def _most(choose, *values):
    return choose((value for value in values if value is not None), default=None)


def limits_of(supporter: Supporter) -> dict:
    return {name: getattr(supporter, name) for name in LIMITS}


def said_no(supporter: Supporter) -> tuple[bool, set[int]]:
    """Whether this person stopped all emails at their address, and which senders they stopped."""
    if not supporter.email:
        return False, set()
    rows = Suppression.objects.filter(email_mac=supporter.email_mac, reason__in=SAID)
    senders = set(rows.values_list("controller", flat=True))
    return None in senders, senders - {None}


def join_permissions(kept: Supporter, gone: Supporter, merge: Merge) -> None:
    """Entries for both in the ledger. A no on either side ends a yes; a yes moves only within the same mailbox."""
    ours, theirs = _current(kept), _current(gone)
    stopped_all, stopped = said_no(gone)
    same_mailbox = bool(kept.email) and bytes(kept.email_mac) == bytes(gone.email_mac)
    entries = []
    for key in sorted({*ours, *theirs}):
        mine, other = ours.get(key), theirs.get(key)
        refused = stopped_all or key[0] in stopped or (other is not None and not other.is_live)
        if mine is not None and mine.is_live and refused:
            entries.append(_end(kept, key, merge, mine.occurred_at))
        elif mine is None and other is not None and (not other.is_live or (same_mailbox and not refused)):
            entries.append(_copy(_last_word(gone, key), kept, merge.source))
        if other is not None and other.is_live:
            entries.append(_end(gone, key, merge, other.occurred_at))
    Permission.objects.bulk_create(entries)


def part_permissions(kept: Supporter, gone: Supporter, merge: Merge) -> None:
    """What the merge ended comes back, unless the person said no since; what it added ends."""
    refused = _refused_since(kept, merge)
    by_us = Permission.objects.filter(source=merge.source, supporter__in=[kept, gone])
    entries = []
    for entry in by_us.order_by("pk"):
        key = (entry.controller_id, entry.purpose, entry.channel)
        if entry.change == Permission.Change.GRANTED:
            # The yes was the other's alone; one that the person gave since stays.
            if _last_word(kept, key).pk == entry.pk:
                entries.append(_end(kept, key, merge, entry.occurred_at))
        elif _was_a_yes(entry) and not refused(key) and _last_word(entry.supporter, key).pk == entry.pk:
            entries.append(_give_back(entry, merge))
    Permission.objects.bulk_create(entries)


def _current(supporter: Supporter) -> dict[Key, CurrentPermission]:
    rows = CurrentPermission.objects.filter(supporter=supporter)
    return {(row.controller_id, row.purpose, row.channel): row for row in rows}


def _rows(supporter: Supporter, key: Key):
    controller, purpose, channel = key
    return Permission.objects.filter(supporter=supporter, controller=controller, purpose=purpose, channel=channel)


def _last_word(supporter: Supporter, key: Key) -> Permission:
    """As the database judges it: the newest, and at one moment a no before a yes."""
    rows = _rows(supporter, key)
    latest = rows.order_by("-occurred_at").first().occurred_at
    at_once = rows.filter(occurred_at=latest).order_by("-pk")
    return at_once.exclude(change=Permission.Change.GRANTED).first() or at_once.first()


def _end(supporter: Supporter, key: Key, merge: Merge, since: datetime) -> Permission:
    controller, purpose, channel = key
    return Permission(
        supporter=supporter,
        controller_id=controller,
        purpose=purpose,
        channel=channel,
        change=Permission.Change.WITHDRAWN,
        basis=Permission.Basis.NONE,
        source=merge.source,
        # A clock that stood still or ran backwards must not let a yes win.
        occurred_at=max(timezone.now(), since),
        recorded_by=merge.merged_by,
    )


def _copy(entry: Permission, supporter: Supporter, source: str, at: datetime | None = None) -> Permission:
    """The same words, basis and moment, under another number. Where it came from is told by the source."""
    same = ["controller_id", "purpose", "channel", "change", "basis", "wording_id", "recorded_by_id"]
    values = {name: getattr(entry, name) for name in same}
    return Permission(supporter=supporter, source=source, occurred_at=at or entry.occurred_at, **values)


def _was_a_yes(entry: Permission) -> bool:
    """Whether this entry of ours ended a yes, rather than passing on a no."""
    return entry.change == Permission.Change.WITHDRAWN and _yes_before(entry) is not None


def _yes_before(entry: Permission) -> Permission | None:
    key = (entry.controller_id, entry.purpose, entry.channel)
    earlier = _rows(entry.supporter, key).filter(pk__lt=entry.pk).order_by("occurred_at", "pk").last()
    return earlier if earlier is not None and earlier.change == Permission.Change.GRANTED else None


def _give_back(entry: Permission, merge: Merge) -> Permission:
    after = max(timezone.now(), entry.occurred_at + timedelta(microseconds=1))
    return _copy(_yes_before(entry), entry.supporter, f"undone {merge.source}", after)


def _refused_since(kept: Supporter, merge: Merge) -> Callable[[Key], bool]:
    """What the person said no to since: it holds for both entries, as they answered for both."""
    since = Permission.objects.filter(supporter=kept, recorded_at__gte=merge.merged_at)
    since = since.exclude(source=merge.source).exclude(change=Permission.Change.GRANTED)
    refused = set(since.values_list("controller", "purpose", "channel"))
    # Of a sender whose permission had not come along, the ledger has no row to end.
    stops = Entry.objects.about(kept).filter(verb="people.stop_sender", at__gte=merge.merged_at)
    stopped = set(stops.values_list("detail__controller", flat=True))
    return lambda key: key in refused or key[0] in stopped

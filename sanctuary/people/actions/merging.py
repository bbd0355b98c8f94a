"""Two entries about one person become one, and can be taken apart again for 30 days.

The address that stays keeps its own permissions, so no mailbox is ever mailed because of a merge. The ledger is only
added to: the entry that goes stays as an empty one that points to the other, with its history.
"""

from datetime import date

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sanctuary.audit.actions import record
from sanctuary.people.actions.choosing import suppress
from sanctuary.people.actions.handing import hand_back, hand_over
from sanctuary.people.actions.stricter import (
    LIMITS,
    SAID,
    join_permissions,
    limits_of,
    part_permissions,
    stricter_limits,
)
from sanctuary.people.address import mac
from sanctuary.people.models import AddressChange, Controller, Merge, Supporter, Suppression, User
from sanctuary.people.signals import merge_undone, supporters_merged
from sanctuary.places.actions import place_fields

PLACE = ["postcode", "outward_code", "district_code", "region", "nation", "latitude", "longitude", "constituency_code"]
DETAILS = ["organisation_type", "contact_name", "job_role", "works_for_id"]
FIELDS = ["name", "email", *DETAILS, *PLACE, *LIMITS]
EMPTY = {
    **dict.fromkeys(["email", *DETAILS, *PLACE], ""),
    **dict.fromkeys(["works_for_id", "latitude", "longitude", "emails_paused_until", "most_a_month"]),
    "name": "Merged",
    "only_big_moments": False,
}


@transaction.atomic
def merge_supporters(kept: Supporter, gone: Supporter, *, name: str, controller: Controller, by) -> Merge:
    """`gone` becomes part of `kept`, whose address stays; `name`, one of the two, stays. Harmless to repeat.

    Raises ValidationError: code "not_two", "different_kinds", "two_accounts", "gone_already", or "no_address" when
    the address that would stay is empty and the other is not.
    """
    kept, gone = _lock(kept, gone)
    done = Merge.objects.open().filter(kept__in=[kept, gone], gone__in=[kept, gone]).first()
    if done:
        return done
    _refuse(kept, gone, name)
    merge = Merge.objects.create(kept=kept, gone=gone, controller=controller, merged_at=timezone.now(), merged_by=by)
    before = {"kept": _fields(kept), "gone": _fields(gone), "hushed": _hushed(kept)}
    join_permissions(kept, gone, merge)
    moved = {"people": _move(kept, gone)}
    for _, more in supporters_merged.send(sender=Supporter, kept=kept, gone=gone, name=name):
        moved |= more
    _fill(kept, _joined(kept, gone, name))
    _fill(gone, EMPTY)
    merge.before, merge.moved = before | {"after": _fields(kept)}, moved
    merge.save(update_fields=["before", "moved"])
    record("people.merge", kept, by=by, gone=gone.pk, controller=controller.pk)
    return merge


@transaction.atomic
def undo_merge(merge: Merge, *, by) -> Merge:
    """Take the two apart again. What the person said no to since then holds for both. Harmless to repeat.

    Raises ValidationError: code "too_late" after 30 days or an erasure, "later_first" if the entry that was kept has
    itself become part of another since.
    """
    kept, gone = _lock(merge.kept, merge.gone)
    merge = Merge.objects.select_for_update(of=("self",)).select_related("merged_by").get(pk=merge.pk)
    if merge.undone_at:
        return merge
    if not Merge.objects.undoable(timezone.now()).filter(pk=merge.pk).exists():
        raise ValidationError("It is too late to take these two apart.", code="too_late")
    if Merge.objects.open().filter(gone=kept).exists():
        raise ValidationError("Take the later one apart first.", code="later_first")
    merge_undone.send(sender=Supporter, kept=kept, gone=gone, moved=merge.moved)
    _move_back(kept, gone, merge.moved["people"])
    part_permissions(kept, gone, merge)
    _put_back(kept, gone, merge.before)
    merge.undone_at, merge.before, merge.moved = timezone.now(), {}, {}
    merge.save(update_fields=["undone_at", "before", "moved"])
    record("people.undo_merge", kept, by=by, gone=gone.pk, controller=merge.controller_id)
    return merge


def _lock(*pair: Supporter) -> list[Supporter]:
    """In one order, so that no two merges wait for each other."""
    rows = Supporter.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in pair]).order_by("pk")
    found = {row.pk: row for row in rows}
    return [found[each.pk] for each in pair]


def _refuse(kept: Supporter, gone: Supporter, name: str) -> None:
    refusals = [
        (kept.pk == gone.pk or name not in {kept.name, gone.name}, "not_two", "Choose two entries, and one name."),
        (kept.kind != gone.kind, "different_kinds", "A person and an organisation cannot become one."),
        (not kept.email and gone.email, "no_address", "Keep the entry that has an email address."),
        (
            Merge.objects.open().filter(gone__in=[kept, gone]).exists(),
            "gone_already",
            "One of them has become part of another entry.",
        ),
        (
            User.objects.filter(supporter__in=[kept, gone]).count() > 1,
            "two_accounts",
            "Both sign in here, each with an account of their own.",
        ),
    ]
    for is_so, code, words in refusals:
        if is_so:
            raise ValidationError(words, code=code)


def _fields(supporter: Supporter) -> dict:
    values = {name: getattr(supporter, name) for name in FIELDS}
    paused = values["emails_paused_until"]
    return values | {"emails_paused_until": paused.isoformat() if paused else None}


def _read(values: dict) -> dict:
    paused = values["emails_paused_until"]
    # Constituencies are loaded anew from time to time, so what was noted may be of older ones.
    seat = place_fields(values["postcode"])["constituency_code"]
    return values | {"emails_paused_until": date.fromisoformat(paused) if paused else None, "constituency_code": seat}


def _fill(supporter: Supporter, values: dict) -> None:
    for name, value in values.items():
        setattr(supporter, name, value)
    supporter.email_mac = mac(supporter.email) if supporter.email else b""
    supporter.save(update_fields=[*values, "email_mac"])


def _joined(kept: Supporter, gone: Supporter, name: str) -> dict:
    """What one entry knows and the other does not; limits as the stricter has them."""
    details = {each: getattr(kept, each) or getattr(gone, each) for each in DETAILS}
    if details["works_for_id"] in {kept.pk, gone.pk}:
        details["works_for_id"] = None
    place = {each: getattr(kept if kept.outward_code else gone, each) for each in PLACE}
    return {"name": name, **details, **place, **stricter_limits(limits_of(kept), limits_of(gone))}


def _move(kept: Supporter, gone: Supporter) -> dict:
    # What somebody asked for by a link of the old entry must not give it an address again.
    AddressChange.objects.filter(supporter=gone, done_at=None).delete()
    return {
        "staff": hand_over(Supporter.objects.filter(works_for=gone), to=kept, field="works_for"),
        "changes": hand_over(AddressChange.objects.filter(supporter=gone), to=kept),
        "users": hand_over(User.objects.filter(supporter=gone), to=kept),
    }


def _move_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    hand_back(Supporter.objects.filter(pk__in=moved["staff"], works_for=kept), to=gone, field="works_for")
    hand_back(AddressChange.objects.filter(pk__in=moved["changes"], supporter=kept), to=gone)
    hand_back(User.objects.filter(pk__in=moved["users"], supporter=kept), to=gone)


def _put_back(kept: Supporter, gone: Supporter, before: dict) -> None:
    """As they were, except for what the person changed since."""
    ours, theirs, after = _read(before["kept"]), _read(before["gone"]), _read(before["after"])
    now = {name: getattr(kept, name) for name in FIELDS}
    since = limits_of(kept) if limits_of(kept) != {name: after[name] for name in LIMITS} else None
    unchanged = {name: ours[name] for name in FIELDS if now[name] == after[name] and name not in LIMITS}
    if "postcode" in unchanged:
        unchanged["constituency_code"] = ours["constituency_code"]
    _fill(kept, unchanged | (stricter_limits(since, ours) if since else {name: ours[name] for name in LIMITS}))
    _fill(gone, theirs | (stricter_limits(since, theirs) if since else {}))
    _pass_on_silence(kept, gone, before["hushed"])


def _hushed(supporter: Supporter) -> dict[str, str]:
    """Who may not write to this address, and why: by sender, empty for all."""
    rows = Suppression.objects.filter(email_mac=supporter.email_mac) if supporter.email else []
    return {str(row.controller_id or ""): row.reason for row in rows}


def _pass_on_silence(kept: Supporter, gone: Supporter, hushed: dict[str, str]) -> None:
    """What they stopped since, they stopped for both addresses."""
    if not (kept.email and gone.email):
        return
    for sender, reason in _hushed(kept).items():
        if reason in SAID and hushed.get(sender) != reason:
            controller = Controller.objects.get(pk=sender) if sender else None
            suppress(gone.email, reason=reason, controller=controller)


def forget_merges(now=None) -> int:
    """After 30 days nobody takes them apart any more, so what was kept for it goes. Returns how many."""
    old = Merge.objects.overdue(now or timezone.now())
    _forget_names(set(old.open().values_list("gone", flat=True)))
    return old.update(before={}, moved={})


def forget_parts(supporter: Supporter) -> tuple[list[Supporter], set[str]]:
    """The person is being erased: the empty entries that were once theirs, and the addresses those had."""
    numbers = Merge.objects.gone_into(supporter.pk)
    merges = Merge.objects.filter(kept__in={supporter.pk, *numbers})
    addresses = {part["email"] for merge in merges if merge.before for part in (merge.before["gone"],)}
    _forget_names(numbers)
    merges.update(before={}, moved={})
    return list(Supporter.objects.filter(pk__in=numbers)), addresses - {""}


def _forget_names(numbers: set[int]) -> None:
    """The admin's own log keeps the name of what was edited."""
    kind = ContentType.objects.get_for_model(Supporter)
    same = LogEntry.objects.filter(content_type=kind, object_id__in=[str(number) for number in numbers])
    same.update(object_repr=EMPTY["name"])


def parts_of(supporter: Supporter) -> list[dict[str, str]]:
    """What is kept of the entries that became part of this one, for the person to read."""
    merges = Merge.objects.open().filter(kept=supporter).exclude(before={}).order_by("merged_at")
    return [
        {
            "Put together on": f"{timezone.localtime(merge.merged_at):%-d %B %Y}",
            "Name": merge.before["gone"]["name"],
            "Email address": merge.before["gone"]["email"] or "–",
            "Postcode": merge.before["gone"]["postcode"] or "–",
        }
        for merge in merges
    ]

"""Notes about members: the person may ask to read them. The log says that there was one, and not what it said."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import KnownApart, Membership, Note
from sanctuary.audit.actions import record
from sanctuary.people.models import Supporter

SAME_PRESS_WITHIN = timedelta(minutes=2)


@transaction.atomic
def add_note(membership: Membership, text: str, *, by) -> Note:
    """Write something down about a member. The same button pressed twice is one note."""
    Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    now = timezone.now()
    since = now - SAME_PRESS_WITHIN
    same = Note.objects.filter(membership=membership, text=text, written_by=by, written_at__gte=since).first()
    if same:
        return same
    note = Note.objects.create(membership=membership, text=text, written_by=by, written_at=now)
    record("groups.add_note", note, by=by, group=membership.group_id)
    return note


@transaction.atomic
def correct_note(note: Note, text: str, *, by) -> Note:
    """Other words in the same note, by whoever wrote it. Raises ValidationError(code="not_yours") for anybody else."""
    note = Note.objects.select_for_update(of=("self",)).select_related("membership").get(pk=note.pk)
    if note.written_by_id != by.pk:
        raise ValidationError("Only the person who wrote a note may change it.", code="not_yours")
    if note.text != text:
        note.text, note.corrected_at = text, timezone.now()
        note.save(update_fields=["text", "corrected_at"])
        record("groups.correct_note", note, by=by, group=note.membership.group_id)
    return note


@transaction.atomic
def remove_note(note: Note, *, by) -> None:
    """The group no longer holds it. Harmless to repeat."""
    found = Note.objects.select_for_update(of=("self",)).select_related("membership").filter(pk=note.pk).first()
    if found:
        record("groups.remove_note", found, by=by, group=found.membership.group_id)
        found.delete()


def forget_notes(supporter: Supporter) -> int:
    """The person is being erased. Returns how many notes went."""
    return Note.objects.about(supporter).delete()[0]


@transaction.atomic
def keep_apart(one: Membership, other: Membership, *, by) -> KnownApart:
    """They look alike and are two people: nobody asks again. Harmless to repeat."""
    first, second = sorted([one, other], key=lambda each: each.pk)
    apart, is_new = KnownApart.objects.get_or_create(
        first=first, second=second, defaults={"group": one.group, "said_at": timezone.now()}
    )
    if is_new:
        record("groups.keep_apart", apart, by=by, group=one.group_id)
    return apart

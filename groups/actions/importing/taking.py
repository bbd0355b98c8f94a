"""Taking a file in: what it is, its text, its headings."""

import os
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from groups.actions.importing import decoding
from groups.actions.importing.matching import guess
from groups.actions.importing.reading import PART_BYTES, Record, Unreadable, part, records, samples
from groups.models import ImportPart, LocalGroup, PeopleImport
from groups.models.people_import import MOST_BYTES, TOO_BIG
from sanctuary.audit.actions import record
from sanctuary.people.address import InvalidAddress, canon

MOST_COLUMNS = 100
MOST_WAITING = 5
LONGEST_HEADING = 100
_HEAD = 64 * 1024


@transaction.atomic
def take_file(group: LocalGroup, file: File, *, by) -> PeopleImport:
    """Keep the file and guess its columns; nobody is imported yet.

    Raises ValidationError: code "too_big", "no_csv", "empty", "too_wide", "too_many".
    """
    _refuse_too_many(group)
    people_import = PeopleImport.objects.create(
        group=group, file_name=_plain_name(file.name), delimiter=",", byte_count=0, created_by=by
    )
    pieces = _pieces(file)
    decoding.refuse_other_kinds(next(pieces, b"")[:8192])
    encoding = decoding.encoding_of(_pieces(file))
    people_import.byte_count = _keep(people_import, decoding.as_utf8(_pieces(file), encoding))
    _read_head(people_import)
    people_import.columns = guess(people_import.headings, samples(people_import))
    people_import.save()
    record("groups.upload_people", people_import, by=by, group=group.pk, bytes=people_import.byte_count)
    return people_import


def _refuse_too_many(group: LocalGroup) -> None:
    if PeopleImport.objects.holding_a_file().filter(group=group).count() >= MOST_WAITING:
        raise ValidationError(
            f"{MOST_WAITING} files are waiting already. Finish one of them, or throw one away.", code="too_many"
        )


def _plain_name(name: str | None) -> str:
    """The last part of the name, without what could turn a line around."""
    shown = "".join(letter for letter in os.path.basename(name or "") if letter.isprintable())
    return shown[-100:] or "people.csv"


def _pieces(file: File) -> Iterator[bytes]:
    return iter(file.chunks(PART_BYTES))


def _keep(people_import: PeopleImport, pieces: Iterable[bytes]) -> int:
    waiting, number, size = bytearray(), 0, 0
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PART_BYTES:
            ImportPart.objects.create(people_import=people_import, number=number, body=bytes(waiting[:PART_BYTES]))
            del waiting[:PART_BYTES]
            number, size = number + 1, size + PART_BYTES
        # Text of other encodings grows a little as UTF-8.
        if size > 2 * MOST_BYTES:
            raise ValidationError(TOO_BIG, code="too_big")
    if waiting:
        ImportPart.objects.create(people_import=people_import, number=number, body=bytes(waiting))
    return size + len(waiting)


def _read_head(people_import: PeopleImport) -> None:
    text = (part(people_import.pk, 0) or b"")[:_HEAD].decode(errors="ignore")
    begins = _begins_after_sign(people_import, text)
    try:
        rows = (row for row in records(people_import, byte=begins, row=1 + bool(begins)) if not row.is_blank)
        head = next(rows, None)
        first = next(rows, None)
    except Unreadable as error:
        raise ValidationError(str(error), code="no_csv") from error
    if head is None:
        raise ValidationError("This file is empty.", code="empty")
    if len(head.cells) > MOST_COLUMNS:
        raise ValidationError(f"This file has more than {MOST_COLUMNS} columns.", code="too_wide")
    if _has_address(head):
        # No headings: the first row is a person already.
        people_import.headings = [""] * len(head.cells)
        people_import.first_byte, people_import.first_row = begins, 1 + bool(begins)
    else:
        if first is None:
            raise ValidationError("This file has headings, but nobody under them.", code="empty")
        people_import.headings = [_heading(cell) for cell in head.cells]
        people_import.first_byte, people_import.first_row = head.next_byte, head.number + 1
    people_import.touched_at = timezone.now()


def _begins_after_sign(people_import: PeopleImport, text: str) -> int:
    """Excel may write `sep=;` on a line of its own before everything else."""
    line = text.splitlines(keepends=True)[0] if text else ""
    sign = line.strip().strip('"')
    if sign.lower().startswith("sep=") and len(sign) == 5:
        people_import.delimiter = sign[4]
        return len(line.encode())
    people_import.delimiter = "\t" if line.strip().lower() == "sep=" else decoding.delimiter_of(text)
    return len(line.encode()) if line.strip().lower() == "sep=" else 0


def _heading(cell: str) -> str:
    return " ".join(cell.replace("\0", " ").split())[:LONGEST_HEADING]


def _has_address(record: Record) -> bool:
    for cell in record.cells:
        try:
            canon(cell)
        except InvalidAddress:
            continue
        return True
    return False

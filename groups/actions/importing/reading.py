"""Reading the rows of a file from any byte on, with no more of it in memory than a piece or two."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from groups.models import ImportPart, PeopleImport
from sanctuary.people.spreadsheet import unsafe_cell

PART_BYTES = 256 * 1024
LONGEST_LINE = 1024 * 1024


class Unreadable(ValueError):
    """From here on the file makes no sense. Its text is a sentence for the person who uploaded it."""


class Record(NamedTuple):
    """One row as a spreadsheet counts them, and where the next one begins."""

    number: int
    cells: list[str]
    next_byte: int

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def records(people_import: PeopleImport, *, byte: int, row: int) -> Iterator[Record]:
    """The rows from this byte on, of which the first is counted as `row`. Raises Unreadable."""
    feed = _Feed(people_import.pk, byte)
    rows = csv.reader(feed, delimiter=people_import.delimiter)
    number = row - 1
    try:
        for number, cells in enumerate(rows, row):
            yield Record(number, [unsafe_cell(cell) for cell in cells], feed.next_byte)
            feed.begin_row()
    except csv.Error as error:
        raise Unreadable(_unclosed(number + 1)) from error
    if feed.ended_within_quotes:
        raise Unreadable(_unclosed(number))


def _unclosed(number: int) -> str:
    return (
        f'Row {number:,} has a quotation mark (") that opens and never closes. Mend that row and upload the file again.'
    )


class _Feed:
    """Hands lines to the reader one at a time, and knows how far it has read."""

    def __init__(self, import_id: int, byte: int):
        self._lines = _lines(import_id, byte)
        self.next_byte = byte
        self._quotes = self._line_count = 0
        self._before = (0, 0)

    def begin_row(self) -> None:
        self._before = self._quotes, self._line_count
        self._quotes = self._line_count = 0

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.next_byte += len(line)
        self._quotes += line.count(b'"')
        self._line_count += 1
        return line.decode()

    @property
    def ended_within_quotes(self) -> bool:
        """The last row took several lines and an odd number of quotation marks."""
        quotes, lines = self._before
        return lines > 1 and quotes % 2 == 1


def _lines(import_id: int, byte: int) -> Iterator[bytes]:
    number, skip = divmod(byte, PART_BYTES)
    rest = b""
    while (body := part(import_id, number)) is not None:
        # A part may end between the two bytes of a line's end, so its last line waits for the next part.
        lines = (rest + body[skip:]).splitlines(keepends=True)
        rest = lines.pop() if lines else b""
        if len(rest) > LONGEST_LINE:
            raise csv.Error("a line without an end")
        yield from lines
        number, skip = number + 1, 0
    yield from rest.splitlines(keepends=True)


def part(import_id: int, number: int) -> bytes | None:
    body = ImportPart.objects.filter(people_import=import_id, number=number).values_list("body", flat=True).first()
    return None if body is None else bytes(body)


def samples(people_import: PeopleImport, *, most: int = 3, look_at: int = 50) -> list[list[str]]:
    """For each column some values from the first rows, none of them empty."""
    found: list[list[str]] = [[] for _ in people_import.headings]
    rows = records(people_import, byte=people_import.first_byte, row=people_import.first_row)
    try:
        for _, record in zip(range(look_at), rows, strict=False):
            for values, cell in zip(found, record.cells, strict=False):
                if cell.strip() and len(values) < most:
                    values.append(" ".join(cell.replace("\0", "\ufffd").split())[:60])
    except Unreadable:
        return found  # the check will say where
    return found

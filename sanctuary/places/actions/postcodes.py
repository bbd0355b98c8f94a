"""Filling the table of whole postcodes: all or nothing, beside the old one, which readers keep until the end."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from sanctuary.places import directory
from sanctuary.places.actions.outward import load_outward_codes, save_outward_codes
from sanctuary.places.postcode import AREAS, ODD_OUTWARDS

COPY = "COPY places_fullpostcode_new (code, latitude, longitude, district_code, seats) FROM STDIN"
LINES_A_WRITE = 10_000
SECONDS_TO_WAIT_FOR_READERS = 3


@dataclass(frozen=True)
class Progress:
    """How far a load has come."""

    fraction: float
    postcodes: int
    seconds: float

    @property
    def postcodes_a_second(self) -> float:
        return self.postcodes / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float:
        return self.seconds * (1 - self.fraction) / self.fraction if self.fraction else 0.0


def load_postcodes(areas: Iterable[str] = (), *, progress: Callable[[Progress], None] = lambda _: None) -> Progress:
    """Load whole postcodes: these areas ("LS", "BD") beside what is there, or all if none is named.

    All or nothing: whatever stops it, the old postcodes stay. Readers wait only for the last moment.
    Raises DirectoryMissing without the postcode package.
    """
    wanted = frozenset(area.strip().upper() for area in areas)
    if unknown := sorted(wanted - AREAS - ODD_OUTWARDS):
        raise ValidationError(f"There is no postcode area {', '.join(unknown)}.", code="unknown_area")
    files = directory.letter_files(wanted)
    with transaction.atomic(), connection.cursor() as cursor:
        be_the_only_load(cursor)
        load_outward_codes()
        make_new_table(cursor, keep_outside=wanted)
        summaries, done = {}, Progress(0, 0, 0)
        for done, found in _copy_files(cursor, files, wanted):
            summaries |= found
            progress(done)
        save_outward_codes(summaries)
        swap_tables(cursor)
    return done


def be_the_only_load(cursor) -> None:
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('places.load_postcodes'))")
    if not cursor.fetchone()[0]:
        raise ValidationError("Postcodes are being loaded already.", code="already_loading")


def make_new_table(cursor, *, keep_outside: frozenset[str]) -> None:
    """A new table beside the old; if only some areas are wanted, with the old rows of the others."""
    cursor.execute("CREATE TABLE places_fullpostcode_new (LIKE places_fullpostcode)")
    if keep_outside:
        cursor.execute(
            "INSERT INTO places_fullpostcode_new SELECT * FROM places_fullpostcode"
            " WHERE substring(code FROM '^(GIR|NPT|[A-Z]{1,2})') <> ALL(%s)",
            [sorted(keep_outside)],
        )


def _copy_files(cursor, files: list[Path], areas: frozenset[str]) -> Iterator[tuple[Progress, dict]]:
    """Send each file to the database; after each, how far we are and what its outward codes are."""
    started, count, bytes_done = time.monotonic(), 0, 0
    bytes_total = sum(file.stat().st_size for file in files)
    for file in files:
        tallies = defaultdict(directory.Tally)
        count += _copy_file(cursor, file, areas, tallies)
        bytes_done += file.stat().st_size
        now = Progress(bytes_done / bytes_total, count, time.monotonic() - started)
        yield now, {code: tally.summary() for code, tally in tallies.items()}


def _copy_file(cursor, file: Path, areas: frozenset[str], tallies: dict[str, directory.Tally]) -> int:
    """The package knows no constituencies, so a postcode keeps those it had."""
    seats = _known_seats(cursor, directory.letter_of(file))
    lines, count = [], 0
    with cursor.copy(COPY) as copy:
        for row in directory.read(file, areas):
            tallies[row.outward].add(row)
            code = row.outward + row.inward
            lines.append(line_of(code, row.latitude, row.longitude, row.district_code, seats.get(code, 0)))
            if len(lines) == LINES_A_WRITE:
                copy.write("".join(lines))
                count += len(lines)
                lines = []
        copy.write("".join(lines))
    return count + len(lines)


def line_of(code: str, latitude: float, longitude: float, district_code: str, seats: int) -> str:
    """One postcode as COPY reads it."""
    return f"{code}\t{latitude:.5f}\t{longitude:.5f}\t{district_code}\t{seats}\n"


def _known_seats(cursor, letter: str) -> dict[str, int]:
    cursor.execute(
        "SELECT code, seats FROM places_fullpostcode WHERE seats <> 0 AND code >= %s AND code < %s",
        [letter, chr(ord(letter) + 1)],
    )
    return dict(cursor)


def swap_tables(cursor) -> None:
    # The index is built once the rows are in: far quicker than row by row.
    cursor.execute("ALTER TABLE places_fullpostcode_new ADD PRIMARY KEY (code)")
    cursor.execute("ANALYZE places_fullpostcode_new")
    # While we wait for a long reader, such as a backup, every new reader waits behind us. So not for long.
    cursor.execute(f"SET LOCAL lock_timeout = '{SECONDS_TO_WAIT_FOR_READERS}s'")
    try:
        cursor.execute("DROP TABLE places_fullpostcode")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise ValidationError("The postcodes are in use, perhaps by a backup. Try later.", code="in_use") from error
    cursor.execute("ALTER TABLE places_fullpostcode_new RENAME TO places_fullpostcode")
    cursor.execute("ALTER INDEX places_fullpostcode_new_pkey RENAME TO places_fullpostcode_pkey")

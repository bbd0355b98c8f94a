"""Filling the tables of places, and filling in where somebody is."""

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from sanctuary.places import directory
from sanctuary.places.directory import DirectoryMissing as DirectoryMissing  # doors catch it
from sanctuary.places.models import District, Nation, OutwardCode, locate
from sanctuary.places.postcode import AREAS, ODD_OUTWARDS, Postcode, parse

DATA = Path(__file__).parent / "data"
NATIONS = {
    "E": Nation.ENGLAND,
    "S": Nation.SCOTLAND,
    "W": Nation.WALES,
    "N": Nation.NORTHERN_IRELAND,
}
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


def place_fields(postcode: Postcode | str | None) -> dict:
    """The values of the `Located` fields for this postcode; blank where nothing is known.

    Raises InvalidPostcode for text that is no postcode. A blank postcode clears every field.
    """
    found = parse(str(postcode)) if postcode else None
    place = locate(found) if found else None
    return {
        "postcode": found.full if found else "",
        "outward_code": found.outward if found else "",
        "district_code": place.district_code if place else "",
        "region": place.region if place else "",
        "nation": place.nation if place else "",
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


@transaction.atomic
def load_outward_codes() -> int:
    """Load the districts and outward codes that come with the house. Returns how many outward codes."""
    districts = [District(**line, nation=NATIONS[line["code"][0]]) for line in _shipped("districts.csv")]
    District.objects.bulk_create(
        districts,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "region", "nation"],
    )
    lines = {line.pop("code"): line for line in _shipped("outward_codes.csv")}
    return _save_outward_codes(lines)


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
        _be_the_only_load(cursor)
        load_outward_codes()
        _make_new_table(cursor, keep_outside=wanted)
        summaries, done = {}, Progress(0, 0, 0)
        with cursor.copy("COPY places_fullpostcode_new FROM STDIN") as copy:
            for done, found in _copy_files(copy, files, wanted):
                summaries |= found
                progress(done)
        _save_outward_codes(summaries)
        _swap_tables(cursor)
    return done


def write_outward_codes(path: Path = DATA / "outward_codes.csv") -> int:
    """Make the shipped file of outward codes afresh from the postcode package. Returns how many.

    Northern Ireland is kept coarse: its postcodes are not under the Open Government Licence.
    """
    lines = {}
    for file in directory.letter_files():
        tallies = defaultdict(directory.Tally)
        for row in directory.read(file):
            tallies[row.outward].add(row)
        lines |= {code: tally.summary() for code, tally in tallies.items()}
    notes = [line for line in path.read_text().splitlines(keepends=True) if line.startswith("#")]
    with path.open("w", newline="") as file:
        file.writelines(notes)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "latitude", "longitude", "district_code", "postcode_count"])
        for code, line in sorted(lines.items()):
            irish = code.startswith("BT")
            places = 2 if irish else 4
            middle = [f"{line[name]:.{places}f}" for name in ("latitude", "longitude")]
            count = 0 if irish else line["postcode_count"]
            writer.writerow([code, *middle, line["district_code"], count])
    return len(lines)


def _shipped(name: str) -> Iterator[dict]:
    with (DATA / name).open(newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def _save_outward_codes(lines: dict[str, dict]) -> int:
    """Each outward code takes its name, region and nation from the district most of it lies in."""
    districts = District.objects.in_bulk()
    codes = []
    for code, line in lines.items():
        district = districts.get(line["district_code"])
        named = {name: getattr(district, name) if district else "" for name in ("name", "region", "nation")}
        codes.append(OutwardCode(code=code, **line, **named))
    fields = [field.name for field in OutwardCode._meta.fields if not field.primary_key]
    OutwardCode.objects.bulk_create(
        codes, update_conflicts=True, unique_fields=["code"], update_fields=fields, batch_size=1000
    )
    return len(codes)


def _be_the_only_load(cursor) -> None:
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('places.load_postcodes'))")
    if not cursor.fetchone()[0]:
        raise ValidationError("Postcodes are being loaded already.", code="already_loading")


def _make_new_table(cursor, *, keep_outside: frozenset[str]) -> None:
    """A new table beside the old; if only some areas are wanted, with the old rows of the others."""
    cursor.execute("CREATE TABLE places_fullpostcode_new (LIKE places_fullpostcode)")
    if keep_outside:
        cursor.execute(
            "INSERT INTO places_fullpostcode_new SELECT * FROM places_fullpostcode"
            " WHERE substring(code FROM '^(GIR|NPT|[A-Z]{1,2})') <> ALL(%s)",
            [sorted(keep_outside)],
        )


def _copy_files(copy, files: list[Path], areas: frozenset[str]) -> Iterator[tuple[Progress, dict]]:
    """Send each file to the database; after each, how far we are and what its outward codes are."""
    started, count, bytes_done = time.monotonic(), 0, 0
    bytes_total = sum(file.stat().st_size for file in files)
    for file in files:
        tallies, lines = defaultdict(directory.Tally), []
        for row in directory.read(file, areas):
            tallies[row.outward].add(row)
            lines.append(f"{row.outward}{row.inward}\t{row.latitude:.5f}\t{row.longitude:.5f}\t{row.district_code}\n")
            if len(lines) == LINES_A_WRITE:
                copy.write("".join(lines))
                count += len(lines)
                lines = []
        copy.write("".join(lines))
        count += len(lines)
        bytes_done += file.stat().st_size
        now = Progress(bytes_done / bytes_total, count, time.monotonic() - started)
        yield now, {code: tally.summary() for code, tally in tallies.items()}


def _swap_tables(cursor) -> None:
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

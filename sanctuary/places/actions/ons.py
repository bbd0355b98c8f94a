"""Filling the tables from what the Office for National Statistics publishes: all or nothing, from a file on disk."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sanctuary.places import onspd
from sanctuary.places.actions.outward import load_outward_codes, save_outward_codes
from sanctuary.places.actions.postcodes import (
    COPY,
    LINES_A_WRITE,
    Progress,
    be_the_only_load,
    line_of,
    make_new_table,
    swap_tables,
)
from sanctuary.places.actions.seating import Seating, forget_unused_sets
from sanctuary.places.models import Constituency, FullPostcode, Load, OutwardCode, SeatSet, kind_of, nation_of
from sanctuary.places.postcode import InvalidPostcode, parse

# A file that holds much less than what is there is more likely the wrong file than the truth.
LEAST_SHARE = 0.9
LOADS = {
    Constituency.Kind.WESTMINSTER: Load.What.WESTMINSTER,
    Constituency.Kind.SCOTTISH: Load.What.SCOTTISH,
    Constituency.Kind.SCOTTISH_REGION: Load.What.SCOTTISH_REGION,
    Constituency.Kind.SENEDD: Load.What.SENEDD,
}
# In the middle, because a few postcodes keep the position of a distant sorting office.
_SUMMARIES = """
    SELECT left(code, -3), percentile_cont(0.5) WITHIN GROUP (ORDER BY latitude),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY longitude),
        mode() WITHIN GROUP (ORDER BY district_code), count(*)
    FROM places_fullpostcode_new GROUP BY 1
"""
_PAIRED = """
    UPDATE places_fullpostcode p SET seats = n.seats
    FROM unnest(%s::text[], %s::int[]) n(code, seats) WHERE p.code = n.code
"""


@dataclass(frozen=True)
class Loaded:
    """What a load of the directory did."""

    postcodes: int
    columns: dict[str, str]
    nameless: int


def load_directory(
    path: Path, *, as_of: date, replace: bool = False, progress: Callable[[Progress], None] = lambda _: None
) -> Loaded:
    """Load the ONS Postcode Directory, a large CSV file or its folder: positions, districts and constituencies.

    All or nothing. Raises onspd.WrongFile, and ValidationError: code "already_loading", "in_use", "twice", "too_many",
    and "too_few" where the file holds much less than what is there, unless `replace` is said.
    """
    source = onspd.find(path)
    with transaction.atomic(), connection.cursor() as cursor:
        be_the_only_load(cursor)
        load_outward_codes()
        make_new_table(cursor, keep_outside=frozenset())
        seating, reach = Seating(), _Reach()
        count = _copy(cursor, _told(source, progress), seating, reach)
        if not replace and count < LEAST_SHARE * FullPostcode.objects.count():
            raise ValidationError(
                f"This file holds only {count:,} postcodes, far fewer than are loaded.", code="too_few"
            )
        cursor.execute(_SUMMARIES)
        names = ("latitude", "longitude", "district_code", "postcode_count")
        save_outward_codes({row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()})
        try:
            swap_tables(cursor)
        except IntegrityError as error:
            raise ValidationError("A postcode stands in this file twice.", code="twice") from error
        _seat_outward_codes(seating, reach)
        forget_unused_sets()
        _note(Load.What.POSTCODES, path.name, as_of, count)
    return Loaded(count, source.columns, len(_codes_met() - set(Constituency.objects.values_list("code", flat=True))))


@transaction.atomic
def load_constituencies(path: Path, *, as_of: date, replace: bool = False) -> dict[str, int]:
    """Load a list of names and codes. Returns how many of each kind. What the file leaves out is no more.

    Raises onspd.WrongFile, and ValidationError: code "not_a_constituency", "twice", and "too_few" where more than a
    tenth of a kind would go, which is right only after a boundary review: then say `replace`.
    """
    kinds, seen = defaultdict(list), set()
    for code, name in onspd.names(path):
        if code in seen:
            raise ValidationError(f"{code} stands in this file twice.", code="twice")
        seen.add(code)
        kinds[kind_of(code)].append(Constituency(code=code, name=name, kind=kind_of(code), nation=nation_of(code)))
    if not kinds:
        raise onspd.WrongFile(f"{path.name} is empty.")
    for kind, rows in kinds.items():
        gone = Constituency.objects.of_kind(kind).exclude(code__in=seen)
        if not replace and gone.count() > (1 - LEAST_SHARE) * Constituency.objects.of_kind(kind).count():
            words = (
                f"This file would take away {gone.count()} constituencies. If the boundaries are new, say --replace."
            )
            raise ValidationError(words, code="too_few")
        gone.delete()
        Constituency.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "kind", "nation"]
        )
        _note(LOADS[kind], path.name, as_of, len(rows))
    return {kind: len(rows) for kind, rows in kinds.items()}


@transaction.atomic
def load_pairs(path: Path) -> int:
    """Add constituencies to postcodes, or to all postcodes of another constituency. Returns how many lines counted.

    For split postcodes, and for parliaments whose constituencies the directory does not tell. A later load of the
    directory forgets them. Raises onspd.WrongFile, and ValidationError(code="not_a_constituency").
    """
    with connection.cursor() as cursor:
        be_the_only_load(cursor)
    seating, lines, count = Seating(), onspd.pairs(path), 0
    while some := list(islice(lines, LINES_A_WRITE)):
        areas = [(first, code) for _, first, code in some if first[1:].isdecimal()]
        postcodes = [(_whole(path, line, first), code) for line, first, code in some if not first[1:].isdecimal()]
        count += _pair_postcodes(seating, postcodes) + _pair_areas(seating, areas)
    if not count:
        raise onspd.WrongFile(f"{path.name} names no postcode and no constituency that is loaded.")
    forget_unused_sets()
    return count


class _Reach:
    """Which sets the living postcodes of each outward code have; those of the ended ones, where none lives."""

    def __init__(self):
        self.living, self.ended = defaultdict(set), defaultdict(set)

    def add(self, code: str, seats: int, is_living: bool) -> None:
        (self.living if is_living else self.ended)[code[:-3]].add(seats)

    def sets(self) -> Iterator[tuple[str, set[int]]]:
        for outward in self.living.keys() | self.ended.keys():
            yield outward, self.living.get(outward) or self.ended[outward]


def _told(source: onspd.Source, progress: Callable[[Progress], None]) -> Iterator[onspd.Line]:
    started, count, done = time.monotonic(), 0, []
    for line in onspd.read(source, told=done.append):
        count += 1
        yield line
        if done and count % 100_000 == 0:
            progress(Progress(done[-1] / source.size, count, time.monotonic() - started))
    progress(Progress(1, count, time.monotonic() - started))


def _copy(cursor, lines: Iterator[onspd.Line], seating: Seating, reach: _Reach) -> int:
    count = 0
    with cursor.copy(COPY) as copy:
        while some := list(islice(lines, LINES_A_WRITE)):
            text = []
            for line in some:
                seats = seating.number_of(line.constituencies)
                reach.add(line.code, seats, line.is_living)
                text.append(line_of(line.code, line.latitude, line.longitude, line.district_code, seats))
            copy.write("".join(text))
            count += len(some)
    return count


def _seat_outward_codes(seating: Seating, reach: _Reach) -> None:
    numbers = {outward: seating.number_of(sorted(seating.codes_of(sets))) for outward, sets in reach.sets()}
    seating.save()
    rows = list(OutwardCode.objects.only("code", "seats"))
    for row in rows:
        row.seats = numbers.get(row.code, 0)
    OutwardCode.objects.bulk_update(rows, ["seats"], batch_size=1000)


def _codes_met() -> set[str]:
    return {code for codes in SeatSet.objects.values_list("codes", flat=True) for code in codes.split()}


def _whole(path: Path, line: int, text: str) -> str:
    try:
        found = parse(text)
    except InvalidPostcode:
        found = None
    if found is None or not found.inward:
        raise onspd.WrongFile(f"{path.name}, line {line}: this is not a whole postcode.")
    return found.compact


def _pair_postcodes(seating: Seating, pairs: list[tuple[str, str]]) -> int:
    """Postcodes that we do not have are left out: they have no position."""
    more = defaultdict(set)
    for postcode, code in pairs:
        more[postcode].add(code)
    before = dict(FullPostcode.objects.filter(code__in=more).values_list("code", "seats"))
    after = {each: seating.number_of(sorted(seating.codes_of([seats]) | more[each])) for each, seats in before.items()}
    outward = defaultdict(set)
    for each in before:
        outward[each[:-3]] |= more[each]
    rows = list(OutwardCode.objects.filter(code__in=outward))
    for row in rows:
        row.seats = seating.number_of(sorted(seating.codes_of([row.seats]) | outward[row.code]))
    seating.save()
    OutwardCode.objects.bulk_update(rows, ["seats"])
    with connection.cursor() as cursor:
        cursor.execute(_PAIRED, [list(after), list(after.values())])
    return sum(1 for postcode, _ in pairs if postcode in before)


def _pair_areas(seating: Seating, pairs: list[tuple[str, str]]) -> int:
    more, changed, met = defaultdict(set), {}, set()
    for first, code in pairs:
        more[first].add(code)
    for row in SeatSet.objects.all() if more else ():
        codes = set(row.codes.split())
        met |= codes & more.keys()
        number = seating.number_of(sorted(codes.union(*(more[code] for code in codes & more.keys()))))
        if number != row.number:
            changed[row.number] = number
    seating.save()
    for table in ("places_fullpostcode", "places_outwardcode"):
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} p SET seats = n.after FROM unnest(%s::int[], %s::int[]) n(before, after)"  # noqa: S608
                " WHERE p.seats = n.before",
                [list(changed), list(changed.values())],
            )
    return sum(1 for code, _ in pairs if code in met)


def _note(what: str, source: str, as_of: date, count: int) -> None:
    told = {"source": source[:160], "as_of": as_of, "loaded_at": timezone.now(), "count": count}
    Load.objects.update_or_create(what=what, defaults=told)

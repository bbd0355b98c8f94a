"""Reading a postcode as people type it. Nothing here asks the database whether it exists."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

ENTER_POSTCODE = "Enter your postcode, for example LS7 3HJ"
UNKNOWN_POSTCODE = "We do not know that postcode. Check it, or use just the first half, for example LS7"
NOT_UK_POSTCODE = "Enter a UK postcode, for example LS7 3HJ"

LONGEST_TEXT = 32

_AREAS = """
    AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX
    FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN
    NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB
    W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_AREAS.split())
OUTSIDE = {
    "JE": "Jersey",
    "GY": "Guernsey",
    "IM": "Isle of Man",
    "BF": "British Forces",
    "BFPO": "British Forces",
}
# Girobank's own code and Newport's first one follow no pattern; both are in the national directory.
ODD_OUTWARDS = frozenset({"GIR", "NPT"})

_OUTWARD = re.compile(
    r"(?P<area>[A-Z]{1,2})[1-9]?[0-9]"
    r"|(?P<london>E|N|NW|SE|SW|W|EC|WC)[0-9][A-HJKMNPR-Y]"  # a letter at the end is found only in London
)
_INWARD = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}")
_SECTOR = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?) [0-9OI]")
_BFPO = re.compile(r"BF[P0O]{2}(?:CO)?[0-9]{0,4}")
_FOREIGN = re.compile(
    r"[0-9]{4,}"  # most of Europe, the United States
    r"|[A-Z][0-9][A-Z][0-9][A-Z][0-9]"  # Canada
    r"|(?:[A-Z][0-9]{2}|D6W)[A-Z0-9]{4}"  # Ireland
    r"|[0-9]{4}[A-Z]{2}"  # Netherlands
    r"|GX[0-9]{2}[0-9][A-Z]{2}|[A-Z]{4}1ZZ"  # Gibraltar, other overseas territories
)
_LOOKALIKES = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}


class InvalidPostcode(ValueError):
    """The text is no postcode. Its string is a sentence to show beside the field."""

    code = "invalid_postcode"

    def __init__(self, message: str = UNKNOWN_POSTCODE):
        super().__init__(message)


class MissingPostcode(InvalidPostcode):
    """Nothing was written."""

    code = "missing_postcode"


class ForeignPostcode(InvalidPostcode):
    """The text is a postcode of another country."""

    code = "foreign_postcode"


@dataclass(frozen=True)
class Postcode:
    """A well-formed postcode, or only its first half when `inward` is None."""

    outward: str
    inward: str | None = None

    @property
    def full(self) -> str:
        """As written on an envelope: "LS7 3HJ", or "LS7" if that is all we have."""
        return f"{self.outward} {self.inward}" if self.inward else self.outward

    @property
    def compact(self) -> str:
        """Without the space, as the postcode table keeps it."""
        return self.outward + (self.inward or "")

    @property
    def sector(self) -> str | None:
        """ "LS7 3", or None for a first half."""
        return f"{self.outward} {self.inward[0]}" if self.inward else None

    @property
    def area(self) -> str:
        """The letters it begins with: "LS"."""
        if self.outward in ODD_OUTWARDS:
            return self.outward
        return re.match("[A-Z]+", self.outward)[0]

    @property
    def outside(self) -> str:
        """Where it is if not in England, Scotland, Wales or Northern Ireland: "Jersey"; else ""."""
        return OUTSIDE.get(self.area, "")

    def __str__(self) -> str:
        return self.full


def parse(text: str) -> Postcode:
    """Read a postcode or its first half; raise InvalidPostcode with a sentence for the reader."""
    spaced = _tidy(text)
    compact = spaced.replace(" ", "")
    if not compact:
        raise MissingPostcode(ENTER_POSTCODE)
    if _BFPO.fullmatch(compact):
        # The number tells which unit someone serves in. Nothing here needs it, so it is not kept.
        return Postcode("BFPO")
    if sector := _SECTOR.fullmatch(spaced):
        compact = sector[1]
    found = _read_whole(compact) if len(compact) > 4 else _read_first_half(compact)
    if found is None:
        raise (ForeignPostcode(NOT_UK_POSTCODE) if _FOREIGN.fullmatch(compact) else InvalidPostcode())
    return found


def _tidy(text: str) -> str:
    """Capital letters, digits and single spaces; stray marks and invisible characters are dropped."""
    if len(text) > LONGEST_TEXT:
        raise InvalidPostcode()
    kept = []
    for character in unicodedata.normalize("NFKC", text.strip()).upper():
        if character.isascii() and character.isalnum():
            kept.append(character)
        elif character.isalnum() or unicodedata.category(character) in ("Cc", "Cs"):
            # A letter of another alphabet or a control character: to drop it would be to guess.
            raise InvalidPostcode()
        elif unicodedata.category(character) != "Cf":
            kept.append(" ")
    return " ".join("".join(kept).split())


def _read_whole(compact: str) -> Postcode | None:
    inward = compact[-3].replace("O", "0").replace("I", "1") + compact[-2:]
    first_half = _read_first_half(compact[:-3])
    return Postcode(first_half.outward, inward) if first_half and _INWARD.fullmatch(inward) else None


def _read_first_half(text: str) -> Postcode | None:
    """As typed if that makes sense; else with O read as 0, or 0 as O, or I as 1, or 1 as I."""
    for reading in product(*(_LOOKALIKES.get(character, character) for character in text[:5])):
        outward = "".join(reading)
        found = _OUTWARD.fullmatch(outward)
        if outward in ODD_OUTWARDS or (found and (found["london"] or found["area"]) in AREAS):
            return Postcode(outward)
    return None

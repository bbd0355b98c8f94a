"""What sort of file this is, and its text, whatever wrote it."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError

SAVE_AS_CSV = "In your spreadsheet choose File, Save as, and the kind “CSV UTF-8”. Then upload that file."
_STARTS = [
    (b"\xd0\xcf\x11\xe0", f"This is an old Excel workbook, not a CSV file. {SAVE_AS_CSV}"),
    (b"%PDF", "This is a PDF, not a CSV file. Ask whoever made it for the spreadsheet behind it."),
    (b"\x1f\x8b", "This file is packed. Unpack it and upload the CSV file inside."),
    (b"\x89PNG", f"This is a picture, not a CSV file. {SAVE_AS_CSV}"),
    (b"\xff\xd8\xff", f"This is a picture, not a CSV file. {SAVE_AS_CSV}"),
    (b"GIF8", f"This is a picture, not a CSV file. {SAVE_AS_CSV}"),
    (b"{\\rtf", f"This is a text document, not a CSV file. {SAVE_AS_CSV}"),
    (b"<", f"This is a web page or XML, not a CSV file. {SAVE_AS_CSV}"),
]
NO_TEXT = f"We cannot read this file as a table of text. {SAVE_AS_CSV}"
DELIMITERS = ",;\t|"
_LOOK_AT = 4096
_ROWS_TO_COMPARE = 30
_MOST_CONTROL_CHARACTERS = 0.02


def _no_csv(words: str) -> ValidationError:
    return ValidationError(words, code="no_csv")


def refuse_other_kinds(head: bytes) -> None:
    """Raises ValidationError(code="no_csv") with a sentence that says what it is and what to do."""
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        if b"[Content_Types]" in head or b"xl/" in head:
            raise _no_csv(f"This is an Excel workbook, not a CSV file. {SAVE_AS_CSV}")
        raise _no_csv(f"This is a zip file or a workbook. Open it, and upload the CSV file inside. {SAVE_AS_CSV}")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, words in _STARTS:
        if start.startswith(mark):
            raise _no_csv(words)


def encoding_of(pieces: Iterable[bytes]) -> str:
    """UTF-8 if all of it is; UTF-16 if it says so or looks so; otherwise what Windows writes in Western Europe."""
    pieces = iter(pieces)
    head = next(pieces, b"")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _looks_wide(head[:_LOOK_AT]):
        return wide
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        decoder.decode(head)
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _looks_wide(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain text is nought."""
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.4 * half > head[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if half and head[::2].count(0) > 0.4 * half > head[1::2].count(0) else ""


def as_utf8(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The same text, without a mark at its start. Raises ValidationError(code="no_csv") if it is not text."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    is_first = True
    for piece in pieces:
        text = decoder.decode(piece)
        if is_first and text:
            _refuse_noise(text[:_LOOK_AT])
            is_first = False
        yield text.encode()
    yield decoder.decode(b"", final=True).encode()


def _refuse_noise(text: str) -> None:
    odd = sum((letter < " " and letter not in "\t\r\n\0") or letter == "\ufffd" for letter in text)
    if odd > _MOST_CONTROL_CHARACTERS * len(text) + 2 or text.count("\0") > len(text) / 4:
        raise _no_csv(NO_TEXT)


def delimiter_of(text: str) -> str:
    """The sign that cuts the first rows into the most even columns; a comma if none does."""
    best, sign = (0.0, 0), ","
    for candidate in DELIMITERS:
        widths = Counter(map(len, _first_rows(text, candidate)))
        width, count = max(widths.items(), key=lambda pair: pair[1], default=(0, 0))
        score = (count / max(1, widths.total()), width)
        if width > 1 and score > best:
            best, sign = score, candidate
    return sign


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) == _ROWS_TO_COMPARE:
                break
    except csv.Error:
        return rows
    return rows

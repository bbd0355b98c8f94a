"""Files for Excel and its like: cells that cannot run as formulas, and come back as they were."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# Excel takes a file for UTF-8 only when it opens with this.
BOM = "\ufeff"
_LINES_AT_A_TIME = 500
_STARTS_FORMULA = "=+-@\u2212"
_STARTS_TROUBLE = "\t\r\n\0"
_BLANK = "\ufeff\u200b\u200c\u200d\u2060\0"


def safe_cell(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet might take it for a formula."""
    return f"'{text}" if _is_risky(text) else text


def unsafe_cell(text: str) -> str:
    """What `safe_cell` was given: takes off the apostrophe that it put there, and no other."""
    return text[1:] if text.startswith("'") and _is_risky(text[1:]) else text


def _is_risky(text: str) -> bool:
    """Apostrophes in front count for nothing, so that one more or less never changes the answer."""
    stem = text.lstrip("'")
    if stem[:1] and stem[0] in _STARTS_TROUBLE:
        return True
    first = _after_blanks(stem)
    # Full-width, small and raised forms of the signs are turned into the plain ones by some programs.
    return bool(first) and unicodedata.normalize("NFKC", first)[0] in _STARTS_FORMULA


def _after_blanks(text: str) -> str:
    """The first character that can be seen; empty when there is none."""
    return next((letter for letter in text if not letter.isspace() and letter not in _BLANK), "")


def csv_file(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file, in pieces as the rows come: UTF-8, RFC 4180, every cell safe."""
    page = io.StringIO(newline="")
    page.write(BOM)
    lines = csv.writer(page, lineterminator="\r\n")
    lines.writerow([safe_cell(str(cell)) for cell in head])
    for number, row in enumerate(rows, 1):
        lines.writerow([safe_cell(str(cell)) for cell in row])
        if number % _LINES_AT_A_TIME == 0:
            yield _emptied(page)
    yield _emptied(page)


def _emptied(page: io.StringIO) -> bytes:
    written = page.getvalue().encode()
    page.seek(0)
    page.truncate()
    return written

"""Drawing with Typst. Texts travel as values beside the sheet, never as part of it, so no text can be a command."""

import hashlib
import io
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import typst
from PIL import Image

from sanctuary.printing.square import square_code

HERE = Path(__file__).parent
FONTS = [str(HERE / "fonts")]
KEPT = 64
LONGEST = 300
COLOURS = 64
# A change of a sheet's design is a change of what is drawn from it.
_DESIGN = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.typ")))
# One at a time in each process: fifty people who ask at once for what nobody has drawn yet are served by one drawing.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Drawing:
    """What to draw: a sheet and the words on it."""

    sheet: str
    kind: str
    words: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The same for the same content in every process; another as soon as a word changes."""
        told = json.dumps([self.sheet, self.kind, self.words]).encode()
        return hashlib.sha256(_DESIGN + told).hexdigest()[:16]

    @property
    def content_type(self) -> str:
        return {"pdf": "application/pdf", "png": "image/png"}[self.kind]

    def draw(self) -> bytes:
        with _one_at_a_time:
            return _drawn(self)


def poster(*, title, over="", lead="", sort="", address, code_address="", hand="", foot="") -> Drawing:
    """An A4 sheet with a square code. `address` is printed; the code may lead to a longer one."""
    bare = address.partition("://")[2].removesuffix("/")
    words = {"title": title, "over": over, "lead": lead, "sort": sort, "address": bare, "hand": hand, "foot": foot}
    return Drawing("poster", "pdf", _bounded(words | {"qr": ""}, code=code_address or address))


def picture(*, title, over="", foot="") -> Drawing:
    """1200 × 630, as messengers and social networks show beside a link."""
    return Drawing("picture", "png", _bounded({"title": title, "over": over, "foot": foot}))


def brand_picture() -> Drawing:
    """For pages without a picture of their own."""
    return picture(title="A welcome in every town", foot="Neighbours and people seeking sanctuary, side by side.")


def _bounded(words: dict[str, str], *, code: str = "") -> tuple[tuple[str, str], ...]:
    kept = {name: " ".join(str(text).split())[:LONGEST] for name, text in words.items()}
    if code:
        kept["qr"] = square_code(code)
    return tuple(sorted(kept.items()))


@lru_cache(maxsize=KEPT)
def _drawn(drawing: Drawing) -> bytes:
    if drawing.kind == "png":
        return _smaller(_compile(drawing, []))
    try:
        return _compile(drawing, ["ua-1"])
    except typst.TypstError:
        # A letter that our fonts lack: the sheet then says less to a screen reader, which is better than no sheet.
        return _compile(drawing, [])


def _compile(drawing: Drawing, standards: list[str]) -> bytes:
    sheet = typst.Compiler(
        str(HERE / f"{drawing.sheet}.typ"),
        root=str(HERE),
        font_paths=FONTS,
        ignore_system_fonts=True,
        sys_inputs=dict(drawing.words),
    )
    return sheet.compile(format=drawing.kind, ppi=144, pdf_standards=standards)


def _smaller(png: bytes) -> bytes:
    """A few flat colours need no more than a palette: a third of the bytes."""
    kept = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(kept, "PNG")
    return kept.getvalue()

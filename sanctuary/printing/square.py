"""Square codes (QR): an address for the camera of a phone."""

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=64)
def square_code(address: str, *, quiet_zone: int = 0) -> str:
    """The code as SVG, black on white whatever the page looks like: some cameras read no other."""
    kept = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        kept, kind="svg", border=quiet_zone, dark="#000", light="#fff", xmldecl=False, svgclass=None, lineclass=None,
        omitsize=True,
    )  # fmt: skip
    return kept.getvalue().decode().strip()

"""Where each field of a body stands, and so how its value must be written there."""

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple

from sanctuary.post import merge
from sanctuary.post.message.values import as_link, in_html, in_link, in_text

_LINK_ATTRIBUTES = {"href", "src", "cite", "background"}
_CODE_ATTRIBUTES = {"style", "srcdoc", "srcset", "action", "formaction", "ping"}
_CODE_ELEMENTS = ("script", "style")
_SAFE_LINK = re.compile(r"https?://|mailto:|tel:|/|#", re.IGNORECASE).match
_OPEN_LINK = re.compile(r"https?://[^\s<>\"']*$", re.IGNORECASE).search
_NO_GAP = re.compile(r"[^\s<>\"']*").fullmatch
_QUOTED = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)'|[^\s>]*)""")


class CompileError(ValueError):
    """A message that cannot be built as it was written; the words are for its writer."""


class Slot(NamedTuple):
    """A place for a value: which field, what to say when it is empty, and how it is written."""

    name: str
    fallback: str
    encode: Callable[[str], bytes]


def of_text(text: str) -> list[str | Slot]:
    """The literals and slots of a plain text."""
    parts = merge.split(text)
    linked = _inside_links(parts)
    return [
        part if isinstance(part, str) else Slot(part.name, part.fallback or "", in_link if index in linked else in_text)
        for index, part in enumerate(parts)
    ]


def of_html(text: str) -> list[str | Slot]:
    """The literals and slots of an HTML text. Raises CompileError for a field where no value can be safe."""
    parts = merge.split(text)
    marked = "".join(
        part.replace("\ue000", "") if isinstance(part, str) else _mark(index) for index, part in enumerate(parts)
    )
    finder = _Finder()
    finder.feed(marked)
    finder.close()
    linked = _inside_links(parts)
    slots: list[str | Slot] = []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            slots.append(part)
            continue
        encode = finder.found.get(index)
        if encode is None:
            raise CompileError(f"(({part.name})) stands inside the page's own code. Use it in the words or in a link.")
        encode = in_link if encode is in_html and index in linked else encode
        # The page says &amp; where the writer's fallback said &.
        slots.append(Slot(part.name, html.unescape(part.fallback or ""), encode))
    return slots


def _inside_links(parts: list[str | merge.Field]) -> set[int]:
    """The fields that continue a written web address, as in https://example.org/((place))."""
    found: set[int] = set()
    linked = False
    for index, part in enumerate(parts):
        if isinstance(part, str):
            linked = bool(_OPEN_LINK(part)) or (linked and bool(_NO_GAP(part)))
        elif linked:
            found.add(index)
    return found


def _mark(index: int) -> str:
    # It begins with a letter, so that "<((field))" is seen to open a tag, as it would with a value in it.
    return f"x\ue000{index}\ue001"


def _marks(text: str) -> list[int]:
    return [int(number) for number in re.findall("\ue000([0-9]+)\ue001", text)]


class _Finder(HTMLParser):
    """Notes how to write each mark it meets in words or in a quoted attribute; a mark elsewhere stays unfound."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: dict[int, Callable[[str], bytes]] = {}

    def handle_data(self, data):
        if self.cdata_elem not in _CODE_ELEMENTS:
            self.found.update(dict.fromkeys(_marks(data), in_html))

    def handle_starttag(self, tag, attrs):
        quoted = "".join(a or b for a, b in _QUOTED.findall(self.get_starttag_text()))
        safe = set(_marks(quoted))
        for name, value in attrs:
            marks = [mark for mark in _marks(value or "") if mark in safe]
            if name in _CODE_ATTRIBUTES or name.startswith("on"):
                continue
            for mark in marks:
                self._note(mark, name, value)

    def _note(self, mark: int, name: str, value: str) -> None:
        if name not in _LINK_ATTRIBUTES:
            self.found[mark] = in_html
        elif value.startswith(_mark(mark)):
            self.found[mark] = as_link
        elif _SAFE_LINK(value) or _marks(value)[0] != mark:
            self.found[mark] = in_link

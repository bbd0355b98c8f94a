"""What a reader of the HTML part sees and what their mail program would fetch, for the linter."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_UNSEEN = {"style", "script", "title", "head", "template"}
_FETCHED = {"src", "background", "poster", "data", "srcset"}
_CSS_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]*)|@import\s+[\"']([^\"']*)", re.IGNORECASE)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0|opacity\s*:\s*0*\.?0*\s*(?:;|$)"
    r"|font-size\s*:\s*[01](?:px|pt|em)?\s*(?:;|$|!)",
    re.IGNORECASE,
)


class Link(NamedTuple):
    """One link: where to, its words, and whether a reader can see it."""

    address: str
    words: str
    visible: bool


class Page(HTMLParser):
    """One HTML part, read. `fetched` are addresses that a mail program would load by itself."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.links: list[Link] = []
        self.fetched: list[str] = []
        self.images: list[dict[str, str]] = []
        self.attributes: list[str] = []
        self._said: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._anchor: tuple[str, bool, int] | None = None
        self.feed(text)
        self.close()

    @property
    def words(self) -> str:
        """What can be seen, with single spaces."""
        return " ".join("".join(self._said).split())

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes += given.values()
        self.handlers |= {name for name in given if name.startswith("on")}
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.handlers.add("refresh")
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "img":
            self.images.append(given)
        self._note_fetched(tag, given)
        hidden = self._hidden or tag in _UNSEEN or "hidden" in given or bool(_HIDING.search(given.get("style", "")))
        if tag not in _VOID:
            self._open.append((tag, hidden))
        if tag == "a" and "href" in given:
            self._anchor = given["href"], not hidden, len(self._said)
        elif tag not in ("b", "em", "i", "span", "strong", "a"):
            self._said.append(" ")

    def _note_fetched(self, tag: str, given: dict[str, str]) -> None:
        self.fetched += [address for name in _FETCHED if (address := given.get(name))]
        self.fetched += [given["href"]] if tag == "link" and "href" in given else []
        self._note_style(given.get("style", ""))

    def handle_endtag(self, tag):
        if tag == "a" and self._anchor:
            address, visible, start = self._anchor
            self.links.append(Link(address, " ".join("".join(self._said[start:]).split()), visible))
            self._anchor = None
        if any(tag == name for name, _ in self._open):
            while self._open and self._open.pop()[0] != tag:
                pass
        if tag not in ("b", "em", "i", "span", "strong", "a"):
            self._said.append(" ")

    def handle_data(self, data):
        if self._open and self._open[-1][0] == "style":
            self._note_style(data)
        if not self._hidden:
            self._said.append(data)

    def _note_style(self, style: str) -> None:
        self.fetched += [first or second for first, second in _CSS_ADDRESS.findall(style)]

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]

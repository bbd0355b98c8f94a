"""The Markdown that staff write: a small safe part of it, as HTML and as text that reads well alone."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"])
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "blockquote", "hr", "img"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}}


def to_html(text: str) -> str:
    """Clean HTML. Raw HTML, scripts and links other than http, https and mailto do not survive."""
    return nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def to_text(text: str) -> str:
    """The same words for a reader without HTML: links written out, a list as lines, one paragraph on one line."""
    writer = _TextWriter()
    for token in _markdown.parse(text):
        writer.take(token)
    return "\n".join(writer.lines).strip()


class _TextWriter:
    """Writes blocks as lines. `marks` holds, for each open list, the number of its next item; None for bullets."""

    def __init__(self):
        self.lines: list[str] = []
        self.marks: list[int | None] = []
        self.quotes = 0
        self.bullet = ""

    def take(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.marks.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.marks.pop()
            self._gap()
        elif token.type == "list_item_open":
            self.bullet = self._next_bullet()
        elif token.type.startswith("blockquote"):
            self.quotes += token.nesting
        elif token.type == "hr":
            self._block("----")
        elif token.type in ("inline", "fence", "code_block"):
            self._block(_inline(token.children) if token.children else token.content)

    def _next_bullet(self) -> str:
        number = self.marks[-1]
        if number is None:
            return "- "
        self.marks[-1] = number + 1
        return f"{number}. "

    def _block(self, text: str) -> None:
        indent = "  " * max(0, len(self.marks) - 1)
        for line in text.rstrip("\n").split("\n"):
            self.lines.append("> " * self.quotes + indent + self.bullet + line)
            self.bullet = ""
        if not self.marks:
            self._gap()

    def _gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _inline(children: list[Token]) -> str:
    """One run of words. A link says where it leads, unless its words already do."""
    out: list[str] = []
    links: list[tuple[str, int]] = []
    for token in children:
        if token.type == "link_open":
            links.append((str(token.attrs["href"]), len(out)))
        elif token.type == "link_close":
            address, start = links.pop()
            words = "".join(out[start:])
            out[start:] = [address if words == address else f"{words}: {address}"]
        elif token.type == "softbreak":
            out.append(" ")
        elif token.type == "hardbreak":
            out.append("\n")
        else:
            out.append(token.content)
    return "".join(out)

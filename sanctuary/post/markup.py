"""The Markdown that staff write: a small safe part of it, as HTML and as text that reads well alone."""

import re

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"])
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "blockquote", "hr", "img"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}}
_LINK = re.compile(r"!?\[([^\]\n]*)\]\((\(\([^()\n]*\)\)|[^()\s]+)\)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)


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
    """The same words for a reader without HTML: links written out, marks of emphasis and headings gone."""
    text = _LINK.sub(lambda match: match[2] if match[1] == match[2] else f"{match[1]}: {match[2]}", text)
    return _HEADING.sub("", _EMPHASIS.sub(r"\2", text)).strip()

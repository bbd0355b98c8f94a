"""Rules about what a reader gets, and what nobody else may learn of them."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from sanctuary.post.sink.lint.letter import ADDRESS, TOKEN, Letter, split
from sanctuary.post.sink.lint.person import names_person

_CODE = {"script", "form", "input", "button", "iframe", "object", "embed", "video", "audio", "base", "svg", "link"}
_THIS_MACHINE = {"127.0.0.1", "localhost"}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]").search
_FIELD = re.compile(r"\(\(\s*[A-Za-z][A-Za-z0-9_ -]*(?:\|[^()\n]*)?\)\)").search
_ONE_PIXEL = re.compile(r"[01](?:px)?").fullmatch
_STYLED_PIXEL = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?:!|;|$)", re.IGNORECASE).search
_WAY_OUT = re.compile(r"\b(?:stop|unsubscribe|opt out|leave this list)\b", re.IGNORECASE).search


def language(letter: Letter) -> Iterator[str]:
    if letter.html and not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*", letter.page.language):
        yield "<html> has no lang"


def imprint(letter: Letter) -> Iterator[str]:
    for words in letter.given.says:
        wanted = " ".join(words.split())
        if wanted not in " ".join(letter.text.split()):
            yield f"the text does not say “{wanted}”"
        if letter.html and wanted not in letter.page.words:
            yield f"the page does not show “{wanted}”"


def way_out(letter: Letter) -> Iterator[str]:
    """A visible link for this very person: it carries the token of List-Unsubscribe."""
    tokens = {token for way in letter.one_click for token in TOKEN.findall(way)}
    if not tokens:
        return
    lines = letter.text.splitlines()
    if not any(_WAY_OUT(line) and any(token in line for token in tokens) for line in lines):
        yield "the text has no opt-out link of this person"
    leads_out = (link for link in letter.page.links if link.visible and _WAY_OUT(link.words))
    if letter.html and not any(token in link.address for link in leads_out for token in tokens):
        yield "the page shows no opt-out link of this person"


def link(letter: Letter) -> Iterator[str]:
    for address in dict.fromkeys(letter.addresses):
        parts = split(address)
        host = parts.hostname or ""
        is_here = letter.given.local and host in _THIS_MACHINE
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            yield f"not https: {address[:80]}"
        elif parts.username is not None or (host not in letter.given.hosts and not is_here):
            yield f"leads elsewhere: {address[:80]}"


def pixel(letter: Letter) -> Iterator[str]:
    """Nothing that the mail program loads may be tiny, hidden, or tell one person from another."""
    for image in letter.page.images:
        sides = [image.get("width", "").strip(), image.get("height", "").strip()]
        if any(map(_ONE_PIXEL, sides)) or _STYLED_PIXEL(image.get("style", "")):
            yield "an image of one pixel"
    for address in letter.page.fetched:
        parts = split(address)
        if parts.scheme != "data" and (parts.query or TOKEN.search(parts.path) or names_person(letter, address)):
            yield f"what is loaded tells who reads: {address[:80]}"


def code(letter: Letter) -> Iterator[str]:
    yield from (f"<{tag}> in the page" for tag in sorted(letter.page.tags & _CODE))
    yield from (f"{name} in the page" for name in sorted(letter.page.handlers))
    if any(attribute.strip().lower().startswith(("javascript:", "data:text")) for attribute in letter.page.attributes):
        yield "a link that runs code"


def private_link(letter: Letter) -> Iterator[str]:
    for address in dict.fromkeys(letter.addresses):
        if names_person(letter, address):
            yield f"tells who reads: {address[:80]}"


def other_people(letter: Letter) -> Iterator[str]:
    """E6: no address of anybody else, anywhere."""
    headers = "\n".join(str(value) for name, value in letter.message.items() if name.lower() != "message-id")
    everything = "\n".join([headers, letter.text, letter.html, *letter.page.attributes])
    known = letter.own_addresses | {letter.to}
    for other in sorted({address.lower() for address in ADDRESS.findall(unquote(everything))} - known):
        # Of "o'brien@example.org" only what follows the mark is found.
        if not any(own.endswith(other) for own in known):
            yield f"holds {other}"


def merged(letter: Letter) -> Iterator[str]:
    said = "\n".join([letter.header("Subject"), letter.text, letter.html])
    # A person may be called "((email))" and then is.
    for name in letter.given.personal:
        said = said.replace(name, "")
    if found := _FIELD(said):
        yield f"{found[0][:80]} was left as it is"


def control_characters(letter: Letter) -> Iterator[str]:
    for place, text in (("Subject", letter.header("Subject")), ("the text", letter.text), ("the page", letter.html)):
        if found := _CONTROL(text.replace("\r\n", "\n")):
            yield f"{found[0]!a} in {place}"


RULES = (
    language,
    imprint,
    way_out,
    link,
    pixel,
    code,
    private_link,
    other_people,
    merged,
    control_characters,
)

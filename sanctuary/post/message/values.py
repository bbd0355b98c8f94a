"""How a value is written, by where it stands: in a text, in HTML, in a link, in a header.

Every body encoder returns quoted-printable lines of at most 75 bytes that never begin with a dot, so a value can stand
between two soft line breaks, and no value can end the message, start a part or need dot-stuffing.
"""

import re
from binascii import b2a_base64
from functools import lru_cache
from html import escape
from urllib.parse import quote

CRLF = b"\r\n"
SOFT_BREAK = b"=\r\n"

# Lines end at 73 so that the last byte may still grow to three (=20) and a soft break stay within 76.
_WIDTH = 73
_QP = tuple(bytes([byte]) if 32 <= byte <= 126 and byte != ord("=") else b"=%02X" % byte for byte in range(256))
_QP_LINE_START = (*_QP[: ord(".")], b"=2E", *_QP[ord(".") + 1 :])
_SPACE, _DOT = b" ."
_PLAIN = re.compile(rb"[ -<>-~]+").fullmatch
_ALREADY_QP = re.compile(r"[!-\-/-<>-~](?:[ -<>-~]{0,70}[!-<>-~])?").fullmatch
# What needs no escape of any kind: the names and places of most people, and our own links.
_SIMPLE_WORDS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,_-]{0,70}[A-Za-z0-9])?").fullmatch
_SIMPLE_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,73}").fullmatch

_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
# Controls, text-direction overrides, invisible marks that only mislead, halves of characters, and no characters at all.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&*+./:=?@_~-]+").fullmatch
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+./=?^_`{|}~-]+@[A-Za-z0-9.-]+").fullmatch
LONGEST_IN_HEADER = 320
_WHOLE_URL = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE).match
_URL_MARKS = ":/?#[]@!$&'()*+,;=%~"


class BadValue(ValueError):
    """A value that cannot stand where the message needs it. It stops one message, not the mailing."""


def clean(value: str) -> str:
    """The value on one line, without control characters or marks that turn the reading direction."""
    if value.isprintable():
        return value
    return _UNWANTED.sub("", _BREAKS.sub(" ", value))


def quoted(data: bytes) -> bytes:
    """One line of a body as quoted-printable, folded, safe at either end."""
    if _PLAIN(data) and data[-1] != _SPACE and _DOT not in data[::_WIDTH]:
        return SOFT_BREAK.join([data[at : at + _WIDTH] for at in range(0, len(data), _WIDTH)])
    out = []
    width = 0
    for byte in data:
        piece = _QP[byte] if width else _QP_LINE_START[byte]
        if width + len(piece) > _WIDTH:
            out.append(SOFT_BREAK)
            piece = _QP_LINE_START[byte]
            width = 0
        out.append(piece)
        width += len(piece)
    if data.endswith(b" "):
        out[-1] = b"=20"
    return b"".join(out)


# People share first names, groups and places: what was written for one is at hand for the next.
_remember = lru_cache(maxsize=4096)


@_remember
def in_text(value: str) -> bytes:
    """A clean value in a plain text."""
    return value.encode() if len(value) < _WIDTH and _ALREADY_QP(value) else quoted(value.encode())


@_remember
def in_html(value: str) -> bytes:
    """A clean value in HTML, between tags or inside a quoted attribute."""
    if _SIMPLE_WORDS(value):
        return value.encode()
    return in_text(escape(value))


def in_link(value: str) -> bytes:
    """A clean value as a part of a web address, in text or HTML."""
    if _SIMPLE_TOKEN(value):
        return value.encode()
    return in_text(quote(value, safe=""))


def as_link(value: str) -> bytes:
    """A clean value that is a whole web address, in a quoted HTML attribute. Raises BadValue for any other scheme."""
    if not _WHOLE_URL(value):
        raise BadValue("a link must start with https://, http:// or mailto:")
    return in_text(escape(quote(value, safe=_URL_MARKS)))


def in_header(value: str) -> bytes:
    """A token or web address inside a header. Raises BadValue rather than change it."""
    if not _TOKEN(value) or len(value) > LONGEST_IN_HEADER or "=?" in value:
        raise BadValue("a header takes only plain letters, digits and the marks of web addresses")
    return value.encode()


def as_address(value: str) -> bytes:
    """One bare email address as an address header. Raises BadValue rather than change it."""
    if not _ADDRESS(value) or len(value) > LONGEST_IN_HEADER or "=?" in value:
        raise BadValue("this is not a plain email address")
    return value.encode()


def unstructured(name: str, text: str) -> bytes:
    """The text of a header such as Subject: plain when it can be, else RFC 2047 words that never cut a character."""
    text = text.strip(" ")
    room = 76 - len(name) - 2
    if text.isascii() and "=?" not in text:
        if len(text) <= room:
            return text.encode()
        if (folded := _folded(text, room)) is not None:
            return folded
    return _encoded_words(text.encode(), room)


def _folded(text: str, room: int) -> bytes | None:
    """ASCII words on lines of at most 76, or None when a word or a gap is too long for that."""
    lines = [""]
    for word in re.findall(r" *[^ ]+", text):
        if len(word) > (room if lines == [""] else 76):
            return None
        if len(lines[-1]) + len(word) > (76 if lines[1:] else room):
            lines.append(word)
        else:
            lines[-1] += word
    return CRLF.join(line.encode() for line in lines)


def _encoded_words(data: bytes, room: int) -> bytes:
    words = []
    start = 0
    while start < len(data):
        end = start + (room - 12) // 4 * 3
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(b"=?utf-8?b?%b?=" % b2a_base64(data[start:end], newline=False))
        start, room = end, 75
    return b"\r\n ".join(words)

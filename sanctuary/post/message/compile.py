"""Build a message once: MIME tree, quoted-printable, folding; per person only write and join what varies."""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.policy import SMTP
from email.utils import format_datetime, quote
from operator import itemgetter
from typing import NamedTuple

from sanctuary.post import merge
from sanctuary.post.message import places
from sanctuary.post.message.places import CompileError, Slot
from sanctuary.post.message.values import (
    CRLF,
    LONGEST_IN_HEADER,
    SOFT_BREAK,
    BadValue,
    as_address,
    as_link,
    clean,
    in_header,
    quoted,
    unstructured,
)

_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,60}").fullmatch
_OURS = {"subject", "from", "to", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding"}
_ADDRESS_HEADERS = {"To", "Reply-To", "Sender", "From"}
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*").fullmatch
_LINE_LIMIT, _LONGEST_FOLDED = 998, 76
_PART = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


class Subject(NamedTuple):
    """A subject that differs from person to person; it is encoded as a whole, for its words may not touch."""

    parts: tuple[str | merge.Field, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        return "".join(
            part if isinstance(part, str) else _first(values[part.name], part.fallback or "") for part in self.parts
        )


Part = bytes | Slot | Subject


class CompiledMessage:
    """A message that lacks only one person's values. Made by `compile_message`; safe to keep and to share."""

    def __init__(self, parts: list[Part]):
        parts = _joined(parts)
        varying = sorted({part for part in parts if not isinstance(part, bytes)}, key=_rank)
        self._header_slots = [(slot.name, slot.encode) for slot in varying if _rank(slot) == 0]
        self._body_slots = [_with_bytes(slot) for slot in varying if _rank(slot) == 1]
        self._subjects = [subject for subject in varying if _rank(subject) == 2]
        self._fixed = [part for part in parts if isinstance(part, bytes)]
        # `render` makes a list of what varies and then what is fixed; this puts it in the order of the message.
        fixed_at = iter(range(len(varying), len(varying) + len(parts)))
        order = [next(fixed_at) if isinstance(part, bytes) else varying.index(part) for part in parts]
        self._in_order = itemgetter(*order) if order[1:] else list
        in_subjects = {part.name for s in self._subjects for part in s.parts if isinstance(part, merge.Field)}
        self._cleaned = in_subjects | {name for name, *_ in self._body_slots}
        self.fields = frozenset(self._cleaned | {name for name, _ in self._header_slots})

    def render(self, values: Mapping[str, str]) -> bytes:
        """The wire bytes for one person: lines end in CRLF and none begins with a dot; the final dot is not included.

        `values` needs every name in `.fields`. Raises BadValue when a value cannot stand in a header or be a link.
        """
        cleaned = {name: clean(values[name]) for name in self._cleaned}
        pieces = []
        try:
            for name, encode in self._header_slots:
                pieces.append(encode(values[name]))
            for name, fallback, encode in self._body_slots:
                value = cleaned[name]
                pieces.append(encode(value) if fallback is None or (value and not value.isspace()) else fallback)
        except BadValue as error:
            raise BadValue(f"{name}: {error}") from None
        for subject in self._subjects:
            pieces.append(_subject_words(subject.filled(cleaned)))
        return b"".join(self._in_order(pieces + self._fixed))


def compile_message(
    *,
    subject: str,
    text: str,
    html: str | None,
    from_addr: str,
    message_id: str,
    fields: Collection[str] = (),
    to: str = "((email))",
    headers: Mapping[str, str] | None = None,
    date: datetime | None = None,
) -> CompiledMessage:
    """Compile a message whose subject, text, html and headers may hold ((fields)) of the fixed set `fields`.

    Headers take addresses and tokens only: `message_id="<((delivery))@example.org>"`. `date` is now when not given.
    Raises CompileError, in the writer's words, for a field that is unknown or stands where no value can be safe.
    """
    headers = headers or {}
    for written in (subject, text, html or "", to, message_id, *headers.values()):
        for problem in merge.problems(written, fields):
            raise CompileError(problem.message)
    return CompiledMessage(
        [
            *_header("From", from_addr),
            *_header("To", to),
            *_subject(subject),
            *_header("Date", format_datetime(date or datetime.now(UTC))),
            *_header("Message-ID", message_id),
            *(part for name, value in headers.items() for part in _extra(name, value)),
            b"MIME-Version: 1.0\r\n",
            *_content(_lines(text), None if html is None else _lines(html)),
        ]
    )


def _subject(text: str) -> list[Part]:
    parts = merge.split(clean(text))
    if all(isinstance(part, str) for part in parts):
        return [b"Subject:", _subject_words("".join(parts)), CRLF]
    return [b"Subject:", Subject(tuple(parts)), CRLF]


def _subject_words(text: str) -> bytes:
    """What follows the colon. An empty subject leaves no space there, which a relay might trim after signing."""
    words = unstructured("Subject", text)
    return b" " + words if words else b""


def _extra(name: str, value: str) -> list[Part]:
    if not _HEADER_NAME(name) or name.lower() in _OURS:
        raise CompileError(f"{name} is not a header to add here.")
    return _header(name, value)


def _header(name: str, value: str) -> list[Part]:
    """One header. With fields it stays on one line, since tokens must not be cut."""
    if clean(value) != value:
        raise CompileError(f"The header {name} holds a line break or a control character.")
    parts = merge.split(value)
    if all(isinstance(part, str) for part in parts):
        return [_fixed_header(name, value)]
    encode = as_address if name in _ADDRESS_HEADERS else in_header
    slots = [part if isinstance(part, str) else Slot(part.name, "", encode) for part in parts]
    longest = sum(len(part) if isinstance(part, str) else LONGEST_IN_HEADER for part in slots) + len(name) + 2
    if not value.isascii() or longest > _LINE_LIMIT:
        raise CompileError(f"The header {name} must be short and in plain letters.")
    line = [part.encode() if isinstance(part, str) else part for part in slots]
    return [f"{name}: ".encode(), *line, CRLF]


def _fixed_header(name: str, value: str) -> bytes:
    if name not in _ADDRESS_HEADERS:
        if len(line := f"{name}: {value}".encode()) > _LINE_LIMIT:
            raise CompileError(f"The header {name} is too long.")
        return (line if value.isascii() else f"{name}: ".encode() + unstructured(name, value)) + CRLF
    header = SMTP.header_factory(name, value)
    if header.defects or len(header.addresses) != 1 or not header.addresses[0].domain:
        raise CompileError(f"The header {name} must hold one email address.")
    return _mailbox(name, header.addresses[0].display_name, header.addresses[0].addr_spec.encode("ascii"))


def _mailbox(header: str, name: str, address: bytes) -> bytes:
    """An address header with a name as it is, in quotes, or in RFC 2047 words, whichever the name needs."""
    if not name:
        return b"%b: %b\r\n" % (header.encode(), address)
    if not name.isascii() or "=?" in name:
        words = unstructured(header, name)
    else:
        words = (name if _ATOMS(name) else f'"{quote(name)}"').encode()
    line = b"%b: %b" % (header.encode(), words)
    gap = b" " if len(line.rpartition(CRLF)[2]) + len(address) + 3 <= _LONGEST_FOLDED else CRLF + b" "
    return b"%b%b<%b>\r\n" % (line, gap, address)


def _content(text: str, html: str | None) -> list[Part]:
    """The bodies. No line of quoted-printable can hold "=_", so no value can forge the boundary."""
    text_body = [_PART % b"plain", *_body(places.of_text(text))]
    if html is None:
        return text_body
    html_body = [_PART % b"html", *_body(places.of_html(html))]
    mark = b"=_" + hashlib.sha256(f"{text}\0{html}".encode()).hexdigest()[:32].encode()
    return [
        b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n--%b\r\n' % (mark, mark),
        *text_body,
        b"\r\n--%b\r\n" % mark,
        *html_body,
        b"\r\n--%b--\r\n" % mark,
    ]


def _body(parts: list[str | Slot]) -> list[Part]:
    """Quoted-printable literals; each slot stands alone between line breaks, soft ones where the text has none."""
    out: list[Part] = []
    at_line_start = True
    for part in parts:
        if isinstance(part, Slot):
            out += [part] if at_line_start else [SOFT_BREAK, part]
            at_line_start = False
            continue
        if out and not part.startswith("\n"):
            out.append(SOFT_BREAK)
        out.append(CRLF.join(quoted(line.encode()) for line in part.split("\n")))
        at_line_start = part.endswith("\n")
    return out


def _lines(text: str) -> str:
    """The text with plain line ends, one at its end, and each line clean."""
    return "".join(f"{clean(line)}\n" for line in re.split(r"\r\n|\r|\n", text.rstrip("\r\n")))


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _is_header(slot: Slot) -> bool:
    return slot.encode in (in_header, as_address)


def _rank(part: Slot | Subject) -> int:
    """Header values first, then those of the bodies, then whole subjects."""
    return 2 if isinstance(part, Subject) else 0 if _is_header(part) else 1


def _with_bytes(slot: Slot) -> tuple:
    """The slot with its fallback already written as it will stand there; None for a link that must not be empty."""
    fallback = clean(slot.fallback)
    if not fallback:
        return slot.name, None if slot.encode is as_link else b"", slot.encode
    try:
        return slot.name, slot.encode(fallback), slot.encode
    except BadValue as error:
        raise CompileError(f"What to say instead of (({slot.name})) does not fit there: {error}.") from None


def _first(value: str, fallback: str) -> str:
    return value if value and not value.isspace() else fallback

"""Rules about the form of a message: bytes, headers, envelope and parts."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

from sanctuary.post.sink.lint.letter import TOKEN, Letter, split

_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
_ONCE_IN_BULK = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID")
_AT_MOST_ONCE = ("Reply-To", "Sender")
_NEVER = ("Cc", "Bcc", "Auto-Submitted", "Disposition-Notification-To", "Return-Receipt-To", "Return-Path")
_LONGEST_LINE, _LONGEST_BODY_LINE = 998, 76

_CONTROL_ON_WIRE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n").search
_WHITE_END = re.compile(rb"[ \t]\r\n").search
_LONE_DOT = re.compile(rb"^\.(?!\.)", re.MULTILINE).search
_LIST_ID = re.compile(r"(?:[^<>]* )?<[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+>").fullmatch
_FEEDBACK = re.compile(r"[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+){1,3}").fullmatch
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>").fullmatch


def line_ends(letter: Letter) -> Iterator[str]:
    if not letter.wire.endswith(b"\r\n"):
        yield "the last line has no end"
    if _BARE(letter.wire):
        yield "a CR or LF stands alone"


def seven_bit(letter: Letter) -> Iterator[str]:
    if not letter.wire.isascii():
        yield "a byte above 127 on the wire"
    if _CONTROL_ON_WIRE(letter.wire):
        yield "a control character on the wire"


def line_length(letter: Letter) -> Iterator[str]:
    head, _, body = letter.wire.partition(b"\r\n\r\n")
    if max(map(len, head.split(b"\r\n"))) > _LONGEST_LINE:
        yield f"a header line is longer than {_LONGEST_LINE}"
    # The dot that the wire adds does not count.
    if max(len(line) - line.startswith(b"..") for line in body.split(b"\r\n")) > _LONGEST_BODY_LINE:
        yield f"a body line is longer than {_LONGEST_BODY_LINE}"


def white_space(letter: Letter) -> Iterator[str]:
    if _WHITE_END(letter.wire):
        yield "a line ends in white space, which a relay may take away after signing"


def dots(letter: Letter) -> Iterator[str]:
    if _LONE_DOT(letter.wire):
        yield "a line begins with a single dot"


def headers(letter: Letter) -> Iterator[str]:
    count = {name: len(letter.message.get_all(name, [])) for name in (*_ONCE, *_ONCE_IN_BULK, *_AT_MOST_ONCE, *_NEVER)}
    yield from (f"{count[name]} of {name}" for name in (*_ONCE, *_ONCE_IN_BULK) if count[name] != 1)
    yield from (f"{count[name]} of {name}" for name in _AT_MOST_ONCE if count[name] > 1)
    yield from (f"{name} does not belong here" for name in _NEVER if count[name])
    yield from (f"{name} cannot be read" for name, value in letter.message.items() if value.defects)


def envelope(letter: Letter) -> Iterator[str]:
    if len(letter.given.recipients) != 1:
        yield f"{len(letter.given.recipients)} recipients"
    if letter.addresses_in("To") != [letter.to]:
        yield "To is not the one recipient"
    if letter.given.mail_from is not None and "From" in letter.message:
        sender, ours = letter.given.mail_from.rpartition("@")[2].lower(), letter.domain
        if sender != ours and not sender.endswith("." + ours):
            yield "the envelope's sender is of another domain than From"


def sender(letter: Letter) -> Iterator[str]:
    if "From" in letter.message and len(letter.addresses_in("From")) != 1:
        yield "From is not one address"


def identity(letter: Letter) -> Iterator[str]:
    if "Message-ID" in letter.message and not _MESSAGE_ID(letter.header("Message-ID").strip()):
        yield "Message-ID is not of the form <key@domain>"
    if "Subject" in letter.message and not letter.header("Subject").strip():
        yield "Subject is empty"


def list_headers(letter: Letter) -> Iterator[str]:
    if "List-Id" in letter.message and not _LIST_ID(letter.header("List-Id")):
        yield "List-Id is not of the form <name.domain>"
    if "Feedback-ID" in letter.message and not _FEEDBACK(letter.header("Feedback-ID")):
        yield "Feedback-ID is not two to four parts with colons"


def one_click(letter: Letter) -> Iterator[str]:
    """RFC 8058."""
    post = letter.message.get("List-Unsubscribe-Post")
    if post is not None and str(post) != "List-Unsubscribe=One-Click":
        yield "List-Unsubscribe-Post is not List-Unsubscribe=One-Click"
    if "List-Unsubscribe" not in letter.message:
        return
    if len(letter.one_click) != 1:
        yield "List-Unsubscribe does not hold one web address"
    elif not TOKEN.search("".join(split(letter.one_click[0])[2:])):
        yield "List-Unsubscribe holds no opaque token"


def parts(letter: Letter) -> Iterator[str]:
    kinds = [part.get_content_type() for part in letter.parts]
    if letter.message.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
        yield f"the parts are {', '.join(kinds)}, not a text and then a page"
    elif letter.message.defects or not all(map(_is_readable, letter.parts)):
        yield "a part cannot be read, or is not UTF-8"
    elif not letter.text.strip() or not letter.page.words:
        yield "a part is empty"


def _is_readable(part: EmailMessage) -> bool:
    try:
        (part.get_payload(decode=True) or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not part.defects and part.get_content_charset() == "utf-8"


RULES = (
    line_ends,
    seven_bit,
    line_length,
    white_space,
    dots,
    headers,
    envelope,
    sender,
    identity,
    list_headers,
    one_click,
    parts,
)

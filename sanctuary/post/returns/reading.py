"""What a message to a return address says: a bounce (RFC 3464 or older), a complaint (RFC 5965), an answer, a person.

Only what we signed names a delivery: the address it came back to, the same address among the headers it returns, or
the signed link of its List-Unsubscribe. A Message-ID and an address can be guessed, so they name nothing here.
"""

import logging
import re
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import NamedTuple

from flufl.bounce import all_failures

from sanctuary.people import links, tokens
from sanctuary.post.returns.boxes import MAX_BYTES
from sanctuary.post.returns.judging import Kind, judge, status_in
from sanctuary.post.returns.paths import Copy, Letter, read_return_path, return_paths_in

# It tells each step it takes, and each failure with the words of the message.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_ENVELOPE = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To"]
_MACHINES = re.compile(
    r"(mailer-?daemon|postmaster|mail-daemon|maildaemon|no-?reply-bounces?|bounces?)\b", re.IGNORECASE
)
_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
_STOP_LINK = re.compile(r"/email/([\w-]{30,120})/stop")
_ORIGINAL = re.compile(
    r"^\W*(return-path|received|dkim-signature|message-id|list-unsubscribe|from|subject):|"
    r"copy of (the|your) (message|mail)|original (message|mail)|message header",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWERS = re.compile(
    r"\b(out of (the )?office|auto(matic|mated)?[ -]?(reply|response|responder)|autoreply|vacation|on leave|"
    r"abwesen\w*|automatische antwort|réponse automatique|absence du bureau|respuesta automática|"
    r"risposta automatica|automatisch antwoord|ateb awtomatig|odpowiedź automatyczna)|رد تلقائي|自动回复|自動回覆",
    re.IGNORECASE,
)
_TO_ASCII = bytes(byte if byte < 128 else ord("?") for byte in range(256))
_MILDEST = [Kind.WAITING, Kind.SOFT, Kind.BLOCKED, Kind.HARD]


class Report(NamedTuple):
    """What it says. `about` is proven by our signature. So is `link` (supporter, mailing), but friends share links."""

    kind: Kind
    status: str = ""
    about: Copy | Letter | None = None
    link: tuple[int, int] | None = None


def read_message(raw: bytes, recipient: str = "") -> Report:
    """Read any bytes. `recipient` is the envelope's, when known. Never raises."""
    raw = raw[:MAX_BYTES]
    try:
        return _read(message_from_bytes(raw), raw.decode("latin-1"), recipient)
    except Exception:  # what a stranger's bytes may do to a parser has no list
        return Report(Kind.UNCLEAR)


def _read(message: Message, text: str, recipient: str) -> Report:
    kind, status = _verdict(message)
    about = _first_signed([recipient, *_addresses(message, _ENVELOPE)])
    if kind in {Kind.HARD, Kind.SOFT, Kind.BLOCKED, Kind.COMPLAINT} and about is None:
        unfolded = text.replace("=\r\n", "").replace("=\n", "")
        about = _first_signed(return_paths_in(unfolded))
        return Report(kind, status, about, None if about else _signed_link(unfolded))
    return Report(kind, status, about)


def _verdict(message: Message) -> tuple[Kind, str]:
    if (feedback := _feedback(message)) is not None:
        return (Kind.COMPLAINT if _header(feedback, "Feedback-Type").lower() in _COMPLAINTS else Kind.UNCLEAR), ""
    if blocks := _status_blocks(message):
        return min((_judged(block) for block in blocks), key=lambda judged: _MILDEST.index(judged[0]))
    if _is_from_machine(message) and (odd := _odd_bounce(message)) is not None:
        return odd
    if _is_answer(message):
        return Kind.ANSWER, ""
    return (Kind.REPLY if _is_from_person(message) else Kind.UNCLEAR), ""


def _feedback(message: Message) -> Message | None:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            inner = part.get_payload()
            return inner[0] if isinstance(inner, list) and inner else part
    return None


def _status_blocks(message: Message) -> list[Message]:
    """The part about each recipient of a delivery status notification."""
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            blocks = part.get_payload()
            if part.get_content_type() == "message/global-delivery-status":
                blocks = [message_from_string(block) for block in blocks[0].as_string().split("\n\n")]
            return [each for each in blocks if each["Action"] or each["Status"]]
    return []


def _judged(block: Message) -> tuple[Kind, str]:
    action = _header(block, "Action").lower()
    if action and not action.startswith("failed"):
        return Kind.WAITING, ""
    words = _header(block, "Diagnostic-Code")
    codes = [code for code in (status_in(_header(block, "Status")), status_in(words)) if code]
    exact = [code for code in codes if not code.endswith(".0.0")] or codes or [""]
    return min(((judge(code, words), code) for code in exact), key=lambda judged: _MILDEST.index(judged[0]))


def _odd_bounce(message: Message) -> tuple[Kind, str] | None:
    """A bounce from before, or beside, the standard."""
    temporary, permanent = _known_forms(message)
    if temporary and not permanent:
        return Kind.WAITING, ""
    words = _first_words(message)
    status = status_in(words)
    if not permanent and not status:
        return None
    return judge(status, words), status


def _known_forms(message: Message) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """What flufl.bounce makes of it, which knows twenty mail servers but no letter beyond ASCII in a header."""
    try:
        return all_failures(message_from_bytes(message.as_bytes().translate(_TO_ASCII)))
    except Exception:  # it was made for well-formed bounces
        return frozenset(), frozenset()


def _first_words(message: Message) -> str:
    """What the machine says itself, before it returns what we wrote."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            text = (part.get_payload(decode=True) or b"").decode("latin-1")[:20_000]
            if text.strip():
                original = _ORIGINAL.search(text)
                return text[: original.start()] if original else text
    return ""


def _is_from_machine(message: Message) -> bool:
    sender = parseaddr(_header(message, "From"))[1].partition("@")[0]
    reported = message.get_content_type() == "multipart/report" or "X-Failed-Recipients" in message
    return reported or bool(_MACHINES.match(sender))


def _is_answer(message: Message) -> bool:
    automatic = _header(message, "Auto-Submitted").lower()
    # Only machines write without an address for answers (RFC 3834).
    if (automatic and not automatic.startswith("no")) or _header(message, "Return-Path") == "<>":
        return True
    named = any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From"))
    queued = _header(message, "Precedence").lower() in {"auto_reply", "bulk", "junk", "list"}
    return named or queued or bool(_ANSWERS.search(_header(message, "Subject")))


def _is_from_person(message: Message) -> bool:
    return "@" in parseaddr(_header(message, "From"))[1] and not _is_from_machine(message)


def _header(message: Message, name: str) -> str:
    """One header as plain text, with encoded words read where they can be."""
    value = str(message.get(name, ""))
    if "=?" in value:
        try:
            value = str(make_header(decode_header(value)))
        except (LookupError, ValueError):
            return value.strip()
    return value.strip()


def _addresses(message: Message, names: list[str]) -> list[str]:
    return [parseaddr(str(value))[1] for name in names for value in message.get_all(name, [])[:10]]


def _first_signed(addresses: list[str]) -> Copy | Letter | None:
    return next((about for address in addresses if (about := read_return_path(address)) is not None), None)


def _signed_link(text: str) -> tuple[int, int] | None:
    for found in list(_STOP_LINK.finditer(text))[:20]:
        try:
            supporter, mailing, *_ = tokens.read(links.CHOICES, found[1])
        except ValueError:
            continue
        return supporter, mailing
    return None

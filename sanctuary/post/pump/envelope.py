"""What goes into the pump, what comes out, and the message in between."""

import re
from enum import StrEnum
from typing import NamedTuple

_PATH = re.compile(r"[!-;=?-~]{0,320}").fullmatch
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class Outcome(StrEnum):
    """The five honest ends of a message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # 5xx: do not try again
    DEFERRED = "deferred"  # 4xx: try later
    DOUBT = "doubt"  # all of it left, no answer came: nobody can know
    FREE = "free"  # nothing was committed: try again


class Envelope(NamedTuple):
    """One message for one address. `data` is as `CompiledMessage.render` or `stuffed` makes it, without a final dot.

    `is_compiled`: it comes from `CompiledMessage.render`, which can make no lone dot, so nobody need look for one.
    """

    row: int
    mail_from: str
    rcpt_to: str
    data: bytes
    is_compiled: bool = False


class Result(NamedTuple):
    """How one row ended; `code` and `text` are the relay's own last words (code 0: they are ours)."""

    row: int
    outcome: Outcome
    code: int
    text: str


class Message:
    """An envelope on its way."""

    __slots__ = (
        "attempts",
        "commands",
        "committed",
        "data",
        "dot_at",
        "failure",
        "has_recipient",
        "is_withdrawn",
        "row",
        "started",
    )

    def __init__(self, envelope: Envelope):
        self.row = envelope.row
        self.data = envelope.data
        self.commands = (
            f"MAIL FROM:<{envelope.mail_from}>\r\n".encode("ascii"),
            f"RCPT TO:<{envelope.rcpt_to}>\r\n".encode("ascii"),
            b"DATA\r\n",
        )
        self.attempts = 0
        self.is_withdrawn = False
        self.again()

    def again(self) -> None:
        """Forget all that happened on a connection that is gone."""
        self.committed = False
        self.has_recipient = False
        self.dot_at = 0  # where in the stream of the connection its final dot ends
        self.failure: tuple[int, str] | None = None
        self.started = 0.0


def stuffed(data: bytes) -> bytes:
    """Any message as an envelope needs it: every line ends in CRLF, and a leading dot is doubled."""
    lines = _LINE_END.sub(b"\r\n", data.rstrip(b"\r\n")) + b"\r\n"
    return _LEADING_DOT.sub(b"..", lines)


def flaw(envelope: Envelope) -> str | None:
    """Why an envelope must not go near a relay: its address could be a command, or its body could end early."""
    if not _PATH(envelope.mail_from) or not _PATH(envelope.rcpt_to) or not envelope.rcpt_to:
        return "the address is too long or holds a character that no address may hold"
    data = envelope.data
    if envelope.is_compiled:
        return None
    if not data.endswith(b"\r\n"):
        return "the message does not end with a line end"
    if data.find(b"\r\n.\r\n") >= 0 or data.startswith(b".\r\n"):
        return "the message holds a line of a single dot"
    return None

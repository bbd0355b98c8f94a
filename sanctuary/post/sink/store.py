"""What the sink keeps: a log line for each message before it says 250, and the newest messages as files."""

import json
import os
import re
import time
from collections import Counter, deque
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_STUFFED = re.compile(rb"^\.", re.MULTILINE)
_COUNTED_ADDRESSES = 1_000_000
_STORM = 50


class Accepted(NamedTuple):
    """One message that the sink answered with 250. `at` is the monotonic clock in nanoseconds, `wire` still stuffed."""

    sender: str
    recipients: tuple[str, ...]
    message_id: str
    at: int
    wire: bytes

    @property
    def data(self) -> bytes:
        """The message as it was written, without the dots that the wire needs."""
        wire = self.wire
        return _STUFFED.sub(b"", wire) if b"\n." in wire or wire.startswith(b".") else wire


def accept(sender: str, recipients: list[str], wire: bytes) -> Accepted:
    """A message as it stands between DATA and the final dot."""
    found = _MESSAGE_ID.search(wire, 0, wire.find(b"\r\n\r\n") + 2)
    message_id = found[1].decode("ascii", "replace") if found else "-"
    return Accepted(sender, tuple(recipients), message_id, time.monotonic_ns(), wire)


class Log:
    """One line per recipient: address, Message-ID, monotonic nanoseconds, bytes; parted by tabs."""

    def __init__(self, path: Path | str):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lines: list[str] = []

    def add(self, message: Accepted) -> None:
        for recipient in message.recipients:
            self._lines.append(f"{recipient}\t{message.message_id}\t{message.at}\t{len(message.wire)}\n")

    def flush(self) -> None:
        """Hand the lines to the kernel, in one write. The sink says 250 only after this."""
        if self._lines:
            os.write(self._file, "".join(self._lines).encode())
            self._lines.clear()

    def close(self) -> None:
        self.flush()
        os.close(self._file)


class Mailbox:
    """The newest messages as `<folder>/new/<time>-<n>.eml`, and how many each address got in `<folder>/counts.json`.

    Files are written a moment later in one go, so that a storm of messages costs only the newest of them.
    """

    def __init__(self, folder: Path | str, newest: int = 2000):
        self.folder = Path(folder)
        self._newest = newest
        (self.folder / "new").mkdir(parents=True, exist_ok=True)
        (self.folder / "tmp").mkdir(exist_ok=True)
        self._kept = deque(sorted((self.folder / "new").glob("*.eml")))
        self._waiting: deque[tuple[str, Accepted]] = deque(maxlen=newest)
        self._number = 0
        counts = self.folder / "counts.json"
        self._counts: Counter[str] = Counter(json.loads(counts.read_text()) if counts.exists() else {})
        self._counts_are_new = False

    def add(self, message: Accepted) -> None:
        self._number += 1
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        self._waiting.append((f"{stamp}-{self._number:08}.eml", message))
        for recipient in message.recipients:
            if recipient in self._counts or len(self._counts) < _COUNTED_ADDRESSES:
                self._counts[recipient] += 1
        self._counts_are_new = True

    def is_quiet(self) -> bool:
        """Whether so little waits that it may as well be written now."""
        return len(self._waiting) < _STORM

    def flush(self) -> None:
        """Write what waits and remove what is older than the newest."""
        while self._waiting:
            name, message = self._waiting.popleft()
            head = f"Return-Path: <{message.sender}>\r\nDelivered-To: {', '.join(message.recipients)}\r\n"
            draft = self.folder / "tmp" / name
            draft.write_bytes(head.encode() + message.data)
            self._kept.append(draft.rename(self.folder / "new" / name))
        while len(self._kept) > self._newest:
            self._kept.popleft().unlink(missing_ok=True)

    def flush_counts(self) -> None:
        """Write the counts, whole or not at all."""
        if self._counts_are_new:
            draft = self.folder / "counts.json.new"
            draft.write_text(json.dumps(self._counts))
            draft.rename(self.folder / "counts.json")
            self._counts_are_new = False

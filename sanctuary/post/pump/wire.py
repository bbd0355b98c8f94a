"""A socket that never blocks: bytes out, whole SMTP replies in, plain or encrypted."""

import errno
import os
import re
import selectors
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

_READ_SIZE = 65536
_LONGEST_LINE = 4096
_MOST_LINES = 100
_TOO_MUCH = "sent more than it should before encryption"
_PLAIN_REPLIES = re.compile(rb"(?:[1-9][0-9]{2} [ -~]*\r\n)+").fullmatch
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN}


class Lost(Exception):
    """The connection is of no more use; the words say why."""


class Reply(NamedTuple):
    """One whole reply; `lines` are the texts after the code."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """The relay's words on one line, made safe to show."""
        words = b" ".join(self.lines).decode("utf-8", "replace")
        if not words.isprintable():
            words = "".join(letter for letter in words if letter.isprintable())
        return words[:500]


class Wire:
    """A connection to the relay, registered with the selector under `owner`.

    `sent` counts the bytes that left this process, `queued` those that were given to `send`; `shaking` says that TLS is
    still being agreed.
    """

    def __init__(self, selector: selectors.BaseSelector, owner: object, family: int, address: tuple):
        self.sent = 0
        self.queued = 0
        self.connected = False
        self._selector = selector
        self._owner = owner
        self._backlog = bytearray()
        self._partial = b""
        self._lines: list[bytes] = []
        self._secured = self.shaking = False
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        error = self._socket.connect_ex(address)
        if error and error not in _IN_PROGRESS:
            self._socket.close()
            raise Lost(_words(error))
        self._events = selectors.EVENT_WRITE
        selector.register(self._socket, self._events, owner)

    def send(self, *pieces: bytes) -> None:
        """Send now what the kernel takes, the rest when it can."""
        size = sum(map(len, pieces))
        self.queued += size
        if self._backlog:
            self._backlog += b"".join(pieces)
            return
        sent = self._write(*pieces)
        if sent < size:
            self._backlog += memoryview(b"".join(pieces))[sent:]
            self._watch(selectors.EVENT_READ | selectors.EVENT_WRITE)

    def on_event(self, *, is_settled: bool = False) -> Iterable[Reply]:
        """Go on where the kernel is ready. The whole replies that came, one by one; raises Lost, even between them.

        `is_settled`: greeting and encryption are agreed, so that replies may be read many at once.
        """
        if not is_settled or self._backlog or self._partial or self._lines:
            return self._go_on()
        data = self._read()
        if not _PLAIN_REPLIES(data):
            return self._replies(data)
        return [Reply(int(line[:3]), (line[4:],)) for line in data.split(b"\r\n")[:-1]]

    def _go_on(self) -> Iterator[Reply]:
        if not self.connected:
            self._finish_connecting()
            return
        if self.shaking:
            self._shake()
            return
        if self._backlog:
            sent = self._write(self._backlog)
            del self._backlog[:sent]
            if not self._backlog:
                self._watch(selectors.EVENT_READ)
        yield from self._replies(self._read())

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Begin TLS. What came unencrypted after the reply is an attack or a fault, and ends the connection."""
        if self._partial or self._lines:
            raise Lost(_TOO_MUCH)
        self._selector.unregister(self._socket)
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        except OSError as error:  # It hung up in this very moment.
            raise Lost(_words(error.errno)) from None
        self._selector.register(self._socket, self._events, self._owner)
        self._secured = self.shaking = True
        self._shake()

    def close(self) -> None:
        with suppress(KeyError, ValueError):  # not registered between plain and encrypted
            self._selector.unregister(self._socket)
        self._socket.close()

    def _finish_connecting(self) -> None:
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise Lost(_words(error))
        self.connected = True
        self._watch(selectors.EVENT_READ)

    def _shake(self) -> None:
        try:
            self._socket.do_handshake()
        except ssl.SSLWantReadError:
            self._watch(selectors.EVENT_READ)
        except ssl.SSLWantWriteError:
            self._watch(selectors.EVENT_WRITE)
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            raise Lost(f"could not agree on encryption: {error.strerror or error}") from None
        else:
            self.shaking = False
            self._watch(selectors.EVENT_READ)

    def _write(self, *pieces: bytes | bytearray) -> int:
        try:
            # A plain socket gathers the pieces itself, which saves a copy of every message.
            if not self._secured:
                sent = self._socket.sendmsg(pieces)
            else:
                sent = self._socket.send(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return 0
        except OSError as error:
            raise Lost(_words(error.errno)) from None
        self.sent += sent
        return sent

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(_READ_SIZE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        except OSError as error:
            raise Lost(_words(error.errno)) from None
        if not data:
            raise Lost("closed the connection")
        return data

    def _replies(self, data: bytes) -> Iterator[Reply]:
        *lines, self._partial = (self._partial + data).split(b"\n")
        if len(self._partial) > _LONGEST_LINE:
            raise Lost("sent a line without end")
        secured = self._secured
        for line in lines:
            if self._secured is not secured:
                raise Lost(_TOO_MUCH)
            code, mark = line[:3], line[3:4]
            if not code.isdigit() or mark not in b"- \r":
                raise Lost(f"said what is not SMTP: {line[:80].decode('latin-1')!a}")
            self._lines.append(line[4:].rstrip(b"\r"))
            if mark != b"-":
                whole, self._lines = tuple(self._lines), []
                yield Reply(int(code), whole)
            elif len(self._lines) > _MOST_LINES:
                raise Lost("sent a reply without end")

    def _watch(self, events: int) -> None:
        if events != self._events:
            self._events = events
            self._selector.modify(self._socket, events, self._owner)


def _words(number: int | None) -> str:
    return os.strerror(number or errno.EIO).lower()

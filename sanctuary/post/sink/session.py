"""One conversation of the sink, from the banner to QUIT, and how it misbehaves when told to."""

import asyncio
import base64
import binascii
import re
import socket
import ssl
from collections.abc import Callable

from sanctuary.post.sink.faults import Fault
from sanctuary.post.sink.mischief import misbehave
from sanctuary.post.sink.store import accept
from sanctuary.post.sink.tls import Tls

_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)
_LONGEST_LINE = 4096
_LARGEST_MESSAGE = 50 * 1024 * 1024


class Session(asyncio.Protocol):
    """Reads commands from a buffer as they come, pipelined or not, and answers those of one read in one write."""

    def __init__(self, sink):
        self.sink = sink
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._out: list[bytes] = []
        self._waiting = False  # for a clock, or for ever
        self._tls: Tls | None = None
        self._tls_is_next = False
        self._in_data = False
        self._seen_body = False
        self._scanned = 0
        self._login: list[str] | None = None
        self._signed_in = not sink.users
        self._greeted = False
        self._forget()

    def _forget(self):
        self._sender: str | None = None
        self._recipients: list[str] = []

    def connection_made(self, transport):
        self.transport = transport
        # asyncio does this only for sockets that name their protocol; without it a late reply waits 40 ms for an ACK.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sink.sessions.add(self)
        if self.sink.tls_at_once:
            self._tls = Tls(self.sink.tls)
        else:
            self._welcome()

    def connection_lost(self, error):
        self._waiting = True
        self.sink.sessions.discard(self)

    def data_received(self, data):
        if self._tls:
            data = self._opened(data)
        self._buffer += data
        self._work()

    def _opened(self, data: bytes) -> bytes:
        was_ready = self._tls.ready
        try:
            data = self._tls.opened(data)
        except ssl.SSLError:
            self.transport.close()
            return b""
        self.transport.write(self._tls.sealed())
        if self.sink.tls_at_once and self._tls.ready and not was_ready:
            self._welcome()
        return data

    def _welcome(self):
        self._answer("banner", b"220 sink.example.org ESMTP\r\n")
        self._send()

    def _work(self):
        while not self._waiting and (self._take_message() if self._in_data else self._take_command()):
            pass
        self._send()

    def _send(self):
        self.sink.flush()
        if self._out and not self.transport.is_closing():
            said = b"".join(self._out)
            self.transport.write(self._tls.sealed(said) if self._tls else said)
        self._out.clear()
        if self._tls_is_next:
            self._tls, self._tls_is_next = Tls(self.sink.tls), False

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_LINE:
                self.close()
            return False
        line = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 2]
        if self._buffer and not self.sink.pipelining:
            self.sink.violations += 1
        if self._login is not None:
            self._continue_login(line)
            return True
        verb = line[:4].upper()
        command = self._COMMANDS.get(verb)
        if command is None:
            self._out.append(b"502 5.5.2 what?\r\n")
        elif not self._signed_in and verb in {"MAIL", "RCPT", "DATA"}:
            self._out.append(b"530 5.7.0 sign in first\r\n")
        else:
            command(self, line)
        return True

    def _take_message(self) -> bool:
        if len(self._buffer) > 2 and not self._seen_body:
            self._seen_body = True
            if (fault := self._fault("body", " ".join(self._recipients))) is not None:
                misbehave(self, fault, b"", None)
                return False
        end = self._buffer.find(b"\r\n.\r\n", max(0, self._scanned - 4))
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > _LARGEST_MESSAGE:
                self.close()
            return False
        wire = bytes(self._buffer[2 : end + 2])
        del self._buffer[: end + 5]
        self._in_data = False
        message = accept(self._sender or "", self._recipients, wire)
        said = " ".join(self._recipients)
        self._answer(
            "dot", b"250 2.0.0 Ok: kept\r\n", said, lambda: self.sink.accept(message, encrypted=self._tls is not None)
        )
        self._forget()
        return True

    def _hello(self, line):
        self._greeted = True
        self._forget()
        offers = ["sink.example.org", "8BITMIME", f"SIZE {_LARGEST_MESSAGE}", "ENHANCEDSTATUSCODES"]
        offers += ["PIPELINING"] if self.sink.pipelining else []
        offers += [f"AUTH {self.sink.ways}"] if self.sink.users else []
        offers += ["STARTTLS"] if self.sink.tls and not self._tls else []
        if line[:4].upper() == "HELO":
            offers = offers[:1]
        lines = [f"250{' ' if offer is offers[-1] else '-'}{offer}\r\n" for offer in offers]
        self._answer("ehlo", "".join(lines).encode(), line)

    def _mail(self, line):
        path = _PATH.search(line)
        if path is None:
            self._out.append(b"501 5.5.4 MAIL FROM:<address>\r\n")
        elif not self._greeted or self._sender is not None:
            self._out.append(b"503 5.5.1 not now\r\n")
        else:
            self._answer("mail", b"250 2.1.0 Ok\r\n", line, lambda: setattr(self, "_sender", path[1]))

    def _rcpt(self, line):
        path = _PATH.search(line)
        if path is None or not path[1]:
            self._out.append(b"501 5.5.4 RCPT TO:<address>\r\n")
        elif self._sender is None and not self.sink.careless:
            self._out.append(b"503 5.5.1 MAIL first\r\n")
        else:
            self._answer("rcpt", b"250 2.1.5 Ok\r\n", line, lambda: self._recipients.append(path[1]))

    def _data(self, line):
        if self._sender is None and not self.sink.careless:
            self._out.append(b"503 5.5.1 MAIL first\r\n")
        elif not self._recipients and not self.sink.careless:
            self._out.append(b"554 5.5.1 no valid recipients\r\n")
        else:
            self._answer("data", b"354 go ahead\r\n", " ".join(self._recipients), self._begin_data)

    def _begin_data(self):
        self._in_data, self._seen_body, self._scanned = True, False, 0
        self._buffer[:0] = b"\r\n"  # So that a dot on the very first line is found like any other.

    def _reset(self, line):
        self._forget()
        self._out.append(b"250 2.0.0 Ok\r\n")

    def _noop(self, line):
        self._out.append(b"250 2.0.0 Ok\r\n")

    def _quit(self, line):
        self._answer("quit", b"221 2.0.0 Bye\r\n", line)
        self.close()

    def _starttls(self, line):
        if self.sink.tls is None:
            self._out.append(b"502 5.5.1 no TLS here\r\n")
            return
        self._answer("starttls", b"220 2.0.0 go ahead\r\n", line, self._begin_tls)

    def _begin_tls(self):
        self._tls_is_next = True
        self._buffer.clear()
        self._forget()

    def _auth(self, line):
        how, _, initial = line[5:].partition(" ")
        if how.upper() not in self.sink.ways:
            self._out.append(b"504 5.5.4 not this way\r\n")
        elif how.upper() == "PLAIN" and initial:
            self._signed(_decoded(initial).split("\0")[1:], line)
        elif how.upper() == "LOGIN":
            self._login = [_decoded(initial)] if initial else []
            self._out.append(b"334 UGFzc3dvcmQ6\r\n" if initial else b"334 VXNlcm5hbWU6\r\n")
        else:
            self._out.append(b"501 5.5.4 AUTH PLAIN needs an answer at once\r\n")

    def _continue_login(self, line):
        self._login.append(_decoded(line))
        if len(self._login) < 2:
            self._out.append(b"334 UGFzc3dvcmQ6\r\n")
        else:
            pair, self._login = self._login, None
            self._signed(pair, "AUTH LOGIN")

    def _signed(self, pair, line):
        if len(pair) == 2 and self.sink.users.get(pair[0]) == pair[1]:
            self._answer("auth", b"235 2.7.0 welcome\r\n", line, lambda: setattr(self, "_signed_in", True))
        else:
            self._out.append(b"535 5.7.8 user name or password wrong\r\n")

    def _answer(self, place: str, reply: bytes, said: str = "", do: Callable[[], None] | None = None):
        """Do the right thing and say so, unless the script of faults wants something else here."""
        if (fault := self._fault(place, said)) is not None:
            misbehave(self, fault, reply, do)
            return
        if do:
            do()
        self._out.append(reply)

    def _fault(self, place: str, said: str = "") -> Fault | None:
        return self.sink.faults.at(place, said, len(self.sink.sessions)) if self.sink.faults else None

    def say(self, data: bytes):
        """Send at once, outside the order of commands."""
        self._out.append(data)
        self._send()

    def wait(self):
        """Leave what comes unread until `resume`, or for ever."""
        self._waiting = True

    def resume(self, reply: bytes):
        """Say the reply that was held back and go on."""
        if not self.transport.is_closing():
            self._waiting = False
            self._out.append(reply)
            self._work()

    def close(self):
        """Send what there is to say and hang up."""
        self._waiting = True
        self._send()
        self.transport.close()

    _COMMANDS = {
        "EHLO": _hello,
        "HELO": _hello,
        "MAIL": _mail,
        "RCPT": _rcpt,
        "DATA": _data,
        "RSET": _reset,
        "NOOP": _noop,
        "QUIT": _quit,
        "STAR": _starttls,
        "AUTH": _auth,
    }


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""

"""The sink as a server: in a thread of a test, or as a process of its own."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Mapping
from pathlib import Path

from sanctuary.post.sink.faults import Faults
from sanctuary.post.sink.lint import Inspector
from sanctuary.post.sink.session import Session
from sanctuary.post.sink.store import Accepted, Log, Mailbox

_MAILBOX_EVERY = 0.1
_STORM_EVERY = 1.0
_COUNTS_EVERY = 2.0


class Sink:
    """An SMTP server on `port` (0: any free one) that keeps every message in `accepted` (when `keep`), log and mailbox.

    `careless` says 354 even without a valid sender or recipient, as some do. `users` maps names to passwords, `ways`
    are the ways to sign in. `tls` is offered as STARTTLS, or spoken from the first byte with `tls_at_once`. `faults` is
    a script, see `sanctuary.post.sink.faults`; set it anew at any time with `misbehave`. An `inspector`
    lints what is accepted.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        log: Path | str | None = None,
        mailbox: Path | str | None = None,
        newest: int = 2000,
        faults: Mapping | None = None,
        pipelining: bool = True,
        careless: bool = False,
        users: Mapping[str, str] | None = None,
        ways: str = "PLAIN LOGIN",
        tls: ssl.SSLContext | None = None,
        tls_at_once: bool = False,
        keep: bool = True,
        inspector: Inspector | None = None,
    ):
        self.pipelining, self.careless = pipelining, careless
        self.users, self.ways, self.tls, self.tls_at_once = users or {}, ways, tls, tls_at_once
        self.accepted: list[Accepted] = []
        self.count = self.encrypted_count = 0
        self.violations = 0
        self.sessions: set[Session] = set()
        self._keep = keep
        self._inspector = inspector
        self._log = Log(log) if log else None
        self._mailbox = Mailbox(mailbox, newest) if mailbox else None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._plugs: list[socket.socket] = []
        self.misbehave(faults)
        self._socket = socket.create_server((host, port), backlog=1024)
        self.port = self._socket.getsockname()[1]

    def misbehave(self, script: Mapping | None) -> None:
        """From now on do as this script of faults says."""
        self.faults = Faults(script)

    def accept(self, message: Accepted, *, encrypted: bool = False) -> None:
        """Keep one message; it is safe after the next `flush`, and only then may the sender hear 250."""
        self.count += 1
        self.encrypted_count += encrypted
        if self._keep:
            self.accepted.append(message)
        if self._log:
            self._log.add(message)
        if self._mailbox:
            self._mailbox.add(message)
        if self._inspector:
            self._inspector.look(message)

    def flush(self) -> None:
        if self._log:
            self._log.flush()

    async def serve(self, stop: asyncio.Event | None = None) -> None:
        """Answer until `stop` is set."""
        self.loop = asyncio.get_running_loop()
        self._stop = stop or asyncio.Event()
        server = await self.loop.create_server(lambda: Session(self), sock=self._socket, backlog=1024)
        keeper = self.loop.create_task(self._keep_files())
        self._ready.set()
        await self._stop.wait()
        server.close()
        keeper.cancel()
        for session in list(self.sessions):
            session.transport.abort()
        await asyncio.sleep(0)
        self._write_files()

    async def _keep_files(self) -> None:
        counted_at = written_at = 0.0
        while self._mailbox:
            await asyncio.sleep(_MAILBOX_EVERY)
            now = self.loop.time()
            if self._mailbox.is_quiet() or now - written_at > _STORM_EVERY:
                self._mailbox.flush()
                written_at = now
            if now - counted_at > _COUNTS_EVERY:
                self._mailbox.flush_counts()
                counted_at = now

    def _write_files(self) -> None:
        if self._log:
            self._log.close()
        if self._inspector:
            self._inspector.close()
        if self._mailbox:
            self._mailbox.flush()
            self._mailbox.flush_counts()

    def __enter__(self) -> "Sink":
        if (fault := self.faults.at("connect")) is not None:
            self._stay_away(fault.do)
            return self
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), name="sink", daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        if self._thread:
            self.loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._socket.close()
        for plug in self._plugs:
            plug.close()

    def _stay_away(self, how: str) -> None:
        """Be a port where nobody listens ("refuse"), or a queue so full that nobody answers ("ignore")."""
        address = self._socket.getsockname()
        if how == "refuse":
            self._socket.close()
            return
        self._socket.listen(0)
        for _ in range(4):
            plug = socket.socket()
            plug.setblocking(False)
            plug.connect_ex(address)
            self._plugs.append(plug)

"""The most this machine can push through SMTP: rendered messages, pipelined, over kept connections; nothing else.

This is not our pump. It is a loop that knows only the way it hopes for: each read is split into replies, each reply is
a 2xx or 354, and each 354 is answered with the next message, its dot and the envelope of the one after it, in one
`sendmsg` without a copy. It has no journal, no database, no time-outs and no second try.
"""

import multiprocessing
import os
import resource
import selectors
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from itertools import cycle, islice
from typing import NamedTuple

from sanctuary.post.pump import Envelope, Outcome, Pump

DEADLINE = 300.0  # seconds
_CONTEXT = multiprocessing.get_context("fork")


class Rendered(NamedTuple):
    """One message as the wire wants it: `wire` is dot-stuffed; `opening` and `body` are what the bare loop writes."""

    mail_from: str
    rcpt_to: str
    wire: bytes
    opening: bytes
    body: bytes


class Way(StrEnum):
    """How to push: by the bare loop below, or by the pump of the real path, given rendered messages and no journal."""

    BARE = "bare loop"
    PUMP = "our pump"


class Pushed(NamedTuple):
    """What one run of the ceiling came to; `cpu` is that of the sending processes, in seconds."""

    messages: int
    seconds: float
    cpu: float


def rendered(mail_from: str, rcpt_to: str, data: bytes) -> Rendered:
    opening = f"MAIL FROM:<{mail_from}>\r\nRCPT TO:<{rcpt_to}>\r\nDATA\r\n".encode("ascii")
    return Rendered(mail_from, rcpt_to, data, opening, data + b".\r\n")


def push(
    host: str,
    port: int,
    messages: Sequence[Rendered],
    count: int,
    *,
    connections: int = 8,
    processes: int = 1,
    way: Way = Way.BARE,
) -> Pushed:
    """Send `count` messages, going round through `messages`. Each process keeps `connections` of its own."""
    shares = [count // processes + (n < count % processes) for n in range(processes)]
    ready = _CONTEXT.Barrier(processes + 1)
    answers = _CONTEXT.SimpleQueue()
    children = [
        _CONTEXT.Process(
            target=_child,
            args=(host, port, messages, share, n * len(messages) // processes, connections, way, ready, answers),
        )
        for n, share in enumerate(shares)
    ]
    for child in children:
        child.start()
    with suppress(threading.BrokenBarrierError):  # a child that could not connect says why
        ready.wait(30)
    started = time.monotonic()
    told = [answers.get() for _ in children]
    seconds = time.monotonic() - started
    for child in children:
        child.join(10)
    if words := [words for _, words in told if words]:
        raise RuntimeError(f"the ceiling failed: {words[0]}")
    return Pushed(count, seconds, sum(cpu for cpu, _ in told))


def _child(host, port, messages, share, first, connections, way, ready, answers) -> None:
    words, cpu = "", 0.0
    try:
        line = (_Line if way == Way.BARE else _Pumped)(messages, share, first)
        line.connect(host, port, connections)
        ready.wait(30)
        before = _cpu()
        line.run()
        cpu = _cpu() - before
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        ready.abort()
    answers.put((cpu, words))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class _Line:
    """All connections of one process, in one loop."""

    def __init__(self, messages: Sequence[Rendered], count: int, first: int):
        self.messages, self.left, self.next = messages, count, first
        self.open = 0
        self.selector = selectors.EpollSelector()

    def connect(self, host: str, port: int, connections: int) -> None:
        for _ in range(connections):
            one = socket.create_connection((host, port), 10)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _hear(one, b"220")
            one.sendall(b"EHLO bench.example.org\r\n")
            if b"PIPELINING" not in _hear(one, b"250"):
                raise RuntimeError("the relay does not offer PIPELINING")
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ, _Conversation(one, self))

    def take(self) -> Rendered | None:
        if not self.left:
            return None
        self.left -= 1
        self.next = (self.next + 1) % len(self.messages)
        return self.messages[self.next]

    def run(self) -> None:
        ends = time.monotonic() + DEADLINE
        talks = [key.data for key in self.selector.get_map().values()]
        for talk in talks:
            talk.begin()
        while self.open:
            for key, events in self.selector.select(5):
                key.data.go_on(events)
            if time.monotonic() > ends:
                raise TimeoutError("it took too long")


class _Pumped:
    """The same work through `Pump`, whose connections open with the first message."""

    def __init__(self, messages: Sequence[Rendered], count: int, first: int):
        ours = [Envelope(n, message.mail_from, message.rcpt_to, message.wire) for n, message in enumerate(messages)]
        self.envelopes = islice(cycle(ours[first:] + ours[:first]), count)
        self.count = count

    def connect(self, host: str, port: int, connections: int) -> None:
        self.pump = Pump(host, port, connections=connections)

    def run(self) -> None:
        ends = time.monotonic() + DEADLINE
        accepted = sum(result.outcome == Outcome.ACCEPTED for result in self.pump.send(self.envelopes, deadline=ends))
        self.pump.close()
        if accepted != self.count:
            raise RuntimeError(f"the relay accepted {accepted} of {self.count}")


class _Conversation:
    """One connection. `now` is the message whose envelope has left; `owed` what the kernel did not take yet."""

    def __init__(self, wire: socket.socket, line: _Line):
        self.wire, self.line = wire, line
        self.now: Rendered | None = None
        self.owed = b""
        self.partial = b""
        self.unanswered = 0

    def begin(self) -> None:
        if (message := self.line.take()) is not None:
            self.now, self.unanswered = message, 3
            self.line.open += 1
            self.wire.send(message.opening)

    def go_on(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._pay()
        if not events & selectors.EVENT_READ:
            return
        data = self.wire.recv(65536)
        if not data:
            raise RuntimeError("the relay closed the connection")
        *replies, self.partial = (self.partial + data).split(b"\r\n")
        for reply in replies:
            self.unanswered -= 1
            if reply[:3] == b"354":
                self._send_body()
            elif reply[:1] != b"2":
                raise RuntimeError(f"the relay said {reply!r}")
        if not self.unanswered and self.now is None:
            self.line.selector.unregister(self.wire)
            self.wire.close()
            self.line.open -= 1

    def _send_body(self) -> None:
        body, self.now = self.now.body, self.line.take()
        parts = [body] if self.now is None else [body, self.now.opening]
        self.unanswered += 1 if self.now is None else 4
        sent = self.wire.sendmsg(parts)
        if sent < sum(map(len, parts)):
            self.owed = b"".join(parts)[sent:]
            self.line.selector.modify(self.wire, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def _pay(self) -> None:
        self.owed = self.owed[self.wire.send(self.owed) :]
        if not self.owed:
            self.line.selector.modify(self.wire, selectors.EVENT_READ, self)


def _hear(wire: socket.socket, code: bytes) -> bytes:
    """One whole reply while the connection still blocks."""
    heard = b""
    while not heard.endswith(b"\r\n") or not heard.rsplit(b"\r\n", 2)[-2].startswith(code + b" "):
        piece = wire.recv(4096)
        if not piece:
            raise RuntimeError(f"the relay hung up after {heard[-80:]!r} in process {os.getpid()}")
        heard += piece
    return heard

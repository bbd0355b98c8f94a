"""One connection at work: commands go ahead of their replies where the relay allows it (RFC 2920)."""

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from selectors import BaseSelector

from sanctuary.post.pump.batch import Batch
from sanctuary.post.pump.envelope import Message, Outcome
from sanctuary.post.pump.greeting import ENCRYPT, Relay, greet
from sanctuary.post.pump.wire import Lost, Reply, Wire

MAIL, RCPT, DATA, DOT, RSET = range(5)
_DOT = b".\r\n"


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for a connection, for each reply and the whole greeting, for a whole message."""

    connect: float = 10
    step: float = 20
    message: float = 60


class Session:
    """Sends the messages of a batch one after another over one wire."""

    def __init__(self, selector: BaseSelector, endpoint: tuple, relay: Relay, patience: Patience):
        self.endpoint = endpoint
        self.wire = Wire(selector, self, *endpoint)
        self.ready = False
        self.finished = 0
        self._relay = relay
        self._patience = patience
        self._pipelining = False
        self._script = greet(relay)
        self._silent = True  # until the connection, plain or encrypted, stands
        self._expected: deque[tuple[int, Message | None]] = deque()
        self._unclean = False  # the relay still holds the sender of a message that came to nothing
        self.began = self._stepped = time.monotonic()
        self._sent_by_then = 0

    @property
    def idle(self) -> bool:
        return self.ready and not self._expected

    def on_event(self, batch: Batch) -> None:
        """Go on with what has come. Raises Lost, RelayRefused or an error of the certificate."""
        for reply in self.wire.on_event(is_settled=self.ready):
            self._stepped = time.monotonic()
            if not self.ready:
                self._speak(reply)
            elif self._expected:
                self._hear(*self._expected.popleft(), reply, batch)
            else:
                raise Lost(f"{reply.code} {reply.text}")
        # Again, should the encryption stand at once.
        while self._silent and self.wire.connected and not self.wire.shaking:
            self._silent = False
            self._speak(None)
        if self.idle:
            self.begin(batch)

    def begin(self, batch: Batch) -> None:
        """Start the next message of the batch, if there is one."""
        if (message := batch.take()) is not None:
            self._stepped = time.monotonic()
            self.wire.send(self._opening(message))

    def overdue(self, now: float) -> str | None:
        """What took too long, if anything did."""
        if not self.wire.connected:
            return "did not answer" if now - self.began > self._patience.connect else None
        if not self.ready and now - self.began > self._patience.step:
            return "took too long to greet us"
        if self.idle:
            return None
        if self.wire.sent != self._sent_by_then:
            self._sent_by_then, self._stepped = self.wire.sent, max(self._stepped, now - self._patience.step / 2)
        if now - self._stepped > self._patience.step:
            return "did not reply in time"
        message = self._expected[0][1] if self._expected else None
        if message is not None and now - message.started > self._patience.message:
            return "took too long over one message"
        return None

    def excuse(self, seconds: float) -> None:
        """Give the relay this much more time for all that it owes us now."""
        self.began += seconds
        self._stepped += seconds
        for message in {message for _, message in self._expected if message is not None}:
            message.started += seconds

    def is_committed(self) -> bool:
        """Whether a message on this wire has left whole and waits for its answer."""
        return any(message is not None and self._has_left(message) for _, message in self._expected)

    def end(self, batch: Batch, words: str) -> None:
        """The connection is over: each message on it is in doubt or may be tried again."""
        self.wire.close()
        first, messages = self._blamed(), dict.fromkeys(message for _, message in self._expected if message is not None)
        self._expected.clear()
        # Backwards, so that those put back at the front keep their order.
        for message in reversed(messages):
            if self._has_left(message):
                batch.finish(message, Outcome.DOUBT, 0, words)
            else:
                batch.put_back(message, words, blamed=message is first)

    def quit(self) -> None:
        """Take leave, if nothing is underway, and close."""
        with suppress(Lost):
            if self.idle:
                self.wire.send(b"QUIT\r\n")
        self.wire.close()

    def _blamed(self) -> Message | None:
        """The message over which the connection may have broken: not one that was only sent ahead of its turn."""
        stage, message = self._expected[0] if self._expected else (MAIL, None)
        return message if stage != MAIL or not self.finished else None

    def _has_left(self, message: Message) -> bool:
        return message.committed and self.wire.sent >= message.dot_at

    def _speak(self, reply: Reply | None) -> None:
        try:
            words = self._script.send(reply)
        except StopIteration as done:
            self.ready = True
            self._pipelining = "PIPELINING" in done.value
            return
        if words == ENCRYPT:
            self._silent = True
            self.wire.encrypt(self._relay.encryption, self._relay.host)
        elif words:
            self.wire.send(words)

    def _opening(self, message: Message) -> bytes:
        """The bytes that start a message, after clearing what the last one left."""
        message.started = time.monotonic()
        start = b""
        if self._unclean:
            self._unclean = False
            self._expected.append((RSET, None))
            start = b"RSET\r\n"
        if self._pipelining:
            self._expected.extend(((MAIL, message), (RCPT, message), (DATA, message)))
            return start + b"".join(message.commands)
        self._expected.append((MAIL, message))
        return start + message.commands[MAIL]

    def _hear(self, stage: int, message: Message | None, reply: Reply, batch: Batch) -> None:
        if message is None:
            if reply.code != 250:
                raise Lost(f"{reply.code} {reply.text}")
        elif reply.code == 250 and stage < DATA and self._pipelining:
            message.has_recipient = stage == RCPT
        elif stage == DOT:
            self._hear_end(message, reply, batch)
        elif reply.code == 421:
            # It speaks of the connection, not of this person.
            self._expected.appendleft((stage, message))
            raise Lost(f"421 {reply.text}")
        elif stage == DATA:
            self._hear_data(message, reply, batch)
        else:
            self._hear_address(stage, message, reply, batch)

    def _hear_address(self, stage: int, message: Message, reply: Reply, batch: Batch) -> None:
        if not 200 <= reply.code <= 299 and message.failure is None:
            message.failure = (reply.code, reply.text)
        message.has_recipient = stage == RCPT and 200 <= reply.code <= 299
        if self._pipelining:
            return
        if message.failure is not None:
            self._unclean = True
            self._fail(message, batch)
        else:
            self._expected.append((stage + 1, message))
            self.wire.send(message.commands[stage + 1])

    def _hear_data(self, message: Message, reply: Reply, batch: Batch) -> None:
        if reply.code == 354 and message.failure is None:
            self._commit(message, batch)
        elif reply.code == 354:
            self._send_nothing(message, batch)
        else:
            message.failure = message.failure or (reply.code, reply.text)
            self._unclean = True
            self._fail(message, batch)

    def _commit(self, message: Message, batch: Batch) -> None:
        """Send the body, the dot that ends it, and the opening of the next message: all in one write."""
        self._expected.append((DOT, message))
        following = batch.take() if self._pipelining else None
        opening = self._opening(following) if following else b""
        if batch.is_over():
            raise Lost("we stopped before it was committed")
        message.dot_at = self.wire.queued + len(message.data) + len(_DOT)
        batch.commit(message)
        self.wire.send(message.data, _DOT, opening)

    def _send_nothing(self, message: Message, batch: Batch) -> None:
        """The relay waits for a body although it refused the message: an empty one reaches nobody (RFC 2920)."""
        if message.has_recipient:
            self._fail(message, batch)
            raise Lost("took a recipient for a sender that it refused")
        self._expected.append((DOT, message))
        self.wire.send(_DOT)

    def _hear_end(self, message: Message, reply: Reply, batch: Batch) -> None:
        if message.failure is not None:
            self._fail(message, batch)
        elif 200 <= reply.code <= 299:
            self._finish(message, Outcome.ACCEPTED, reply.code, reply.text, batch)
        elif 400 <= reply.code <= 599:
            message.failure = (reply.code, reply.text)
            self._fail(message, batch)
        else:
            self._expected.appendleft((DOT, message))
            raise Lost(f"answered a whole message with {reply.code} {reply.text}")
        if self._expected and self._expected[0][1] is not None:
            self._expected[0][1].started = time.monotonic()

    def _fail(self, message: Message, batch: Batch) -> None:
        code, text = message.failure
        # 503 is about the order of commands, never about the person: try later.
        refused = 500 <= code <= 599 and code != 503
        self._finish(message, Outcome.REFUSED if refused else Outcome.DEFERRED, code, text, batch)

    def _finish(self, message: Message, outcome: Outcome, code: int, text: str, batch: Batch) -> None:
        self.finished += 1
        batch.finish(message, outcome, code, text)

"""Many messages over a few kept connections, in one loop of one thread."""

import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator

from sanctuary.post.pump.batch import Batch, Withdrawn
from sanctuary.post.pump.envelope import Envelope, Result
from sanctuary.post.pump.greeting import Relay, RelayRefused
from sanctuary.post.pump.session import Patience, Session
from sanctuary.post.pump.wire import Lost

_STRIKES = 3
_FEWER_FOR = 30.0
_TRUST_ADDRESSES_FOR = 60.0


class RelayDown(Exception):
    """The relay cannot be reached or sends us away; the words are its own. Try later."""


class Pump:
    """Connections to one relay, kept from one `send` to the next. For one thread; open it after any fork.

    `starttls` and `tls` insist: without encryption nothing is sent. Times are in seconds.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        connections: int = 8,
        username: str = "",
        password: str = "",
        starttls: bool = False,
        tls: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        connect_timeout: float = 10,
        # Three of them in a row, and the ticks between, stay below a minute: then a relay is given up.
        step_timeout: float = 19.5,
        message_timeout: float = 60,
        ehlo_name: str = "localhost",
    ):
        self._relay = Relay(host, port, ehlo_name, username, password, starttls, tls, ssl_context)
        self._patience = Patience(connect_timeout, step_timeout, message_timeout)
        self._tick = min(0.25, connect_timeout / 4, step_timeout / 4, message_timeout / 4)
        self._connections = connections
        self._selector = selectors.DefaultSelector()
        self._sessions: set[Session] = set()
        self._endpoints: list[tuple] = []
        self._resolved_at = 0.0
        self._room = connections
        self._fewer_until = 0.0
        self._hungry = True  # somebody may lack work, or some work a connection
        self._careful = 0  # failures when we last gave out work
        self._struck_at = 0.0
        self._look_at = 0.0
        self._heard_at = 0.0
        self._trouble: Exception | None = None

    def __enter__(self) -> "Pump":
        return self

    def __exit__(self, *_):
        self.close()

    def send(
        self,
        envelopes: Iterable[Envelope],
        journal=None,
        *,
        deadline: float | None = None,
        should_stop: Callable[[], bool] | None = None,
        may_go: Callable[[int], bool] | None = None,
    ) -> Iterator[Result]:
        """Send each envelope; the results come in the order in which the relay settles them.

        Envelopes are taken as they are needed. After `deadline` (monotonic clock) or when `should_stop()` is true
        nothing more is committed: what was taken comes back FREE, what was not taken has no result and is as free.
        `may_go` is asked about each row just before its last bytes leave; one that may not comes back FREE.
        `journal` (such as a `journal.Slot`) hears of each row before its last bytes leave. Raises RelayDown or
        RelayRefused when it gave up, after all the results: gather them in a loop. Stop listening, and connections with
        a message on them are cut.
        """
        batch = Batch(envelopes, journal, deadline, should_stop, may_go)
        self._hungry, self._careful, self._trouble = True, 0, None
        self._heard_at = time.monotonic()
        try:
            while self._go_on(batch):
                self._turn(batch)
                if batch.results:
                    yield from batch.drain()
            yield from batch.drain()
        finally:
            for session in [session for session in self._sessions if not session.idle]:
                self._drop(session, batch, "we stopped listening")
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Say QUIT and close."""
        for session in self._sessions:
            session.quit()
        self._sessions.clear()
        self._selector.close()

    def _go_on(self, batch: Batch) -> bool:
        """Give work to those without, and say whether there is any left."""
        if batch.is_over():
            batch.give_up("we stopped before it was committed")
            for session in [session for session in self._sessions if not session.idle and not session.is_committed()]:
                self._drop(session, batch, "we stopped before it was committed")
        elif self._hungry or self._careful > batch.failures:
            self._hungry, self._careful = False, batch.failures
            self._feed(batch)
        return batch.underway > 0 or batch.waiting > 0

    def _feed(self, batch: Batch) -> None:
        """Work for idle connections; a new connection for each message that still waits, as far as there is room."""
        for session in [session for session in self._sessions if session.idle]:
            self._attempt(session, session.begin, batch)
        if time.monotonic() > self._fewer_until:
            self._room = self._connections
        opening = sum(not session.ready for session in self._sessions)
        # After a failure one connection feels the way, until a message is settled.
        space = (1 if batch.failures else self._room) - len(self._sessions)
        for _ in range(min(space, batch.wait_for(opening + space) - opening)):
            if not self._open(batch):
                break

    def _open(self, batch: Batch) -> bool:
        try:
            endpoint = self._endpoint()
            session = Session(self._selector, endpoint, self._relay, self._patience)
        except socket.gaierror as error:
            self._end_with(RelayDown(f"The relay {self._name} has no address: {error.strerror}"), batch)
            return False
        except Lost as error:
            self._hungry = True
            self._unreachable(endpoint, time.monotonic(), str(error), batch)
            return False
        self._sessions.add(session)
        return True

    def _endpoint(self) -> tuple:
        """Family and address of the relay. Raises gaierror when its name has none."""
        now = time.monotonic()
        if not self._endpoints or now - self._resolved_at > _TRUST_ADDRESSES_FOR:
            found = socket.getaddrinfo(self._relay.host, self._relay.port, type=socket.SOCK_STREAM)
            self._endpoints = [(family, address) for family, _, _, _, address in found]
            self._resolved_at = now
        return self._endpoints[0]

    def _turn(self, batch: Batch) -> None:
        """Hear what has come; then see who has kept us waiting too long."""
        self._own_up(time.monotonic() - self._heard_at)
        events = self._selector.select(self._tick) if self._sessions else ()
        # Whoever had answered by now is heard below, and only then are the others judged, by this moment.
        now = self._heard_at = time.monotonic()
        for key, _ in events:
            self._attempt(key.data, key.data.on_event, batch)
        if now >= self._look_at:
            self._look_at = now + self._tick
            for session in list(self._sessions):
                if words := session.overdue(now):
                    self._lose(session, words, batch)

    def _own_up(self, seconds: float) -> None:
        """Time that we ourselves took, such as for the making of messages, is held against nobody."""
        if seconds > self._tick:
            for session in self._sessions:
                session.excuse(seconds)

    def _attempt(self, session: Session, act: Callable[[Batch], None], batch: Batch) -> None:
        try:
            act(batch)
        except Lost as error:
            self._lose(session, str(error), batch)
        except Withdrawn as words:
            self._drop(session, batch, str(words))
        except ssl.SSLCertVerificationError as error:
            self._refuse(session, RelayRefused(f"its certificate is not trusted: {error.verify_message}"), batch)
        except RelayRefused as error:
            self._refuse(session, error, batch)

    def _refuse(self, session: Session, error: RelayRefused, batch: Batch) -> None:
        self._drop(session, batch, str(error))
        self._end_with(RelayRefused(f"The relay {self._name} does not let us in: {error}"), batch)

    def _lose(self, session: Session, words: str, batch: Batch) -> None:
        """A connection is gone, and what was on it is in doubt or will be tried again."""
        was_idle = session.idle
        self._drop(session, batch, words)
        if not session.wire.connected:
            self._unreachable(session.endpoint, session.began, words, batch)
        elif not session.ready:
            self._turned_away(session.began, words, batch)
        elif not was_idle and not session.finished:
            self._strike(session.began, words, batch)

    def _unreachable(self, endpoint: tuple, since: float, words: str, batch: Batch) -> None:
        if not self._endpoints[1:]:
            self._turned_away(since, words, batch)
        elif endpoint is self._endpoints[0]:
            self._endpoints.pop(0)

    def _turned_away(self, since: float, words: str, batch: Batch) -> None:
        """It takes no more connections: go on with those it took, for a while."""
        if self._sessions:
            self._room, self._fewer_until = len(self._sessions), time.monotonic() + _FEWER_FOR
        else:
            self._strike(since, words, batch)

    def _strike(self, since: float, words: str, batch: Batch) -> None:
        """A connection of this age came to nothing. Those lost together count once; a few in a row are enough."""
        if since < self._struck_at:
            return
        self._struck_at = time.monotonic()
        batch.failures += 1
        if batch.failures >= _STRIKES:
            self._end_with(RelayDown(f"The relay {self._name} is away: {words}"), batch)

    def _end_with(self, error: Exception, batch: Batch) -> None:
        self._trouble = error
        batch.give_up(str(error))

    def _drop(self, session: Session, batch: Batch, words: str) -> None:
        self._sessions.discard(session)
        self._hungry = True
        session.end(batch, words)

    @property
    def _name(self) -> str:
        return f"{self._relay.host}:{self._relay.port}"

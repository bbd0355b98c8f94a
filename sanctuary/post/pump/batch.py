"""The messages of one call of `send`: which is next, what became of each, and whether more may be committed."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from sanctuary.post import journal as states
from sanctuary.post.pump.envelope import Envelope, Message, Outcome, Result, flaw

_MOST_ATTEMPTS = 3
_STATES = {
    Outcome.ACCEPTED: states.ACCEPTED,
    Outcome.REFUSED: states.REFUSED,
    Outcome.DEFERRED: states.DEFERRED,
    Outcome.FREE: states.UNTOUCHED,
}


class Withdrawn(Exception):
    """A message may not go after all. The relay waits for it, so only the end of the connection takes it back."""


class NoJournal:
    """For messages whose fate nobody needs to know after a crash."""

    def mark(self, row: int, state: int) -> None:
        """Forget it."""

    def mark_committing(self, row: int) -> None:
        """Forget it."""


class Batch:
    """Takes envelopes one by one as they are needed, so that only those on the wire are in memory."""

    def __init__(
        self,
        envelopes: Iterable[Envelope],
        journal,
        deadline: float | None,
        should_stop: Callable[[], bool] | None,
        may_go: Callable[[int], bool] | None = None,
    ):
        self.results: list[Result] = []
        self.underway = 0
        self.failures = 0  # of connections, since a message was last settled
        self._envelopes = iter(envelopes)
        self._journal = journal or NoJournal()
        self._deadline = deadline
        self._should_stop = should_stop
        self._may_go = may_go
        self._waiting: deque[Message] = deque()
        self._stopped = False

    @property
    def waiting(self) -> int:
        """How many messages are fetched and not on a connection."""
        return len(self._waiting)

    def drain(self) -> list[Result]:
        """The results since the last time."""
        results, self.results = self.results, []
        return results

    def take(self) -> Message | None:
        """The next message to work on, or None."""
        if self.is_over() or not self.wait_for(1):
            return None
        self.underway += 1
        return self._waiting.popleft()

    def wait_for(self, count: int) -> int:
        """Fetch until `count` messages wait; how many do."""
        while len(self._waiting) < count and not self.is_over():
            envelope = next(self._envelopes, None)
            if envelope is None:
                self._envelopes = iter(())
                break
            if words := flaw(envelope):
                self._settle(envelope.row, Outcome.REFUSED, 0, words)
            else:
                self._waiting.append(Message(envelope))
        return len(self._waiting)

    def is_over(self) -> bool:
        """Whether nothing more may be committed. Asked anew for each message, with the clock of that moment."""
        if not self._stopped:
            late = self._deadline is not None and time.monotonic() >= self._deadline
            self._stopped = late or (self._should_stop is not None and self._should_stop())
        return self._stopped

    def commit(self, message: Message) -> None:
        """Note, just before its last bytes leave, that the relay may accept this message. Raises Withdrawn."""
        if self._may_go is not None and not self._may_go(message.row):
            message.is_withdrawn = True
            raise Withdrawn("it may not go any more")
        message.committed = True
        self._journal.mark_committing(message.row)

    def finish(self, message: Message, outcome: Outcome, code: int, text: str) -> None:
        """One message has come to its end."""
        self.underway -= 1
        if outcome != Outcome.DOUBT:
            self.failures = 0
        self._settle(message.row, outcome, code, text)

    def put_back(self, message: Message, words: str, *, blamed: bool) -> None:
        """Its connection is gone and it was not committed: try it on another, but not for ever.

        `blamed`: it was this message's turn. So is a 421, which speaks of the connection: once it does, but to whom it
        is said three times running is better asked later than for ever.
        """
        self.underway -= 1
        if message.committed:
            self._journal.mark(message.row, states.UNTOUCHED)
        message.again()
        message.attempts += blamed
        if self._stopped or message.is_withdrawn:
            self._settle(message.row, Outcome.FREE, 0, words)
        elif message.attempts < _MOST_ATTEMPTS:
            self._waiting.appendleft(message)
        else:
            self._put_off(message, words)

    def _put_off(self, message: Message, words: str) -> None:
        """Three connections are enough, or it would be taken up for ever: it waits its turn, and others go on."""
        if not self._waiting and not self.underway:
            # Nobody is left to tell whether it is the relay or this one message, so it is not yet the relay.
            self.failures = min(self.failures, 1)
        self._settle(message.row, Outcome.DEFERRED, 0, f"Three connections broke over it: {words}")

    def give_up(self, words: str) -> None:
        """Nothing more will be sent: those that wait are free again."""
        self._stopped = True
        while self._waiting:
            self._settle(self._waiting.popleft().row, Outcome.FREE, 0, words)

    def _settle(self, row: int, outcome: Outcome, code: int, text: str) -> None:
        if (state := _STATES.get(outcome)) is not None:
            self._journal.mark(row, state)
        self.results.append(Result(row, outcome, code, text))

"""A storm: blows at chosen moments of one mailing, drawn from a seed, and then calm until the mailing is done."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.db import DatabaseError, connection
from django.utils import timezone

from campaigns import actions
from campaigns.models import Chunk, Mailing
from tests.chaos.fleet import Fleet, Host
from tests.chaos.ground import Ground

LOOK = 0.02  # seconds between looks at the relay's log
TEND = 0.5  # seconds between looks at the fleet and the mailing's state
HELD_UP = 5.0  # seconds that a chunk may stay locked by a frozen worker beyond lease and grace


class GaveUp(Exception):
    """The storm did not end as it should; the words say how."""


class Storm:
    """Strikes one mailing. What it did stands in `blows`, the chunks taken from a lost or frozen host in `taken`."""

    def __init__(
        self,
        seed: int,
        ground: Ground,
        fleet: Fleet,
        mailing: Mailing,
        *,
        patience: float,
        grace: float,
        enough: Callable[[], bool],
    ):
        self.blows: Counter[str] = Counter()
        self.taken: set[int] = set()
        self.pauses = 0
        self._random = Random(seed)
        self._ground, self._fleet, self._mailing = ground, fleet, mailing
        self._ends = time.monotonic() + patience
        self._grace = grace  # seconds after the end of a lease before a chunk is given up
        self._enough = enough  # what has been seen is enough
        self._tended_at = 0.0

    def blow(self, plan: list[str], *, last: float) -> None:
        """Each blow of the plan, in an order of the seed's own, the last when this share of the mailing is out."""
        plan = self._random.sample(plan, len(plan))
        total = self._mailing.counts["recipients"]
        for n, name in enumerate(plan, 1):
            due = total * last * n / len(plan)
            self._wait(lambda due=due: self._fleet.relay.count >= due, f"blow {n}, {name}", under_way=True)
            self._pause(0.2)
            getattr(self, f"_{name}")()
            self.blows[name] += 1

    def wait_for_calm(self) -> None:
        """No more blows: until the mailing is done. Nobody helps but those who always would."""
        self._wait(self.is_done, "the mailing to be done")

    def _wait(self, met: Callable[[], bool], words: str, *, under_way: bool = False) -> None:
        """`under_way`: what comes next would prove nothing if the mailing were over."""
        while not met():
            if time.monotonic() > self._ends or self._enough():
                raise GaveUp(f"waited in vain for {words}")
            if self._tend() and under_way and self.is_done():
                raise GaveUp(f"the mailing was over before {words}")
            time.sleep(LOOK)

    def _tend(self) -> bool:
        """The service manager starts what fell; staff press Resume when the engine paused the mailing. Now and then."""
        if time.monotonic() - self._tended_at < TEND:
            return False
        self._fleet.tend()
        if self._is_in(Mailing.State.PAUSED):
            self.pauses += 1
            self._ask(lambda: actions.resume_mailing(self._mailing, by="clock"))
        self._tended_at = time.monotonic()
        return True

    def is_done(self) -> bool:
        return self._is_in(Mailing.State.DONE)

    def _is_in(self, state: str) -> bool:
        return self._ask(lambda: Mailing.objects.filter(pk=self._mailing.pk, state=state).exists())

    def _ask(self, question: Callable):
        """The database was restarted under our own feet, too: ask again on a new connection."""
        try:
            return question()
        except DatabaseError:
            connection.close()
            return question()

    def _pause(self, most: float) -> None:
        time.sleep(self._random.uniform(0, most))

    def _worker(self) -> None:
        self._random.choice(self._fleet.hosts).kill()

    def _beat(self) -> None:
        self._fleet.beat.kill()

    def _flush(self) -> None:
        self._ground.flush_broker()

    def _broker(self) -> None:
        self._ground.kill_broker()
        self._pause(1)
        self._ground.mend()

    def _database(self) -> None:
        self._ground.stop_database_at_once()
        self._pause(0.5)
        self._ground.mend()
        connection.close()

    def _loss(self) -> None:
        """A host dies in the middle of its work, and its disk with it."""
        host = self._random.choice(self._fleet.hosts)
        self._strike(host, host.kill)
        host.lose()

    def _freeze(self) -> None:
        """A host stands still until long after its lease and grace, and then goes on as if nothing had been."""
        host = self._random.choice(self._fleet.hosts)
        self._strike(host, lambda: host.signal(signal.SIGSTOP), lambda: host.signal(signal.SIGCONT))
        self._wait(lambda: not self._held_by(host), "the chunks of a frozen host to be given up")
        host.signal(signal.SIGCONT)

    def _strike(self, host: Host, hit: Callable, undo: Callable = lambda: None) -> None:
        """Hit a host while it holds a chunk. One that gave its last chunk back just then is hit again later."""
        while True:
            self._wait(lambda: self._held_by(host), f"{host.name} to hold a chunk", under_way=True)
            hit()
            time.sleep(0.2)  # what it had already asked of the database is done by then
            if held := self._held_by(host):
                self.taken |= held
                return
            undo()

    def _held_by(self, host: Host) -> set[int]:
        """The chunks that this host has and that the sweep could not have taken from it long ago."""
        late = timezone.now() - timedelta(seconds=self._grace + HELD_UP)
        held = Chunk.objects.filter(mailing=self._mailing, state=Chunk.State.LEASED, host=host.name)
        return set(self._ask(lambda: list(held.filter(lease_until__gt=late).values_list("no", flat=True))))

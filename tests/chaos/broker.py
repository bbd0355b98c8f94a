"""A broker that dies again and again under a worker that nobody restarts: how long until letters leave again?"""

import time
from dataclasses import dataclass
from random import Random
from statistics import median

from django.db import connection

from sanctuary.post.actions import queue_text
from tests.chaos.fleet import Fleet
from tests.chaos.ground import Ground

LONGEST_AWAY = 5.0  # seconds that the broker is gone
ALLOWED = 30.0  # seconds from the broker's return until a letter stands in the relay's log
PATIENCE = 120.0
QUICK = {"FIRST_WAIT": 1}


@dataclass
class Recovery:
    """Seconds after each return of the broker; how often the worker or the clock fell and was started again."""

    seconds: list[float]
    falls: int

    @property
    def ok(self) -> bool:
        return max(self.seconds) <= ALLOWED

    def as_dict(self) -> dict:
        return {"kind": "broker", "seconds": self.seconds, "falls": self.falls, "ok": self.ok}

    def sentence(self) -> str:
        return (
            f"Broker killed {len(self.seconds)} times under the same worker: letters left again after "
            f"{median(self.seconds):.1f} s at the median, {max(self.seconds):.1f} s at worst "
            f"({ALLOWED:.0f} s allowed); {self.falls} falls. {'ok' if self.ok else 'BROKEN'}"
        )


def recover_from(restarts: int, seed: int, ground: Ground) -> Recovery:
    """Kill the broker so many times, and each time write a letter that only the clock and the worker can bring out."""
    random = Random(seed)
    connection.close()
    ground.begin_anew()
    folder = ground.path / "runs" / f"broker-{seed}"
    folder.mkdir(parents=True)
    with Fleet(folder, {}, QUICK, hosts=("north",)) as fleet:
        _letter_arrives(fleet, 0)
        seconds = []
        for n in range(1, restarts + 1):
            ground.kill_broker()
            time.sleep(random.uniform(0, LONGEST_AWAY))
            ground.mend()
            seconds.append(_letter_arrives(fleet, n))
    connection.close()
    return Recovery(seconds, fleet.falls)


def _letter_arrives(fleet: Fleet, n: int) -> float:
    """Seconds until the letter is out, or until it is no use to wait longer."""
    began, before = time.monotonic(), fleet.relay.count
    queue_text(to=f"reader-{n}@example.org", subject="Still there?", text="Yes.", kind="storm")
    while fleet.relay.count == before and time.monotonic() - began < PATIENCE:
        fleet.tend()
        time.sleep(0.02)
    return time.monotonic() - began

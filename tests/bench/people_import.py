"""`make bench ARGS=--import`: 100,000 people from a file, by a real worker; again with the worker killed ten times.

What became of every row must be the same both times, and the worker must stay small.
"""

import os
import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

import psutil
from django.db import connection

from groups import tasks
from groups.actions import importing
from groups.models import LocalGroup, PeopleImport
from sanctuary.demo import words
from sanctuary.people.models import User
from tests import brought
from tests.bench import machine, part, world
from tests.bench.table import Criterion, show_criteria
from tests.worker import worker

ROWS, KILLS, SEED = 100_000, 10, 7
MOST_MEMORY = 300 * 1024 * 1024
GIVES_UP_AFTER = 1800.0
MARK = "bench"
State = PeopleImport.State


@dataclass
class Measured:
    """One run: how long the upload, the check, the import and the undo took, and how large the worker grew."""

    seconds: dict[str, float] = field(default_factory=dict)
    memory: int = 0
    kills: int = 0
    sums: dict[str, object] = field(default_factory=dict)
    undone: dict[str, object] = field(default_factory=dict)


def run() -> int:
    rows = part.asked().recipients or ROWS
    part.introduce(f"{rows:,} people from a file, then again with {KILLS} kills of the worker")
    world.build(1000)
    group, other = LocalGroup.objects.order_by("pk")[:2]
    brought.furnish(group, other, rows, MARK)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    world.keep()
    clean = measure(rows, kills=0)
    world.renew()
    killed = measure(rows, kills=KILLS, clean=clean)
    return show_criteria(judge(rows, clean, killed))


def measure(rows: int, *, kills: int, clean: Measured | None = None) -> Measured:
    """Upload here, as the web does; the rest by a worker, which is killed at moments taken by chance."""
    found = Measured()
    group, user = LocalGroup.objects.order_by("pk").first(), User.objects.get(email=words.COORDINATOR)
    body = brought.make_file(rows, MARK)
    started = time.monotonic()
    file = brought.begin(group, user, body)
    found.seconds["upload"] = time.monotonic() - started
    hand = Hand(found, kills, clean, random.Random(SEED))
    _work(file, "check", found, hand)
    importing.start_import(file, by=user)
    _work(file, "import", found, hand)
    found.sums = brought.sums(file, MARK)
    importing.start_undo(file, by=user)
    _work(file, "undo", found, hand)
    found.undone = brought.sums(file, MARK)
    print(
        f"{found.kills} kills: " + ", ".join(f"{name} {took:.1f} s" for name, took in found.seconds.items()), flush=True
    )
    return found


@dataclass
class Hand:
    """Starts the worker, watches how large it is, and kills it when its time has come."""

    found: Measured
    kills: int
    clean: Measured | None
    dice: random.Random

    def moments(self, step: str) -> list[float]:
        """When to kill it in this step, in seconds of work: spread by chance over what the clean run needed."""
        if self.clean is None or step == "undo":
            return []
        share = self.kills // 2 if step == "check" else self.kills - self.kills // 2
        return [self.dice.uniform(0.1, self.clean.seconds[step] / share) for _ in range(share)]

    def watch(self, process: subprocess.Popen, stop: threading.Event) -> None:
        while not stop.wait(0.05):
            with_children = [psutil.Process(process.pid)] if psutil.pid_exists(process.pid) else []
            self.found.memory = max(self.found.memory, machine.memory_of(with_children))


def _work(file: PeopleImport, step: str, found: Measured, hand: Hand) -> None:
    moments = [*hand.moments(step), None]
    spent = 0.0
    for moment in moments:
        if not _is_working(file):
            break
        spent += _one_worker(file, moment, hand)
    assert not _is_working(file), step
    found.seconds[step] = spent


def _one_worker(file: PeopleImport, moment: float | None, hand: Hand) -> float:
    """Work until it is done, or until the moment has come. Returns the seconds of work."""
    stop = threading.Event()
    with worker(dict(os.environ), queues="default", processes=1) as process:
        watcher = threading.Thread(target=hand.watch, args=(process, stop))
        watcher.start()
        try:
            before = _mark_of(file)
            _until(lambda: _rung(file, before), GIVES_UP_AFTER)
            started = time.monotonic()
            ends = GIVES_UP_AFTER if moment is None else moment
            _until(lambda: not _is_working(file), ends, fails=moment is None)
            if moment is not None and _is_working(file):
                os.killpg(process.pid, signal.SIGKILL)
                hand.found.kills += 1
            return time.monotonic() - started
        finally:
            stop.set()
            watcher.join()


def _rung(file: PeopleImport, before: tuple) -> bool:
    """Whether somebody has begun. As the clock does it: a ring that nobody heard in time is rung again."""
    if _mark_of(file) != before or not _is_working(file):
        return True
    tasks.sweep_imports()
    time.sleep(0.5)
    return False


def _mark_of(file: PeopleImport) -> tuple:
    return PeopleImport.objects.values_list("state", "next_byte", "done_row").get(pk=file.pk)


def _is_working(file: PeopleImport) -> bool:
    return PeopleImport.objects.at_work().filter(pk=file.pk).exists()


def _until(condition, seconds: float, *, fails: bool = True) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            if fails:
                raise SystemExit("The worker did not come to an end.")
            return
        time.sleep(0.02)


def judge(rows: int, clean: Measured, killed: Measured) -> list[Criterion]:
    rates = {name: rows / clean.seconds[name] for name in ("check", "import", "undo")}
    memory = max(clean.memory, killed.memory)
    differing = [name for name in clean.sums if clean.sums[name] != killed.sums.get(name)]
    differing += [f"undone {name}" for name in clean.undone if clean.undone[name] != killed.undone.get(name)]
    found = [
        Criterion("Upload, kept in the database", "", f"{clean.seconds['upload']:.1f} s"),
        *[Criterion(f"Rows a second, {name}", "", f"{rate:,.0f}") for name, rate in rates.items()],
        Criterion("Memory of the worker", "≤ 300 MB", f"{memory / 1024 / 1024:.0f} MB", memory <= MOST_MEMORY),
        Criterion("Kills that struck while it worked", f"{KILLS}", f"{killed.kills}", killed.kills >= KILLS - 1),
        Criterion("Tables that differ from the clean run", "0", f"{len(differing)}", not differing),
    ]
    if differing:
        print("They differ in", ", ".join(differing), clean.sums, killed.sums, flush=True)
    return found

"""The real path of one mailing: freeze, broker, Celery workers, gate, rendering, journal, relay, settle."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from redis import Redis

from campaigns import actions, tasks
from campaigns.models import Mailing
from groups.models import LocalGroup
from sanctuary.celery import app
from tests.bench import world
from tests.bench.machine import cpu_of, memory_of, process_named

DEADLINE = 1800.0  # seconds for one mailing
READY_WITHIN = 60.0
LOOK_EVERY = 0.1


@dataclass
class Sent:
    """One mailing on the real path. CPU in seconds; `memory` is the largest worker process, in bytes."""

    messages: int
    seconds: float
    freeze: float
    workers: float = 0.0
    database: float = 0.0
    broker: float = 0.0
    memory: int = 0
    progress_seconds: list[float] = field(default_factory=list)
    ledger: Mapping[str, int] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        return self.workers + self.database + self.broker


def freeze(mailing: Mailing) -> tuple[Mailing, float]:
    """The mailing with its frozen list, and how many seconds that took."""
    started = time.monotonic()
    mailing = actions.freeze_and_start(mailing)
    return mailing, time.monotonic() - started


def send(mailing: Mailing, froze: float, workers: list[psutil.Process], *, watch: Callable | None = None) -> Sent:
    """Ring, and wait until the ledger says that it is done. `watch` is called again and again meanwhile."""
    database, broker = world.postgres(), valkey()
    before = [cpu_of(each) for each in (workers, database, broker)]
    started = timezone.now()
    tasks.wake_senders(mailing)
    wait_for_end(mailing, watch, lambda: all(map(is_alive, workers)))
    # Our own look is a tenth of a second coarse; the sender that found nothing left wrote down when.
    seconds = (Mailing.objects.get(pk=mailing.pk).finished_at - started).total_seconds()
    used = [cpu_of(each) - was for each, was in zip((workers, database, broker), before, strict=True)]
    ledger = mailing.chunks.all().progress()
    return Sent(ledger["sent"], seconds, froze, *used, memory_of(workers), ledger=ledger)


def warm(slots: int) -> None:
    """One group's mailing to begin with: every sender has imported, connected and prepared what it keeps for its life.

    That is start-up, which a worker does once in weeks.
    """
    group = LocalGroup.objects.order_by("pk").first()
    with override_settings(MAIL_SENDERS=slots):
        for _ in range(2):
            mailing, _ = freeze(world.new_mailing(audience={"kind": "group", "value": group.pk}))
            tasks.wake_senders(mailing)
            wait_for_end(mailing)
    time.sleep(1)


def wait_for_end(mailing: Mailing, watch: Callable | None = None, alive: Callable[[], bool] = lambda: True) -> None:
    """Until the ledger says that it is done."""
    ends = time.monotonic() + DEADLINE
    while not Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DONE).exists():
        if time.monotonic() > ends or not alive():
            raise SystemExit(f"The mailing did not finish: {mailing.chunks.all().progress()}")
        if watch:
            watch()
        time.sleep(LOOK_EVERY)


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@contextlib.contextmanager
def worker(
    environment: Mapping[str, str],
    folder: Path,
    *,
    processes: int,
    name: str = "bench",
    pool: str = "prefork",
    prefix: Sequence[str] = (),
    extra: Sequence[str] = (),
) -> Iterator[psutil.Process]:
    """A Celery worker whose children are forked and whose imports are done: start-up is not what is measured.

    `prefix` starts the command elsewhere, `extra` are arguments of Python.
    """
    command = [*prefix, sys.executable, *extra, "-m", "celery", "-A", "sanctuary.celery", "worker"]
    command += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "-n", f"{name}@bench"]
    command += ["-P", pool, "-c", str(processes), "-Q", "mail.bulk"]
    log = folder / f"{name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=out)
    try:
        wait_until_ready(f"{name}@bench", process, log)
        yield psutil.Process(process.pid)
    finally:
        stop(process)


def wait_until_ready(name: str, process: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + READY_WITHIN
    while not app.control.ping(destination=[name], timeout=0.5):
        if process.poll() is not None or time.monotonic() > ends:
            raise SystemExit(f"The worker did not start:\n{log.read_text()[-2000:]}")
    time.sleep(0.5)


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            os.kill(each.pid, signal.SIGKILL)
        process.wait(10)


def valkey() -> list[psutil.Process]:
    """The broker's process; empty when it is on another machine."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        return process_named(broker.info("server")["process_id"], "valkey") or process_named(
            broker.info("server")["process_id"], "redis"
        )


def empty_broker() -> None:
    """No ring of an earlier measurement may be heard in this one. The numbered store is the bench's own."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()


def broker_number() -> int:
    """The numbered store of the broker that is the bench's own."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        return broker.connection_pool.connection_kwargs.get("db", 0)


def describe_broker() -> str:
    with Redis.from_url(settings.REDIS_URL) as broker:
        server = broker.info("server")
    return f"Valkey {server['valkey_version']}" if "valkey_version" in server else f"Redis {server['redis_version']}"

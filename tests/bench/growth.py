"""10,000, 100,000 and 1,000,000 recipients: does a worker's memory grow, and what does a recipient cost?"""

import time
from dataclasses import dataclass, field
from statistics import median

import psutil

from campaigns.models import Mailing
from tests.bench import part, path, world
from tests.bench.compare import checked_at
from tests.bench.machine import family, memory_of
from tests.bench.relay import Relay, environment
from tests.bench.table import Criterion, show_criteria

SIZES = (10_000, 100_000, 1_000_000)
SAMPLE_EVERY = 0.5  # seconds
# A mailing of 10,000 is over in seconds and worth little alone: the small sizes are sent again, and the median counts.
AT_LEAST = 100_000


@dataclass
class Watch:
    """Looks at the workers and at the progress query while a mailing is sent."""

    workers: list[psutil.Process]
    mailing: Mailing
    memory: int = 0
    pages: float = 0.0
    progress: list[float] = field(default_factory=list)
    looked_at: float = 0.0

    def __call__(self) -> None:
        if time.monotonic() - self.looked_at < SAMPLE_EVERY:
            return
        self.looked_at = started = time.monotonic()
        self.mailing.chunks.all().progress()
        self.progress.append(time.monotonic() - started)
        self.memory = max(self.memory, memory_of(self.workers))


@dataclass
class Grown:
    """What one size came to: medians of its rounds, but the largest memory."""

    size: int
    each: float  # µs of time a recipient
    cpu: float  # µs of CPU of workers, database and broker
    database: float  # µs of it in the database
    pages: float  # read a recipient from outside the database's cache
    memory: int  # bytes
    progress: float  # seconds, median
    slowest: float
    freeze: float


def run() -> int:
    asked = part.asked()
    sizes = [size for size in SIZES if not asked.recipients or size <= asked.recipients]
    part.introduce(f"Growth: {', '.join(f'{size:,}' for size in sizes)} recipients, {asked.processes} workers")
    grown, checked = [], []
    with Relay(part.folder()) as relay:
        for size in sizes:
            world.build(size)
            world.keep()
            found, criteria = measure(asked, size, relay)
            grown.append(found)
            checked += criteria
            relay.empty()
    show(grown)
    return show_criteria(judge(grown) + checked)


def measure(asked, size: int, relay: Relay) -> tuple[Grown, list[Criterion]]:
    rounds, checked = [], []
    for _ in range(max(1, min(asked.rounds, AT_LEAST // size))):
        world.renew()
        path.empty_broker()
        mailing, froze = path.freeze(world.new_mailing())
        with path.worker(environment(relay), part.folder(), processes=asked.processes) as worker:
            path.warm(asked.processes)
            relay.forget()
            watch = Watch([worker], mailing)
            before = world.pages_read()
            sent = path.send(mailing, froze, [worker], watch=watch)
            watch.pages = (world.pages_read() - before) / sent.messages
            watch.memory = max(watch.memory, memory_of(family([worker])))
        rounds.append((sent, watch))
        checked.append(checked_at(relay.seen(), mailing.counts["recipients"], sent.messages))
        print(f"{size:,}: {sent.messages / sent.seconds:,.0f}/s", flush=True)
    return grown_of(size, rounds), [
        one.over(f"{size:,}") for one in [c for c in checked if not c.reached] or checked[:1]
    ]


def grown_of(size: int, rounds: list) -> Grown:
    each = [sent.seconds / sent.messages * 1e6 for sent, _ in rounds]
    cpu = [sent.cpu / sent.messages * 1e6 for sent, _ in rounds]
    database = [sent.database / sent.messages * 1e6 for sent, _ in rounds]
    asked = [seconds for _, watch in rounds for seconds in watch.progress]
    return Grown(
        size,
        median(each),
        median(cpu),
        median(database),
        median(watch.pages for _, watch in rounds),
        max(watch.memory for _, watch in rounds),
        median(asked),
        max(asked),
        median(sent.freeze for sent, _ in rounds),
    )


def show(grown: list[Grown]) -> None:
    heads = (
        f"{'recipients':>12}{'a second':>10}{'µs each':>9}{'CPU µs':>8}{'database':>10}{'pages read':>12}{'RSS MB':>8}"
    )
    print(f"\n{heads}{'progress ms':>13}{'slowest':>9}{'freeze s':>10}")
    for one in grown:
        print(
            f"{one.size:>12,}{1e6 / one.each:>10,.0f}{one.each:>9.1f}{one.cpu:>8.1f}{one.database:>10.1f}"
            f"{one.pages:>12.2f}"
            f"{one.memory / 2**20:>8.1f}{one.progress * 1e3:>13.1f}{one.slowest * 1e3:>9.1f}{one.freeze:>10.2f}"
        )


def judge(grown: list[Grown]) -> list[Criterion]:
    """The issue's promises are about 1,000,000 beside 10,000; a shorter run judges its own largest size."""
    small, large = grown[0], grown[-1]
    memory, each = large.memory / small.memory, large.each / small.each
    span = f"{large.size:,} : {small.size:,}"
    found = [
        Criterion(f"memory of a worker, {span}", "≤ 1.2", f"{memory:.2f}", memory <= 1.2),
        Criterion(f"time a recipient, {span}", "≤ 1.15", f"{each:.2f}", each <= 1.15),
        Criterion(f"CPU a recipient, {span}", "", f"{large.cpu / small.cpu:.2f}"),
        Criterion("progress query, median at the largest size", "≤ 5 ms", f"{large.progress * 1e3:.1f} ms"),
        Criterion("largest worker process", "≤ 64 MB", f"{large.memory / 2**20:.0f} MB"),
    ]
    if large.size == SIZES[-1]:
        found.append(Criterion("freezing a million", "< 15 s", f"{large.freeze:.1f} s", large.freeze < 15))
    return found

"""The lane of single letters: how soon a confirmation leaves while a big mailing is sent and its queue is full."""

import statistics
import time
from collections.abc import Callable, Mapping

from django.db import transaction

from campaigns import tasks
from campaigns.models import Mailing
from sanctuary.post.actions import queue_text
from tests.bench import part, path, world
from tests.bench.relay import Relay, environment
from tests.bench.table import Criterion, show_criteria
from tests.worker import worker

RECIPIENTS, LETTERS, SECONDS = 250_000, 100, 10.0
RINGS = 2000  # that nobody needs, so that the queue of the mailings is long
PATIENCE = 60.0  # seconds for the last letter
PROMISED = 30.0  # seconds within which 95 of 100 letters have left

Arrivals = Callable[[], Mapping[str, int]]


def run() -> int:
    asked = part.asked()
    count = asked.recipients or RECIPIENTS
    part.introduce(f"{LETTERS} single letters in {SECONDS:.0f} s while {count:,} people are emailed")
    world.build(count)
    path.empty_broker()
    mailing, _ = path.freeze(world.new_mailing())
    with Relay(part.folder()) as relay:
        told = environment(relay)
        log = relay.log
        with path.worker(told, part.folder(), processes=asked.processes), worker(told, "mail.transactional", 1):
            fill_queue(mailing)
            wait_for_first(log)
            delays = measure_lane(lambda: arrivals_in(log))
            before = mailing.chunks.all().progress()
    was_busy = before["sent"] < before["total"]
    p95 = at(delays, 0.95)
    return show_criteria(
        [
            Criterion("95 of 100 letters left within", f"≤ {PROMISED:.0f} s", f"{p95:.2f} s", p95 <= PROMISED),
            Criterion("the mailing was still being sent", "yes", "yes" if was_busy else "no", was_busy),
        ]
    )


def measure_lane(arrivals: Arrivals, *, letters: int = LETTERS, seconds: float = SECONDS) -> list[float]:
    """Queue letters as a web page does and wait for them at the relay. Prints p50 and p95; returns each delay.

    `arrivals` tells when each address got its letter, in nanoseconds of the monotonic clock of this machine.
    """
    asked: dict[str, int] = {}
    for number in range(letters):
        address = f"lane.{number}.{time.monotonic_ns()}@example.org"
        asked[address] = time.monotonic_ns()
        with transaction.atomic():
            queue_text(to=address, subject="Please confirm", text="Was it you?", kind="bench/lane")
        time.sleep(max(0.0, seconds / letters - (time.monotonic_ns() - asked[address]) / 1e9))
    ends = time.monotonic() + PATIENCE
    while not asked.keys() <= (seen := arrivals()).keys():
        if time.monotonic() > ends:
            raise SystemExit(f"{len(asked.keys() - seen.keys())} of {letters} letters never left.")
        time.sleep(0.1)
    delays = sorted((seen[address] - since) / 1e9 for address, since in asked.items())
    words = f"p50 {at(delays, 0.5):.3f} s, p95 {at(delays, 0.95):.3f} s, longest {delays[-1]:.3f} s"
    print(f"Lane of single letters: {words} ({letters} letters)", flush=True)
    return delays


def at(delays: list[float], share: float) -> float:
    """The delay that this share of the letters keeps below."""
    return statistics.quantiles(delays, n=100, method="inclusive")[round(share * 100) - 1]


def fill_queue(mailing: Mailing) -> None:
    """More rings than can be answered, as if everybody had pressed the button."""
    for _ in range(RINGS):
        tasks.send_mailing.apply_async_on_commit(args=[mailing.pk])


def wait_for_first(log) -> None:
    ends = time.monotonic() + PATIENCE
    while not log.exists() or not log.stat().st_size:
        if time.monotonic() > ends:
            raise SystemExit("The mailing never began.")
        time.sleep(0.1)


def arrivals_in(log) -> dict[str, int]:
    """When each single letter arrived, from the sink's log."""
    with log.open() as lines:
        found = (line.split("\t", 3) for line in lines if line.startswith("lane."))
        return {address: int(when) for address, _, when, _ in found}

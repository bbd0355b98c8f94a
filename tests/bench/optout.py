"""`make bench ARGS=--optout`: a mailing goes out while some of its readers stop the emails with one click.

Nobody whose opt-out was answered may get the message more than a second later.
"""

import time
from pathlib import Path

from campaigns import tasks
from campaigns.models import Mailing
from tests import leaving
from tests.bench import part, path, world
from tests.bench.relay import Relay, environment

RECIPIENTS, LEAVERS, SECONDS = 20_000, 1_000, 40
STARTS_WITHIN, ENDS_WITHIN = 30.0, 300.0


def run() -> int:
    asked = part.asked()
    recipients = asked.recipients or RECIPIENTS
    part.introduce(f"{recipients:,} messages while {LEAVERS:,} of their readers leave, in {SECONDS} s")
    world.build(recipients)
    return measure(recipients, folder=part.folder(), processes=asked.processes)


def measure(
    recipients: int = RECIPIENTS,
    leavers: int = LEAVERS,
    *,
    folder: Path,
    seconds: float = SECONDS,
    processes: int = 2,
) -> int:
    """Needs a world with so many people. Prints one line; 0 when every opt-out held within a second."""
    mailing, _ = path.freeze(world.new_mailing(per_minute=round(recipients * 60 / seconds)))
    chosen = leaving.choose(mailing, leavers)
    with Relay(folder) as relay, path.worker(environment(relay), folder, processes=processes):
        with leaving.web_server(environment(relay)) as port:
            tasks.wake_senders(mailing)
            _wait(lambda: relay.log.exists() and relay.log.stat().st_size, STARTS_WITHIN)
            answered = leaving.leave(port, chosen, seconds=seconds)
            _wait(Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DONE).exists, ENDS_WITHIN)
        verdict = leaving.judge(answered, _accepted(relay.log))
    print(verdict, flush=True)
    return 0 if verdict.holds and verdict.left == leavers else 1


def _wait(condition, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise SystemExit("The mailing did not begin, or did not end.")
        time.sleep(0.05)


def _accepted(log: Path) -> list[tuple[str, int]]:
    """The address and the moment of each message, from the sink's own log."""
    lines = (line.split("\t") for line in log.read_text().splitlines())
    return [(address, int(at)) for address, _, at, _ in lines]

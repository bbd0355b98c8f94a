"""Where a worker's time goes: one worker process under cProfile, and PostgreSQL's CPU beside it.

The profiler makes every Python call dearer than it is, so read the shares and not the seconds.
"""

import pstats

from tests.bench import part, path, world
from tests.bench.relay import Relay, environment

RECIPIENTS = 20_000
LINES = 45


def run() -> int:
    asked = part.asked()
    count = asked.recipients or RECIPIENTS
    part.introduce(f"Profile of one worker process over {count:,} recipients")
    world.build(count)
    world.keep()
    plain = send(())
    world.renew()
    found = part.folder() / "worker.prof"
    profiled = send(("-m", "cProfile", "-o", str(found)))
    for words, sent in (("without the profiler", plain), ("with it", profiled)):
        used = [used / sent.messages * 1e6 for used in (sent.workers, sent.database, sent.broker)]
        rate = sent.messages / sent.seconds
        print("{}: {:,.0f}/s; worker {:.0f}, PostgreSQL {:.0f}, broker {:.1f} µs a message".format(words, rate, *used))
    stats = pstats.Stats(str(found))
    stats.sort_stats("tottime").print_stats(LINES)
    stats.sort_stats("cumulative").print_stats("/campaigns/|/sanctuary/", LINES)
    return 0


def send(extra: tuple[str, ...]) -> path.Sent:
    """One mailing by one process that does not fork, so that one profiler sees it all."""
    path.empty_broker()
    mailing, froze = path.freeze(world.new_mailing())
    with Relay(part.folder()) as relay:
        alone = {"processes": 1, "extra": extra, "pool": "solo"}
        with path.worker(environment(relay), part.folder(), name=f"alone{len(extra)}", **alone) as worker:
            path.warm(1)
            return path.send(mailing, froze, [worker])

"""`make chaos`: real mailings through real workers while everything around them dies, and then the count.

Each storm has its own untouched PostgreSQL database, Valkey, two hosts of two Celery processes, a clock and an SMTP
sink, all on this machine and nowhere else. Blows fall at moments drawn from a seed: SIGKILL of a host's worker, of the
clock and of the broker (its memory and disk emptied), FLUSHALL, an immediate stop of PostgreSQL; the relay puts off
10 % of tries, refuses 2 % and loses half a percent of its answers. Two more storms freeze hosts beyond their lease and
lose them with their journals. The controls are engines broken on purpose: a run that does not see them fail has failed.
At last the broker dies again and again under one worker that nobody restarts.

Every storm ends by itself: when its mailing is done, or when its patience is. The exit code is 1 if a promise broke.
"""

import argparse
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.chaos.ground import Ground

LATER = ("season", "report", "broker")  # modules that import models, and so need Django set up
ARGUMENTS = argparse.ArgumentParser(prog="make chaos", description=__doc__.partition("\n")[0])
ARGUMENTS.add_argument("--recipients", type=int, default=10_000, help="of each storm (10,000)")
ARGUMENTS.add_argument("--seeds", type=int, default=5, help="storms (5)")
ARGUMENTS.add_argument("--first-seed", type=int, default=1, help="to see one of them again")
ARGUMENTS.add_argument(
    "--hosts", type=int, default=10_000, help="recipients of the storms that freeze and lose hosts; 0: none"
)
ARGUMENTS.add_argument("--controls", type=int, default=2_000, help="recipients of each control; 0: none")
ARGUMENTS.add_argument("--broker", type=int, default=30, help="times the broker dies under one worker (30); 0: none")
ARGUMENTS.add_argument("--keep", action="store_true", help="keep the logs even if no promise broke")
ARGUMENTS.add_argument("--json", type=Path, help="write every line of the table here as well")


def main() -> int:
    given = ARGUMENTS.parse_args()
    # A request to stop ends the storm and leaves nothing running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with Ground() as ground:
        os.environ |= ground.environment()
        django.setup()
        season, report, broker = (importlib.import_module(f"tests.chaos.{name}") for name in LATER)
        season.set_up(ground)
        lines = []
        print(report.HEAD, flush=True)
        try:
            for kind, seed, recipients in planned(season, given):
                lines.append(season.run(kind, seed, recipients, ground))
                print(report.line(lines[-1]), flush=True)
            print(report.end(lines))
            if given.broker:
                lines.append(broker.recover_from(given.broker, given.first_seed, ground))
                print(lines[-1].sentence())
        finally:
            # Also when a storm came to no end that it knows.
            if given.keep or sys.exception() or not all(line.ok for line in lines):
                print(f"What was logged: {keep(ground)}")
        if given.json:
            given.json.write_text(json.dumps([line.as_dict() for line in lines]))
        return int(not all(line.ok for line in lines))


def planned(season, given: argparse.Namespace):
    """(kind, seed, recipients) of each storm."""
    first = given.first_seed
    for seed in range(first, first + given.seeds):
        yield season.storms(given.recipients), seed, given.recipients
    if given.hosts:
        for kind in season.host_storms(given.hosts):
            yield kind, first, given.hosts
    if given.controls:
        for kind in season.control_storms():
            yield kind, first, given.controls


def keep(ground: Ground) -> Path:
    """The logs of a storm that broke something, where the next one does not sweep them away."""
    kept = Path(tempfile.mkdtemp(prefix="sanctuary-chaos-"))
    for name in ("runs", "log"):
        shutil.copytree(ground.path / name, kept / name, ignore=shutil.ignore_patterns("journal-*"))
    return kept


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"The whole run took {time.monotonic() - began:.0f} s on {os.cpu_count()} cores.")
    sys.exit(code)

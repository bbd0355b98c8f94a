"""What every part of the bench begins with: what was asked for, where its files go, what machine this is."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from tests.bench import machine, path, world


def asked() -> argparse.Namespace:
    return argparse.Namespace(**json.loads(os.environ["BENCH"]))


def folder() -> Path:
    """Removed at the end of the run."""
    return Path(os.environ["BENCH_FOLDER"])


def introduce(what: str) -> None:
    """Say what is measured, and where. From here on a request to stop tidies up like an error would."""
    signal.signal(signal.SIGTERM, _stop)
    print(f"{what}\n{machine.describe()}, {world.describe()}, {path.describe_broker()}; {machine.load()}", flush=True)


def _stop(number: int, frame) -> None:
    sys.exit(128 + number)

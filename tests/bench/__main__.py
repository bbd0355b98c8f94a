"""`make bench`: the real path of a mailing beside this machine's own ceiling, in one run with the same sink.

The ceiling: the same messages rendered beforehand, pushed down the same pipelined kept connections, with no database.
The real path: freeze, broker, Celery workers, gate, compiled rendering, journal, settle. Self-stopping; loopback only.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ARGUMENTS = argparse.ArgumentParser(prog="make bench")
ARGUMENTS.add_argument("--recipients", type=int, default=20_000)
ARGUMENTS.add_argument("--processes", type=int, default=2, help="Celery worker processes")
ARGUMENTS.add_argument("--connections", type=int, default=8, help="kept by each process")


def main() -> int:
    given = ARGUMENTS.parse_args()
    with tempfile.TemporaryDirectory(prefix="sanctuary-bench-") as folder:
        sink = start_sink(Path(folder) / "sink.log")
        try:
            return measure(given, Path(folder), sink)
        finally:
            sink.terminate()
            sink.wait(10)


def start_sink(log: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "sanctuary.post.sink", "--port", "0", "--log", str(log)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def measure(given: argparse.Namespace, folder: Path, sink: subprocess.Popen) -> int:
    environment = {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": sink.stdout.readline().split()[-1],
        "MAIL_CONNECTIONS": str(given.connections),
        "MAIL_SENDERS": str(given.processes),
        "JOURNAL_DIR": str(folder / "journal"),
        "LOG_LEVEL": "WARNING",
    }
    code = (
        "from pathlib import Path; from tests.bench.path import measure; "
        f"raise SystemExit(measure({given.recipients}, {given.processes}, {given.connections}, "
        f"Path({str(folder / 'sink.log')!r})))"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode


def describe_machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{describe_machine()}; the whole run took {time.monotonic() - started:.0f} s")
    sys.exit(code)

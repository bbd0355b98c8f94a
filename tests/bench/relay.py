"""The relay of a run: our own sink as a process, or Postfix's `smtp-sink`, and what it has seen."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.bench.machine import cpu_of

_STARTS_WITHIN = 15.0
# It refuses to run as root.
_AS_NOBODY = ["-u", "nobody"] if os.geteuid() == 0 else []


class Relay:
    """A sink that is stopped at the end of a `with`. `seen` counts what it accepted since the last `forget`."""

    def __init__(
        self,
        folder: Path,
        *,
        kind: str = "sink",
        mailbox: Path | None = None,
        faults: dict | None = None,
        begin: Sequence[str] = (),
        host: str = "127.0.0.1",
    ):
        self.kind, self.log = kind, folder / "sink.log"
        self.host, self.port = host, 0
        self._command = [*begin, *_sink(host, self.log, mailbox, faults)]
        self._read_from = 0

    def __enter__(self) -> "Relay":
        if self.kind == "smtp-sink":
            self.port = _free_port()
            self._command = ["smtp-sink", *_AS_NOBODY, f"{self.host}:{self.port}", "1024"]
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        if self.kind == "sink":
            self.port = int(self.process.stdout.readline().split()[-1])
        try:
            self._wait_until_it_answers()
        except OSError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()

    def _wait_until_it_answers(self) -> None:
        ends = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                socket.create_connection((self.host, self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.05)

    @property
    def cpu(self) -> float:
        """Seconds of CPU it has used."""
        return cpu_of([psutil.Process(self.process.pid)])

    def empty(self) -> None:
        """Its list of all that it accepted until now takes no more room on the disk."""
        os.truncate(self.log, 0)
        self._read_from = 0

    def forget(self) -> None:
        """What it accepted until now belongs to another measurement."""
        self._read_from = self.log.stat().st_size if self.log.exists() else 0

    def seen(self) -> Counter[str] | None:
        """How often it accepted each Message-ID since `forget`; None when this relay keeps no list."""
        if self.kind != "sink":
            return None
        found: Counter[str] = Counter()
        with self.log.open("rb") as lines:
            lines.seek(self._read_from)
            for line in lines:
                found[line.split(b"\t", 2)[1].decode()] += 1
        return found


def has_smtp_sink() -> bool:
    return shutil.which("smtp-sink") is not None


def _sink(host: str, log: Path, mailbox: Path | None, faults: dict | None) -> list[str]:
    command = [sys.executable, "-m", "sanctuary.post.sink", "--host", host, "--port", "0", "--log", str(log)]
    command += ["--mailbox", str(mailbox), "--newest", "1000000"] if mailbox else []
    return command + (["--faults", json.dumps(faults)] if faults else [])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def environment(relay: Relay) -> dict[str, str]:
    """What a worker must be told to use this relay."""
    return os.environ | {"EMAIL_HOST": relay.host, "EMAIL_PORT": str(relay.port)}

"""What a storm hits: hosts with Celery workers, the clock, and a relay that is a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sanctuary.launch.processes import die_with_parent, kill_group

PROCESSES, CONNECTIONS = 2, 4
CELERY = [sys.executable, "-m", "celery", "-A", "tests.chaos.worker"]


class Process:
    """One command in a process group of its own that is started again whenever it is found dead."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: Mapping[str, str]):
        self.name, self.log = name, folder / f"{name}.log"
        self._command, self._environment = command, os.environ | environment
        self._process: subprocess.Popen | None = None
        self.falls = 0  # times it died although nobody had killed it

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL to the whole group, gone when this returns."""
        if self._process is not None:
            kill_group(self._process.pid)
            self._process.wait()
            self._process = None

    def signal(self, number: int) -> None:
        kill_group(self._process.pid, number)

    def tend(self) -> None:
        """What a service manager does."""
        if self._process is None or self._process.poll() is not None:
            self.falls += self._process is not None
            self.kill()
            self.start()


class Host(Process):
    """One machine with a worker of two processes, and a journal on a disk of its own."""

    def __init__(self, name: str, folder: Path, environment: Mapping[str, str], constants: Mapping):
        self.journal = folder / f"journal-{name}"
        storm = json.dumps({**constants, "host_name": name})
        queues = ["-Q", "mail.bulk,default,mail.transactional", "--without-gossip", "--without-mingle"]
        command = [*CELERY, "worker", "-n", f"{name}@%h", "-c", str(PROCESSES), *queues, "--loglevel", "WARNING"]
        given = {"JOURNAL_DIR": str(self.journal), "STORM": storm}
        super().__init__(name, command, folder, {**environment, **given})

    def lose(self) -> None:
        """The machine is gone, its disk with it."""
        self.kill()
        shutil.rmtree(self.journal, ignore_errors=True)


class Relay:
    """The sink as a process of its own. A line stands in its log before the sender hears 250: that log is the truth."""

    def __init__(self, folder: Path, faults: Mapping):
        self.log = folder / "sink.log"
        self.log.touch()
        command = [sys.executable, "-m", "sanctuary.post.sink", "--log", str(self.log), "--faults", json.dumps(faults)]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self.port = self._process.stdout.readline().split()[-1]
        self._read = self.log.open("rb")
        self._count = 0

    @property
    def count(self) -> int:
        """How many messages it has accepted so far."""
        self._count += self._read.read().count(b"\n")
        return self._count

    def lines(self) -> list[list[str]]:
        """Address, Message-ID, monotonic nanoseconds and bytes of each."""
        return [line.split("\t") for line in self.log.read_text().splitlines()]

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._process.stdout.close()
        self._read.close()


class Fleet:
    """Hosts, one clock and the relay between them and the world."""

    def __init__(self, folder: Path, faults: Mapping, constants: Mapping, hosts=("north", "south")):
        self.relay = Relay(folder, faults)
        environment = {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.relay.port,
            "EMAIL_USE_TLS": "0",
            "EMAIL_HOST_USER": "",
            "MAIL_CONNECTIONS": str(CONNECTIONS),
            "MAIL_SENDERS": str(PROCESSES * len(hosts)),
        }
        self.hosts = [Host(name, folder, environment, constants) for name in hosts]
        beat = [*CELERY, "beat", "-s", str(folder / "beat"), "--pidfile", "", "--loglevel", "WARNING"]
        self.beat = Process("beat", beat, folder, environment)

    def __enter__(self) -> "Fleet":
        self.tend()
        return self

    def __exit__(self, *_):
        for each in self.everything:
            each.kill()
        self.relay.stop()

    @property
    def everything(self) -> list[Process]:
        return [*self.hosts, self.beat]

    @property
    def falls(self) -> int:
        return sum(each.falls for each in self.everything)

    def tend(self) -> None:
        for each in self.everything:
            each.tend()

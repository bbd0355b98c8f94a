"""The best Python peer of mail.md, django-post-office, in the same run: same letter, same sink, same PostgreSQL."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.bench import world
from tests.bench.relay import Relay
from tests.bench.table import Criterion, Measured

LOCK = Path(__file__).with_name("requirements.lock")
LONGEST = 300  # seconds for one mode
BATCH = 5000


@dataclass(frozen=True)
class Mode:
    """One way to run it. `late`: it renders when it delivers, as we do, and then only delivering is timed, as with us.

    Without, it renders when it queues, and both are timed.
    """

    late: bool
    processes: int
    threads: int

    @property
    def name(self) -> str:
        when = "late" if self.late else "early"
        return f"post-office {when}, {self.processes} proc. × {self.threads} thr."


# Its default is 5 threads in each process; mail.md found late rendering in two processes to be its best.
MODES = [Mode(True, 2, 5), Mode(True, 2, 1), Mode(True, 1, 5), Mode(True, 4, 1), Mode(False, 2, 5), Mode(False, 2, 1)]


def measure(relay: Relay, letter: dict, people: list[dict]) -> list[Measured]:
    """Every mode over the same people, the best first. Empty when the peer cannot be had."""
    if not people or not install():
        return []
    world.administer("DROP DATABASE IF EXISTS {peer} WITH (FORCE)", "CREATE DATABASE {peer}")
    found = []
    for mode in MODES:
        told = deliver(mode, relay, letter, people)
        seconds = told["delivering"] + (0 if mode.late else told["queueing"])
        cpu = told["delivering_cpu"] + (0 if mode.late else told["queueing_cpu"])
        note = f"queueing {told['queueing']:.1f} s, delivering {told['delivering']:.1f} s"
        found.append(Measured(mode.name, told["sent"], seconds, cpu, note=note))
        print(f"{mode.name}: {found[-1].rate:,.0f}/s", flush=True)
    return sorted(found, key=lambda one: -one.rate)


def home() -> Path:
    """Where its packages are, beside the bench's data: one folder for each lock."""
    data = Path(os.environ.get("SANCTUARY_DATA", ".data/bench")).absolute()
    return data / f"peer-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"


def install() -> bool:
    """Its packages into a folder of their own, once. They never touch the environment that we run in."""
    if (home() / "post_office").exists():
        return True
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", home()]
    done = subprocess.run([*command, "--require-hashes", "--no-deps", "-r", LOCK], check=False)
    if done.returncode:
        print("The peer could not be fetched: it is left out.", flush=True)
    return done.returncode == 0


def deliver(mode: Mode, relay: Relay, letter: dict, people: list[dict]) -> dict:
    """One run of one mode, in a process of its own."""
    asked = {
        "letter": letter,
        "host": relay.host,
        "port": relay.port,
        "batch": BATCH,
        "lock": str(home() / "delivering"),
        "database": database(),
        "late": mode.late,
        "processes": mode.processes,
        "threads": mode.threads,
    }
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(home()), str(Path.cwd()))),
        "DJANGO_SETTINGS_MODULE": "tests.bench.peer.settings",
        "PEER": json.dumps(asked),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.peer"],
        env=environment,
        input=json.dumps(people),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The peer failed:\n{done.stderr[-3000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    if told["sent"] != len(people):
        raise SystemExit(f"The peer sent {told['sent']} of {len(people)}:\n{done.stderr[-3000:]}")
    return told


def database() -> dict[str, str]:
    """Where its own database is, for its settings."""
    ours = connection.settings_dict
    return {name: ours[name] for name in ("USER", "PASSWORD", "HOST", "PORT")} | {"NAME": world.name_of("peer")}


def judge(real: Measured, peers: list[Measured]) -> list[Criterion]:
    words = "real path : the peer at its best"
    if not peers:
        return [Criterion(words, "≥ 12", "not measured", False)]
    times = real.rate / peers[0].rate
    return [Criterion(words, "≥ 12", f"{times:.1f}", times >= 12)]

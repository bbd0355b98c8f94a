"""`make bench ARGS=--peak`: the hour after a mobilisation email, on one machine, and then with deaths.

The web, the database, the broker, the clock and a host that sends a mailing to everybody run together, with servers of
their own and production's settings; the visitors are one more process beside them, and take their share of the cores.
First so many minutes of calm, which are measured; then the same load while the web and PostgreSQL are killed.
"""

import argparse
import http.client
import importlib
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import django
import psutil

from tests.bench import machine
from tests.bench.table import Criterion, show_criteria
from tests.chaos.fleet import Fleet, Process
from tests.chaos.ground import Ground

PEOPLE, SECONDS, PAGES, SIGNS, CONFIRM = 200_000, 300, 50, 7, 3 / 7
STORM_SECONDS, WEB_DIES_AT, DATABASE_DIES_AT = 120, 30, 70
P95 = 0.3
HOST = "sanctuary.example.org"
WORKERS, THREADS = 2, 4
VISITOR = [sys.executable, "-m", "tests.bench.visitors"]


def run(given: argparse.Namespace) -> int:
    people = given.recipients or PEOPLE
    with Ground() as ground:
        os.environ |= ground.environment() | {"BEHIND_TLS_PROXY": "1", "ALLOWED_HOSTS": f"{HOST},127.0.0.1"}
        os.environ |= {"PUBLIC_URL": f"https://{HOST}", "STATIC_ROOT": str(Path(ground.path) / "runs" / "static")}
        django.setup()
        return Peak(ground, importlib.import_module("tests.bench.peak_world"), people, given.seconds or SECONDS).run()


class Peak:
    """One run."""

    def __init__(self, ground: Ground, world, people: int, seconds: int):
        self.ground, self.world, self.people, self.seconds = ground, world, people, seconds
        self.folder = Path(ground.path) / "runs"
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()

    def run(self) -> int:
        print(f"A mobilisation peak. {machine.describe()}; {machine.load()}", flush=True)
        slug = self.world.build(self.people)
        path = f"/actions/{slug}/"
        with Fleet(self.folder, {}, {}, hosts=("north",)) as fleet:
            web = self.web(fleet)
            try:
                web.start()
                wait_for(self.port)
                self.visit(path, 10, first=0)  # warms up
                mailing = self.world.begin_mailing()
                self.until_it_sends(fleet)
                calm, cpu = self.measured(path, fleet, web)
                sent, left = fleet.relay.count, self.world.left(mailing)
                storm = self.storm(path, fleet, web)
            finally:
                web.kill()
            self.show(calm, storm, cpu, sent, left)
            return show_criteria([*self.judge_calm(calm), *self.judge_storm(calm, storm)])

    def web(self, fleet: Fleet) -> Process:
        command = [sys.executable, "-m", "gunicorn", "sanctuary.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "warning"]
        return Process("web", command, self.folder, {"EMAIL_PORT": fleet.relay.port, "EMAIL_HOST": "127.0.0.1"})

    def until_it_sends(self, fleet: Fleet) -> None:
        before, ends = fleet.relay.count, time.monotonic() + 120
        while fleet.relay.count < before + 200:
            if time.monotonic() > ends:
                raise SystemExit("The mailing does not begin.")
            time.sleep(0.2)

    def visitors(self, path: str, seconds: float, first: int) -> subprocess.Popen:
        given = {
            "port": self.port, "host": HOST, "path": path, "seconds": seconds, "pages": PAGES, "signs": SIGNS,
            "confirm": CONFIRM, "first": first,
        }  # fmt: skip
        child = subprocess.Popen(VISITOR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        child.stdin.write(json.dumps(given))
        child.stdin.close()
        return child

    def visit(self, path: str, seconds: float, *, first: int) -> dict:
        child = self.visitors(path, seconds, first)
        return json.loads(child.stdout.read())

    def measured(self, path: str, fleet: Fleet, web: Process) -> tuple[dict, dict[str, float]]:
        """The calm, and how many cores each part took."""
        parts = {"web": [web.pid], "sending": [each.pid for each in fleet.everything], "relay": [fleet.relay.pid]}
        parts = {name: [psutil.Process(pid) for pid in pids] for name, pids in parts.items()}
        parts["database and broker"] = [psutil.Process(pid) for pid in self.ground.pids()]
        before = {name: machine.cpu_of(processes) for name, processes in parts.items()}
        began = time.monotonic()
        child = self.visitors(path, self.seconds, 1_000_000)
        parts["visitors"], before["visitors"] = [psutil.Process(child.pid)], 0.0
        told, spent = "", 0.0
        while child.poll() is None and time.monotonic() - began < self.seconds:
            time.sleep(1)
            with suppress(psutil.NoSuchProcess):
                spent = machine.cpu_of(parts["visitors"])
        took = time.monotonic() - began
        used = {name: machine.cpu_of(processes) for name, processes in parts.items() if name != "visitors"}
        told = json.loads(child.stdout.read())
        return told, {name: (used.get(name, spent) - before[name]) / took for name in parts}

    def storm(self, path: str, fleet: Fleet, web: Process) -> dict:
        """The same load while the web dies by SIGKILL, and later PostgreSQL without a farewell."""
        child, began = self.visitors(path, STORM_SECONDS, 2_000_000), time.monotonic()
        blows = [(WEB_DIES_AT, web.kill), (DATABASE_DIES_AT, self.ground.stop_database_at_once)]
        while time.monotonic() - began < STORM_SECONDS:
            if blows and time.monotonic() - began > blows[0][0]:
                blows.pop(0)[1]()
                time.sleep(2)
                self.ground.mend()
            web.tend()
            fleet.tend()
            time.sleep(0.2)
        return json.loads(child.stdout.read())

    def show(self, calm: dict, storm: dict, cpu: dict[str, float], sent: int, left: int) -> None:
        print(f"\n{'':<28}{'requests':>10}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}  answers")
        for name, told, seconds in (("calm", calm, self.seconds), ("with deaths", storm, STORM_SECONDS)):
            for kind, times in told["times"].items():
                took = sorted(each[1] for each in times)
                rates = f"{len(took):>10,}{len(took) / seconds:>10.1f}"
                at = "".join(f"{took[min(len(took) - 1, int(len(took) * q))] * 1e3:>9.0f}" for q in (0.5, 0.95, 0.99))
                print(f"{name + ': ' + kind:<28}{rates}{at}  {tally(times)}")
        print("\nCores taken in the calm: " + ", ".join(f"{name} {share:.2f}" for name, share in cpu.items()))
        print(f"The mailing meanwhile: {sent:,} of {self.people:,} sent when the calm ended, {left:,} were left")
        print(f"Asked for one more step: {calm['asked_more']} and {storm['asked_more']}")

    def judge_calm(self, calm: dict) -> list[Criterion]:
        pages = [each for kind in ("page", "sent", "letter") for each in calm["times"].get(kind, [])]
        posts = [each for kind in ("sign", "confirm") for each in calm["times"].get(kind, [])]
        wrong = sum(each[2] >= 500 or each[2] == 0 for each in pages + posts)
        return [
            Criterion(
                "pages a second", f"≥ {PAGES}", f"{len(pages) / self.seconds:.1f}", len(pages) >= PAGES * self.seconds
            ),
            Criterion("posts a second", "≥ 10", f"{len(posts) / self.seconds:.1f}", len(posts) >= 9.7 * self.seconds),
            *[self._p95(name, each) for name, each in (("pages", pages), ("posts", posts))],
            Criterion("answers of 500 and above, or none", "0", str(wrong), wrong == 0),
        ]

    def _p95(self, name: str, times: list) -> Criterion:
        took = sorted(each[1] for each in times) or [float("inf")]
        found = took[int(len(took) * 0.95)]
        return Criterion(f"{name}, p95", f"≤ {P95 * 1e3:.0f} ms", f"{found * 1e3:.0f} ms", found <= P95)

    def judge_storm(self, *told: dict) -> list[Criterion]:
        signed = [address for each in told for address in each["signed"]]
        confirmed = [pk for each in told for pk in each["confirmed"]]
        lost = self.world.lost(signed, confirmed)
        return [
            Criterion(f"of {len(signed):,} acknowledged names not kept", "0", str(lost.signed), lost.signed == 0),
            Criterion("and without a letter on its way", "0", str(lost.letters), lost.letters == 0),
            Criterion(f"of {len(confirmed):,} confirmed not counted", "0", str(lost.confirmed), lost.confirmed == 0),
        ]


def tally(times: list) -> str:
    statuses = sorted({each[2] for each in times})
    return ", ".join(f"{status or 'none'}: {sum(each[2] == status for each in times):,}" for status in statuses)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as talk:
            talk.request("GET", "/healthz")
            if talk.getresponse().status == http.client.OK:
                return
        time.sleep(0.2)
    raise SystemExit("The web does not start.")

"""The two measurements, over one frozen list of made-up people."""

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.actions.claiming import claim_chunk
from campaigns.actions.composing import Values, compose, sender_address
from campaigns.models import Campaign, Mailing
from sanctuary.demo import build, network, words
from sanctuary.people.models import Supporter, User
from sanctuary.post.pump import Envelope, Pump

DEADLINE = 900.0


@dataclass
class Figures:
    name: str
    messages: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.messages / self.seconds

    @property
    def microseconds(self) -> float:
        return self.cpu_seconds / self.messages * 1e6


def measure(recipients: int, processes: int, connections: int, log: Path) -> int:
    prepare(recipients)
    mailing = new_mailing()
    started = time.monotonic()
    mailing = actions.freeze_and_start(mailing)
    frozen = time.monotonic() - started
    print(f"Froze {mailing.counts['recipients']:,} of {mailing.counts['matched']:,} in {frozen:.2f} s", flush=True)
    ceiling, size = measure_ceiling(mailing, connections)
    before = len(log.read_text().splitlines())
    real = measure_real(mailing, processes)
    seen = Counter(line.split("\t")[1] for line in log.read_text().splitlines()[before:])
    print(f"\nMessages of {size / 1024:.1f} KiB, {connections} connections a process, {processes} processes")
    return report(mailing, ceiling, real, seen)


def prepare(recipients: int) -> None:
    """A database of its own with enough people; built once, used again."""
    call_command("migrate", verbosity=0)
    if not build.is_built() or Supporter.objects.count() < recipients:
        if build.is_built():
            call_command("flush", interactive=False)
        build.build(int(recipients * 1.25), print)


def new_mailing() -> Mailing:
    author = User.objects.get(email=words.STAFF)
    campaign = Campaign.objects.live().first()
    return network.mailing(
        campaign,
        author,
        audience={"kind": "everyone", "value": ""},
        state=Mailing.State.SCHEDULED,
        starts_at=timezone.now(),
    )


def measure_ceiling(mailing: Mailing, connections: int) -> tuple[Figures, int]:
    """Every message rendered first, then nothing but the wire."""
    message, values, sender = compose(mailing), Values(mailing), sender_address()
    envelopes = []
    for n, recipient in enumerate(recipients_of(mailing)):
        envelopes.append(Envelope(n, sender, recipient.address, message.render(values.of(recipient))))
    size = sum(len(envelope.data) for envelope in envelopes) // len(envelopes)
    pump = Pump(os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"]), connections=connections)
    cpu, started = time.process_time(), time.monotonic()
    accepted = sum(1 for result in pump.send(iter(envelopes), NoJournal(), deadline=started + DEADLINE) if result)
    figures = Figures("ceiling", accepted, time.monotonic() - started, time.process_time() - cpu)
    pump.close()
    return figures, size


class NoJournal:
    def mark(self, row, state):
        pass

    def mark_committing(self, row):
        pass


def recipients_of(mailing: Mailing):
    """What the gate would give, chunk by chunk, put back as if nothing had been taken."""
    taken = []
    while (claim := claim_chunk(mailing.pk, host="bench")) is not None:
        taken += claim.recipients
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_chunk SET state = 0, owner = NULL, lease_until = NULL WHERE mailing_id = %s", [mailing.pk]
        )
    return taken


def measure_real(mailing: Mailing, processes: int) -> Figures:
    worker = start_worker(processes)
    try:
        watched = [psutil.Process(worker.pid), *servers()]
        wait_until_ready(worker)
        cpu, started = cpu_of(watched), time.monotonic()
        for _ in range(processes):
            tasks.send_mailing.apply_async_on_commit(args=[mailing.pk])
        while not Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DONE).exists():
            if time.monotonic() - started > DEADLINE or worker.poll() is not None:
                raise SystemExit("The mailing did not finish.")
            time.sleep(0.05)
        seconds = time.monotonic() - started
        progress = mailing.chunks.all().progress()
        return Figures("real path", progress["sent"], seconds, cpu_of(watched) - cpu)
    finally:
        worker.terminate()
        worker.wait(30)


def start_worker(processes: int) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "sanctuary.celery",
        "worker",
        "--without-gossip",
        "--without-mingle",
    ]
    return subprocess.Popen([*command, "--loglevel", "WARNING", "-c", str(processes), "-Q", "mail.bulk"])


def wait_until_ready(worker: subprocess.Popen) -> None:
    """Its children are forked and its imports done: start-up is not what is measured."""
    started = time.monotonic()
    while len(psutil.Process(worker.pid).children()) < 1 and time.monotonic() - started < 30:
        time.sleep(0.1)
    time.sleep(3)


def servers() -> list[psutil.Process]:
    """The PostgreSQL and Valkey of this run's data folder: their CPU is part of the price."""
    folder = os.environ["SANCTUARY_DATA"]
    listed = psutil.process_iter(["name", "cmdline"])
    names = {"postgres", "valkey-server"}
    return [p for p in listed if p.info["name"] in names and folder in " ".join(p.info["cmdline"])]


def cpu_of(processes: list[psutil.Process]) -> float:
    """Seconds of CPU these processes and their children have used, in user and system mode."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            for each in {process, *process.children(recursive=True)}:
                times = each.cpu_times()
                total += times.user + times.system
    return total


def report(mailing: Mailing, ceiling: Figures, real: Figures, seen: Counter) -> int:
    print()
    print(f"{'':<12}{'messages':>10}{'seconds':>10}{'a second':>12}{'CPU µs each':>14}")
    for row in (ceiling, real):
        print(f"{row.name:<12}{row.messages:>10,}{row.seconds:>10.2f}{row.rate:>12,.0f}{row.microseconds:>14.0f}")
    print(f"ratio of rates {real.rate / ceiling.rate:.2f}, of CPU {real.microseconds / ceiling.microseconds:.1f}")
    lost, twice = real.messages - len(seen), sum(1 for n in seen.values() if n > 1)
    progress = mailing.chunks.all().progress()
    print(f"At the sink: {len(seen):,} messages, {lost} lost, {twice} twice. Ledger: {progress}")
    return 0 if not lost and not twice else 1

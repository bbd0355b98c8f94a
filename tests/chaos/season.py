"""One storm after another, each on an untouched database, and a line about each."""

import math
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tests.chaos import controls, people
from tests.chaos.fleet import Fleet
from tests.chaos.ground import Ground
from tests.chaos.judge import Outcome, Verdict, copies_too_many, judge
from tests.chaos.storm import GaveUp, Storm

# For each 10,000 recipients.
BLOWS = {"worker": 6, "beat": 1, "broker": 2, "flush": 2, "database": 2}
RECIPIENTS_A_HOST = 5000  # for each time that a host is lost or frozen
# The share of the mailing after which the last blow falls. While a host stands still the other goes on for long.
LAST_BLOW, LAST_HOST = 0.85, 0.5

# 10 % of tries put off, 2 % refused, half a percent of the answers lost after the message was kept.
RELAY = [
    {"at": "rcpt", "reply": "450 4.2.1 busy", "chance": 0.06},
    {"at": "rcpt", "reply": "550 5.1.1 nobody here", "chance": 0.015},
    {"at": "dot", "do": "lose", "every": 200},
    {"at": "dot", "reply": "451 4.3.0 later", "chance": 0.04},
    {"at": "dot", "reply": "554 5.7.1 not this one", "chance": 0.005},
]
# A retry in seconds, not hours. The rest is as in production, but where a host must outstay its lease.
QUICK_RETRY = {"FIRST_WAIT": 0.5, "LONGEST_WAIT": 1}
SHORT_LEASE = {"LEASE": 6, "SAFETY": 2, "GRACE": 2}
GRACE = 60
SEEN = 10  # copies too many of a control: no need to wait for more


@dataclass(frozen=True)
class Kind:
    """What a storm is made of."""

    name: str
    plan: tuple[str, ...]
    pace: float  # seconds that the relay takes to let a message in
    relay: tuple = tuple(RELAY)
    constants: dict = field(default_factory=dict)
    last_blow: float = LAST_BLOW
    variant: str = ""


@dataclass
class Line:
    """One row of the table."""

    seed: int
    kind: str
    blows: Counter
    seconds: float
    pauses: int
    falls: int
    verdict: Verdict
    is_control: bool

    @property
    def ok(self) -> bool:
        """A control must lose or repeat somebody; everything else must break no promise."""
        if self.is_control:
            return self.verdict.lost + self.verdict.twice > 0
        return not self.verdict.broken

    def as_dict(self) -> dict:
        outcomes = {outcome.name.lower(): self.verdict.outcomes[outcome] for outcome in Outcome}
        verdict = {**vars(self.verdict), "outcomes": outcomes}
        return {**vars(self), "verdict": verdict, "ok": self.ok}


def storms(recipients: int) -> Kind:
    """The storm of the promise: everything dies but the hosts’ disks."""
    plan = [name for name, n in BLOWS.items() for _ in range(math.ceil(n * recipients / 10_000))]
    return Kind("storm", tuple(plan), pace=0.01)


def host_storms(recipients: int) -> list[Kind]:
    """A host that stands still beyond its lease, and one that is lost with its journal."""
    times = max(1, recipients // RECIPIENTS_A_HOST)
    return [
        Kind(name, (name,) * times, pace=0.03, constants=SHORT_LEASE, last_blow=LAST_HOST)
        for name in ("freeze", "loss")
    ]


def control_storms() -> list[Kind]:
    """The same against engines that are broken on purpose. The relay puts off and refuses nobody: only kills tell."""
    kills, loses = ("worker",) * 6, ({"at": "dot", "do": "lose", "chance": 0.01},)
    return [
        Kind("no lease", kills, pace=0.01, relay=(), variant="no lease"),
        Kind("sent first", kills, pace=0.01, relay=(), variant="sent first"),
        Kind("no doubt", (), pace=0.01, relay=loses, variant="no doubt"),
    ]


def set_up(ground: Ground) -> None:
    """The database that each storm begins with."""
    call_command("migrate", verbosity=0)
    people.set_up()
    connection.close()
    ground.keep_untouched()


def run(kind: Kind, seed: int, recipients: int, ground: Ground) -> Line:
    """One storm from an untouched database to the verdict."""
    began = time.monotonic()
    connection.close()
    ground.begin_anew()
    folder = ground.path / "runs" / f"{kind.name}-{seed}".replace(" ", "-")
    folder.mkdir(parents=True)
    cast = people.gather(recipients)
    if kind.variant:
        controls.break_engine(kind.variant)
    fleet, storm, words = _strike(kind, seed, ground, folder, cast)
    connection.close()
    verdict = judge(cast, fleet, storm, complete=not words)
    verdict.broken += words
    seconds = time.monotonic() - began
    return Line(seed, kind.name, storm.blows, seconds, storm.pauses, fleet.falls, verdict, bool(kind.variant))


def _strike(kind: Kind, seed: int, ground: Ground, folder: Path, cast: people.Cast):
    total = cast.mailing.counts["recipients"]
    # Some answers come late as well, so that a kill finds messages that were kept and not yet answered for.
    paces = [{"at": "data"}, {"at": "dot", "chance": 0.2}]
    faults = {"seed": seed, "faults": [*kind.relay, *({**pace, "do": "late", "seconds": kind.pace} for pace in paces)]}
    constants, words = QUICK_RETRY | kind.constants, []
    with Fleet(folder, faults, constants) as fleet:
        patience = 90 + total / 50
        grace = kind.constants.get("GRACE", GRACE)

        def enough() -> bool:
            return bool(kind.variant) and copies_too_many(fleet.relay.lines()) >= SEEN

        storm = Storm(seed, ground, fleet, cast.mailing, patience=patience, grace=grace, enough=enough)
        try:
            storm.blow(list(kind.plan), last=kind.last_blow)
            storm.wait_for_calm()
        except GaveUp as how:
            words.append(str(how))
    return fleet, storm, words

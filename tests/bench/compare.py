"""The main run: ceiling and real path in turn over one sink, then the peer; and the linter over a sample."""

import argparse
import shutil
from collections import Counter
from pathlib import Path
from statistics import median

from sanctuary.post.pump import stuffed
from tests.bench import ceiling, copied, linting, part, path, rival, world
from tests.bench.ceiling import Rendered, Way
from tests.bench.relay import Relay, environment, has_smtp_sink
from tests.bench.table import Criterion, Measured, middle, show_criteria, show_measured

RECIPIENTS = 100_000
# Messages of a real mailing that the sink kept: the linter reads them, and the ceiling sends them round and round. They
# are 100 MB, far more than any processor's cache, so no byte of the ceiling is nearer at hand than in a real mailing.
SAMPLE = 5_000

Rounds = dict[str, list[Measured]]


# What is measured in each round, by name: the ceilings' ways and numbers of processes.
CEILINGS = {
    "ceiling: bare loop, 1 process": (Way.BARE, 1),
    "ceiling: bare loop, 2 processes": (Way.BARE, 2),
    "ceiling: our pump, 1 process": (Way.PUMP, 1),
}
BARE, BARE_TWICE, PUMP = CEILINGS
REAL = "real path"


def run() -> int:
    asked = part.asked()
    count = asked.recipients or RECIPIENTS
    part.introduce(f"{count:,} messages, {asked.rounds} rounds, {asked.connections} connections a process")
    world.build(min(count, SAMPLE))
    kept = sample(asked, part.folder() / "sample")
    letter = copied.as_template(world.new_mailing())
    people = copied.people_of(letter, kept)
    messages = [as_rendered(one) for one in kept]
    linted = linting.judge(messages[: asked.lint], people[: asked.lint])
    world.build(count)
    world.keep()
    with Relay(part.folder()) as relay:
        rounds, checked = alternate(asked, count, relay, messages)
        peers = rival.measure(relay, letter, people[: asked.peer])
    lines = [middle(each) for each in rounds.values()] + peers
    against = rival.judge(middle(rounds[REAL]), peers) if asked.peer else []
    criteria = judge(rounds) + against + checked + linted
    if asked.relay == "smtp-sink":
        more, told = beside_postfix(asked, count, messages)
        lines, criteria = lines + more, criteria + told
    show_measured(lines)
    return show_criteria(criteria)


def sample(asked: argparse.Namespace, mailbox: Path) -> list[bytes]:
    """One real mailing that is not timed: it warms the machine, and what the sink kept of it is read and used again."""
    with Relay(part.folder(), mailbox=mailbox) as relay:
        real_round(asked, relay)
    kept = [eml.read_bytes() for eml in sorted((mailbox / "new").glob("*.eml"))]
    shutil.rmtree(mailbox)
    size = sum(map(len, kept))
    words = f"{len(kept):,} different ones, {size / 1e6:.0f} MB in all, go round and round in the ceilings"
    print(f"Messages of {size / len(kept) / 1000:.1f} kB; {words}", flush=True)
    return kept


def as_rendered(kept: bytes) -> Rendered:
    """A message of the sink's mailbox, with its two lines about the envelope, as the wire wants it."""
    sender, recipient, message = kept.split(b"\r\n", 2)
    sender, recipient = sender.partition(b"<")[2].rstrip(b">"), recipient.partition(b": ")[2]
    return ceiling.rendered(sender.decode(), recipient.decode(), stuffed(message))


def alternate(asked, count: int, relay: Relay, messages: list[Rendered]) -> tuple[Rounds, list[Criterion]]:
    """Each measurement in each round, so that a machine that slows down slows them all."""
    rounds: Rounds = {name: [] for name in (*CEILINGS, REAL)}
    checked: list[Criterion] = []
    for number in range(asked.rounds):
        for name in CEILINGS:
            rounds[name].append(ceiling_round(asked, count, relay, messages, name))
        world.renew()
        measured, counted = real_round(asked, relay)
        rounds[REAL].append(measured)
        checked.append(counted)
        rates = ", ".join(f"{name} {each[-1].rate:,.0f}/s" for name, each in rounds.items())
        print(f"Round {number + 1}: {rates}; {measured.note}", flush=True)
    return rounds, [one for one in checked if not one.reached] or checked[:1]


def ceiling_round(asked, count: int, relay: Relay, messages: list[Rendered], name: str) -> Measured:
    way, processes = CEILINGS[name]
    before = relay.cpu
    pushed = ceiling.push(
        relay.host, relay.port, messages, count, connections=asked.connections, processes=processes, way=way
    )
    return Measured(name, count, pushed.seconds, pushed.cpu, relay.cpu - before)


def real_round(asked, relay: Relay) -> tuple[Measured, Criterion]:
    """One mailing to everybody in the database, and the sink's own word about who got it."""
    path.empty_broker()
    mailing, froze = path.freeze(world.new_mailing())
    with path.worker(environment(relay), part.folder(), processes=asked.processes) as worker:
        path.warm(asked.processes)
        relay.forget()
        before = relay.cpu
        sent = path.send(mailing, froze, [worker])
        relay_cpu = relay.cpu - before
    shares = [round(used / sent.messages * 1e6) for used in (sent.workers, sent.database, sent.broker)]
    note = "workers {} + PostgreSQL {} + broker {} µs; ".format(*shares) + f"froze in {froze:.2f} s"
    measured = Measured(f"{REAL}, {asked.processes} workers", sent.messages, sent.seconds, sent.cpu, relay_cpu, note)
    return measured, checked_at(relay.seen(), mailing.counts["recipients"], sent.messages)


def checked_at(seen: Counter | None, recipients: int, sent: int) -> Criterion:
    """Nobody lost and nobody twice, by the sink's own list; without one, by its answers."""
    if seen is None:
        return Criterion("accepted, by the relay's answers", f"{recipients:,}", f"{sent:,}", sent == recipients)
    lost, twice = recipients - len(seen), sum(count > 1 for count in seen.values())
    found = f"{lost} and {twice}"
    return Criterion("lost and sent twice, by the sink's own list", "0 and 0", found, found == "0 and 0")


def judge(rounds: Rounds) -> list[Criterion]:
    """mail.md's ceiling is one process. The bare loop is the most that one can do; our pump does the same with care.

    Each round is compared with itself, and the median of the rounds counts: the machine may have slowed between them.
    """
    ceilings = [dict(zip(CEILINGS, each, strict=True)) for each in zip(*(rounds[n] for n in CEILINGS), strict=True)]
    pairs = list(zip(rounds[REAL], ceilings, strict=True))
    shares = {name: median(real.rate / each[name].rate for real, each in pairs) for name in (BARE, PUMP)}
    times = {name: median(real.each / each[name].each for real, each in pairs) for name in (BARE, PUMP)}
    best = median(real.rate / max(one.rate for one in each.values()) for real, each in pairs)
    found = [Criterion(f"rate, {REAL} : {name}", "≥ 75 %", f"{s:.0%}", s >= 0.75) for name, s in shares.items()]
    found += [Criterion(f"rate, {REAL} : the best ceiling of all", "", f"{best:.0%}")]
    return found + [Criterion(f"CPU, {REAL} : {name}", "≤ 3", f"{t:.1f}", t <= 3) for name, t in times.items()]


def beside_postfix(asked, count: int, messages: list[Rendered]) -> tuple[list[Measured], list[Criterion]]:
    """The same again with Postfix's own sink, which mail.md's first table used."""
    if not has_smtp_sink():
        print("There is no smtp-sink on this machine's PATH: left out.")
        return [], []
    with Relay(part.folder(), kind="smtp-sink") as relay:
        rounds, checked = alternate(asked, count, relay, messages)
    lines = [middle(each).over("smtp-sink") for each in rounds.values()]
    return lines, [one.over("smtp-sink") for one in judge(rounds) + checked]

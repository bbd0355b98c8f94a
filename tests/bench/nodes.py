"""What a second and a third host add: worker nodes with their own journals and names, and a relay that is far away.

Each node is a host of its own on a bridge, in a network namespace, and reaches PostgreSQL and Valkey over TCP. The
relay answers so late that a node is bound by its connections and not by the cores that all of them share here.
"""

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection
from django.test import override_settings

from campaigns.models import Chunk
from tests.bench import network, part, path, world
from tests.bench.compare import checked_at
from tests.bench.relay import Relay, environment
from tests.bench.table import Criterion, Measured, show_criteria, show_measured

RECIPIENTS = 20_000
MOST_NODES = 3
LATE = 0.030  # seconds until the relay answers a message
CONNECTIONS = 24  # of each node
NAMES = ["relay", *(f"node{n + 1}" for n in range(MOST_NODES))]
POSTGRES_PORT, VALKEY_PORT = 15432, 16379


@dataclass(frozen=True)
class Site:
    """Where the nodes are: `begin` starts a command on one of them, and `told` are the addresses they are given."""

    begin: dict[str, list[str]]
    told: dict[str, str]
    words: str


def run() -> int:
    asked = part.asked()
    count = asked.recipients or RECIPIENTS
    part.introduce(f"1, 2 and 3 nodes, {count:,} recipients, {CONNECTIONS} connections a node")
    world.build(count)
    world.keep()
    lines, checked = [], []
    with ExitStack() as stack:
        site, relay = stack.enter_context(hosts() if network.possible() else one_host())
        print(site.words, flush=True)
        for nodes in range(1, MOST_NODES + 1):
            measured, criterion = measure(site, relay, nodes)
            lines.append(measured)
            checked.append(criterion)
    show_measured(lines)
    return show_criteria(judge(lines) + checked)


@contextlib.contextmanager
def hosts() -> Iterator[tuple[Site, Relay]]:
    """Four hosts on a bridge: three nodes and the relay."""
    with network.network(NAMES) as addresses, doors():
        begin = {name: network.on(name) for name in NAMES}
        by_netem = network.delay(NAMES.index("relay"), LATE * 500)
        faults = None if by_netem else late()
        ours = connection.settings_dict
        told = {
            "DATABASE_URL": f"postgres://{ours['USER']}:{ours['PASSWORD']}@{network.HERE}:{POSTGRES_PORT}/{ours['NAME']}",
            "REDIS_URL": f"redis://{network.HERE}:{VALKEY_PORT}/{path.broker_number()}",
        }
        how = "the wire (netem)" if by_netem else "the relay itself (this kernel has no netem)"
        words = (
            f"Each node and the relay are hosts of their own in network namespaces; PostgreSQL and Valkey over TCP; "
            f"{LATE * 1000:.0f} ms by {how}."
        )
        with Relay(part.folder(), faults=faults, begin=begin["relay"], host=addresses["relay"]) as relay:
            yield Site(begin, told, words), relay


@contextlib.contextmanager
def one_host() -> Iterator[tuple[Site, Relay]]:
    """Where namespaces are not allowed: nodes that share this host's name and network, but not their journals."""
    words = (
        "This machine allows no network namespaces (they need root): the nodes are processes on one host, each with a "
        f"journal folder of its own; the relay answers {LATE * 1000:.0f} ms late."
    )
    with Relay(part.folder(), faults=late()) as relay:
        yield Site({name: [] for name in NAMES}, {}, words), relay


def late() -> dict:
    return {"faults": [{"at": "dot", "do": "late", "seconds": LATE}]}


@contextlib.contextmanager
def doors() -> Iterator[None]:
    """PostgreSQL and Valkey where the nodes can reach them."""
    ours, broker = connection.settings_dict, urlsplit(settings.REDIS_URL)
    port = int(ours["PORT"] or 5432)
    inside = ours["HOST"].startswith("/")
    database = f"{ours['HOST']}/.s.PGSQL.{port}" if inside else [ours["HOST"] or "127.0.0.1", port]
    valkey = broker.path if broker.scheme == "unix" else [broker.hostname, broker.port or 6379]
    listed = [[network.HERE, POSTGRES_PORT, database], [network.HERE, VALKEY_PORT, valkey]]
    command = [sys.executable, "-m", "tests.bench.doors", json.dumps(listed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def measure(site: Site, relay: Relay, nodes: int) -> tuple[Measured, Criterion]:
    world.renew()
    path.empty_broker()
    mailing, froze = path.freeze(world.new_mailing())
    with ExitStack() as stack:
        workers = [stack.enter_context(node(site, relay, NAMES[n + 1])) for n in range(nodes)]
        path.warm(nodes)
        relay.forget()
        before = relay.cpu
        with override_settings(MAIL_SENDERS=nodes):  # one ring for each slot, wherever it is
            sent = path.send(mailing, froze, workers)
        used = relay.cpu - before
    shares = Counter(dict(chunks_by_host(mailing)))
    note = "chunks: " + ", ".join(f"{host.partition('.')[0]} {count}" for host, count in sorted(shares.items()))
    measured = Measured(f"{nodes} node{'s' if nodes > 1 else ''}", sent.messages, sent.seconds, sent.cpu, used, note)
    print(f"{measured.name}: {measured.rate:,.0f}/s; {note}", flush=True)
    return measured, checked_at(relay.seen(), mailing.counts["recipients"], sent.messages).over(measured.name)


def node(site: Site, relay: Relay, name: str) -> contextlib.AbstractContextManager[psutil.Process]:
    """One worker process on a host of its own, with its own journal."""
    told = environment(relay) | site.told
    told |= {"MAIL_CONNECTIONS": str(CONNECTIONS), "JOURNAL_DIR": str(part.folder() / name / "journal")}
    return path.worker(told, part.folder(), processes=1, name=name, prefix=site.begin[name])


def chunks_by_host(mailing) -> list[tuple[str, int]]:
    """Which host had how many chunks."""
    return Counter(Chunk.objects.filter(mailing=mailing).values_list("host", flat=True)).most_common()


def judge(lines: list[Measured]) -> list[Criterion]:
    one = lines[0].rate
    return [Criterion(f"rate of {line.name} : that of 1", "", f"{line.rate / one:.2f}") for line in lines[1:]]

"""The ledger beside the relay's own log, person by person."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from campaigns.models import Chunk, Delivery, Mailing
from sanctuary.post.journal import SLOTS, recover
from tests.chaos.fleet import PROCESSES, Fleet
from tests.chaos.people import Cast
from tests.chaos.storm import Storm

Outcome = Delivery.Outcome
MOST_IN_DOUBT = 0.01
HOST_WORDS = "The host was lost"  # how the engine begins when a lease ran out and no journal could be asked

_DISAGREE = """
    SELECT c.no FROM campaigns_chunk c LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE outcome = 1) AS sent, count(*) FILTER (WHERE outcome = 2) AS refused,
            count(*) FILTER (WHERE outcome = 3) AS suppressed, count(*) FILTER (WHERE outcome = 4) AS cancelled,
            count(*) FILTER (WHERE outcome = 5) AS in_doubt, count(*) FILTER (WHERE outcome = 0) AS waiting
        FROM campaigns_delivery d WHERE d.mailing_id = c.mailing_id AND d.seq BETWEEN c.lo AND c.hi
    ) r ON TRUE
    WHERE c.mailing_id = %s AND (c.sent, c.refused, c.suppressed, c.cancelled, c.in_doubt, 0)
        IS DISTINCT FROM (r.sent, r.refused, r.suppressed, r.cancelled, r.in_doubt, r.waiting)
"""


class Row(NamedTuple):
    seq: int
    supporter_id: int
    outcome: int
    reply: str


@dataclass
class Verdict:
    """What became of everybody, and every promise that was broken, in words."""

    frozen: int = 0
    outcomes: Counter = field(default_factory=Counter)
    arrived: int = 0  # of those in doubt
    host_doubt: int = 0  # of those in doubt: given up with a host that was lost or stood still
    lost: int = 0
    twice: int = 0
    broken: list[str] = field(default_factory=list)

    def expect(self, kept: bool, words: str) -> None:
        if not kept:
            self.broken.append(words)


def copies_too_many(lines: list[list[str]]) -> int:
    """Of the relay's lines."""
    return len(lines) - len({address for address, *_ in lines})


def judge(cast: Cast, fleet: Fleet, storm: Storm, *, complete: bool = True) -> Verdict:
    """Compare, once the fleet is stopped.

    Who still waits counts as lost, unless the storm was cut short and so not `complete`.
    """
    lines = fleet.relay.lines()
    copies = Counter(address for address, *_ in lines)
    rows = [Row(*row) for row in cast.mailing.deliveries.values_list(*Row._fields)]
    verdict = Verdict(frozen=cast.mailing.counts["recipients"], outcomes=Counter(row.outcome for row in rows))
    by_outcome = defaultdict(set)
    for row in rows:
        by_outcome[row.outcome].add(cast.addresses[row.supporter_id])
    verdict.twice = copies_too_many(lines)
    _count(verdict, by_outcome, copies, complete)
    _everyone_has_one_end(verdict, cast, rows, by_outcome)
    _ledger_and_relay_agree(verdict, by_outcome, copies)
    _nobody_else_got_it(verdict, cast, by_outcome, copies)
    _each_got_their_own(verdict, cast, rows, lines)
    _doubt_is_small_and_listed(verdict, cast, rows, storm)
    _nothing_is_left_over(verdict, cast, fleet)
    return verdict


def _count(verdict: Verdict, by_outcome, copies, complete: bool) -> None:
    verdict.arrived = len(by_outcome[Outcome.IN_DOUBT] & set(copies))
    verdict.lost = len(by_outcome[Outcome.SENT] - set(copies)) + complete * len(by_outcome[Outcome.PENDING])


def _everyone_has_one_end(verdict: Verdict, cast: Cast, rows, by_outcome) -> None:
    verdict.expect(len(rows) == verdict.frozen, f"{len(rows)} rows for {verdict.frozen} frozen recipients")
    addresses = [cast.addresses[row.supporter_id] for row in rows]
    verdict.expect(len(set(addresses)) == len(addresses), "an address is on the list twice")
    verdict.expect(set(addresses) == cast.wanted, "the frozen list is not who should get it")
    verdict.expect(not by_outcome[Outcome.PENDING], f"{len(by_outcome[Outcome.PENDING])} people still wait")
    progress = cast.mailing.chunks.all().progress()
    ends = sum(progress[name] for name in ("sent", "refused", "suppressed", "cancelled", "in_doubt"))
    verdict.expect(ends == verdict.frozen == progress["total"], f"the counters say {progress}")
    with connection.cursor() as cursor:
        cursor.execute(_DISAGREE, [cast.mailing.pk])
        wrong = [no for (no,) in cursor.fetchall()]
    verdict.expect(not wrong, f"rows and counters disagree in chunks {wrong[:5]}")


def _ledger_and_relay_agree(verdict: Verdict, by_outcome, copies) -> None:
    sent, doubt = by_outcome[Outcome.SENT], by_outcome[Outcome.IN_DOUBT]
    verdict.expect(not verdict.lost, f"{verdict.lost} lost")
    verdict.expect(not verdict.twice, f"{verdict.twice} copies too many")
    verdict.expect(set(copies) <= sent | doubt, f"{len(set(copies) - sent - doubt)} arrived that the ledger denies")
    verdict.expect(not by_outcome[Outcome.REFUSED] & set(copies), "somebody refused got it")


def _nobody_else_got_it(verdict: Verdict, cast: Cast, by_outcome, copies) -> None:
    verdict.expect(set(copies) <= cast.wanted, f"outsiders got it: {sorted(set(copies) - cast.wanted)[:5]}")
    verdict.expect(not cast.leavers & set(copies), "somebody got it who had left before the first message")
    verdict.expect(by_outcome[Outcome.SUPPRESSED] == cast.leavers, "left out are not exactly those who left")


def _each_got_their_own(verdict: Verdict, cast: Cast, rows, lines) -> None:
    """The Message-ID names a row: it must be the row of the person who got it."""
    of_row = {f"m{cast.mailing.pk}.{row.seq}": cast.addresses[row.supporter_id] for row in rows}
    wrong = [a for a, message_id, *_ in lines if of_row.get(message_id.strip("<>").partition("@")[0]) != a]
    verdict.expect(not wrong, f"{len(wrong)} got somebody else’s message")


def _doubt_is_small_and_listed(verdict: Verdict, cast: Cast, rows, storm: Storm) -> None:
    doubted = [row for row in rows if row.outcome == Outcome.IN_DOUBT]
    listed = set(cast.mailing.deliveries.in_doubt().values_list("seq", flat=True))
    verdict.expect(listed == {row.seq for row in doubted}, "not everybody in doubt is listed")
    verdict.expect(all(row.reply for row in doubted), "somebody is in doubt and nothing says why")
    with_host = [row.seq for row in doubted if row.reply.startswith(HOST_WORDS)]
    verdict.host_doubt = len(with_host)
    spans = Chunk.objects.filter(mailing=cast.mailing, no__in=storm.taken).values_list("lo", "hi")
    held = {seq for lo, hi in spans for seq in range(lo, hi + 1)}
    verdict.expect(set(with_host) <= held, "given up with a host that did not have them")
    most = (storm.blows["freeze"] + storm.blows["loss"]) * PROCESSES * SLOTS
    verdict.expect(len(storm.taken) <= most, f"the hosts struck held {len(storm.taken)} chunks, not {most} at most")
    rest = len(doubted) - len(with_host)
    verdict.expect(rest <= MOST_IN_DOUBT * verdict.frozen, f"{rest} in doubt are more than {MOST_IN_DOUBT:.0%}")


def _nothing_is_left_over(verdict: Verdict, cast: Cast, fleet: Fleet) -> None:
    state = Mailing.objects.get(pk=cast.mailing.pk).state
    verdict.expect(state == Mailing.State.DONE, f"the mailing is {state}")
    left = [slot.work.chunk for host in fleet.hosts for dead in recover(host.journal) for slot in dead.slots]
    verdict.expect(not left, f"journals still speak of chunks {left}")

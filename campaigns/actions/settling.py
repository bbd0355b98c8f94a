"""Writing down what became of a chunk's rows. A token fences off whoever lost the lease."""

import random
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from campaigns.actions.prepared import Prepared, listed
from campaigns.actions.returning import silence_refused
from campaigns.models import Chunk, Delivery, Mailing

# Three days after the freeze, but never before so many tries: a mailing may have been paused for most of that time.
GIVE_UP_AFTER, LEAST_TRIES = timedelta(days=3), 8
FIRST_WAIT, LONGEST_WAIT, JITTER = timedelta(minutes=1), timedelta(hours=4), 0.25
# Beyond the outcomes of a delivery, two that leave it waiting.
DEFERRED, UNTOUCHED = -1, -2

Outcome = Delivery.Outcome


class Settled(NamedTuple):
    """What became of one row; `outcome` is a Delivery.Outcome, DEFERRED or UNTOUCHED."""

    seq: int
    outcome: int
    reply: str = ""


@transaction.atomic
def settle_chunk(mailing_id: int, no: int, token: uuid.UUID, results: Iterable[Settled]) -> bool:
    """Write what became of a chunk's rows and give the chunk back.

    False, and nothing is written, when the lease was lost to somebody else in the meantime.
    """
    now = timezone.now()
    ended, deferred = [], []
    for result in results:
        (ended if result.outcome > 0 else deferred).append(result)
    deferred = [result for result in deferred if result.outcome == DEFERRED]
    given_up = _given_up(mailing_id, deferred, now)
    ended += [result._replace(outcome=Outcome.REFUSED) for result in deferred if result.seq in given_up]
    deferred = [result for result in deferred if result.seq not in given_up]
    waiting = _write(mailing_id, no, token, now, ended)
    if waiting is None:
        return False
    silence_refused(mailing_id, [(each.seq, each.reply) for each in ended if each.outcome == Outcome.REFUSED], now)
    if waiting:
        _write_waits(mailing_id, deferred, now)
        if Mailing.objects.filter(pk=mailing_id, state=Mailing.State.STOPPED).exists():
            cancel_rest(mailing_id, no, now)
        give_back(mailing_id, no)
    else:
        _CLOSE.run(mailing_id, no)
    return True


def _given_up(mailing_id: int, deferred: list[Settled], now) -> set[int]:
    """Which of these rows have been tried long enough."""
    if not deferred or now - Mailing.objects.values_list("frozen_at", flat=True).get(pk=mailing_id) <= GIVE_UP_AFTER:
        return set()
    tried = Delivery.objects.filter(mailing_id=mailing_id, attempts__gte=LEAST_TRIES - 1)
    return set(tried.filter(seq__in=[result.seq for result in deferred]).values_list("seq", flat=True))


# Rows and counters in one statement, so that they can never disagree.
_WRITE = Prepared(
    "settle_rows",
    ("bigint", "int", "uuid", "timestamptz", "text", "text", "text"),
    """
    WITH held AS MATERIALIZED (
        SELECT lo, hi FROM campaigns_chunk
        WHERE mailing_id = $1 AND no = $2 AND ($3 IS NULL OR owner = $3) FOR UPDATE
    ), said AS MATERIALIZED (
        SELECT unnest(string_to_array($5, ',')::int[]) AS seq, unnest(string_to_array($6, ',')::smallint[]) AS outcome,
            unnest(string_to_array($7, chr(31))) AS reply
    ), changed AS (
        UPDATE campaigns_delivery d
        SET outcome = said.outcome, reply = coalesce(said.reply, ''), settled_at = $4,
            address = CASE WHEN said.outcome IN (3, 4) THEN '' ELSE d.address END,
            attempts = d.attempts + CASE WHEN said.outcome IN (1, 2, 5) THEN 1 ELSE 0 END
        FROM said, held
        WHERE d.mailing_id = $1 AND d.seq = said.seq AND d.seq BETWEEN held.lo AND held.hi AND d.outcome = 0
        RETURNING d.outcome
    ), counted AS (
        SELECT count(*) FILTER (WHERE outcome = 1) AS sent, count(*) FILTER (WHERE outcome = 2) AS refused,
            count(*) FILTER (WHERE outcome = 3) AS suppressed, count(*) FILTER (WHERE outcome = 4) AS cancelled,
            count(*) FILTER (WHERE outcome = 5) AS in_doubt
        FROM changed
    )
    UPDATE campaigns_chunk c SET sent = c.sent + n.sent, refused = c.refused + n.refused,
        suppressed = c.suppressed + n.suppressed, cancelled = c.cancelled + n.cancelled,
        in_doubt = c.in_doubt + n.in_doubt
    FROM counted n, held WHERE c.mailing_id = $1 AND c.no = $2
    RETURNING c.hi - c.lo + 1 - c.sent - c.refused - c.suppressed - c.cancelled - c.in_doubt
    """,
)


_CLOSE = Prepared(
    "close_chunk",
    ("bigint", "int"),
    """
    UPDATE campaigns_chunk SET state = 2, owner = NULL, lease_until = NULL, not_before = NULL
    WHERE mailing_id = $1 AND no = $2
    """,
)


def write_outcomes(mailing_id: int, no: int, results: list[Settled], now) -> None:
    """Write the ends of some rows of a chunk that the caller holds. Who is not mailed leaves no address."""
    if results:
        _write(mailing_id, no, None, now, results)


def _write(mailing_id: int, no: int, token: uuid.UUID | None, now, results: list[Settled]) -> int | None:
    """How many rows of the chunk still wait; None when the token is not its owner's."""
    seqs = listed([result.seq for result in results])
    outcomes = listed([int(result.outcome) for result in results])
    replies = "\x1f".join([result.reply[:200].replace("\x1f", " ") for result in results])
    rows = _WRITE.run(mailing_id, no, token, now, seqs, outcomes, replies)
    return rows[0][0] if rows else None


def _write_waits(mailing_id: int, deferred: list[Settled], now) -> None:
    rows = Delivery.objects.filter(mailing_id=mailing_id, seq__in=[result.seq for result in deferred])
    replies = {result.seq: result.reply for result in deferred}
    for row in rows:
        row.attempts += 1
        row.not_before = now + wait_before_retry(row.attempts)
        row.reply = replies[row.seq][:200]
    if deferred:
        Delivery.objects.bulk_update(rows, ["attempts", "not_before", "reply"], batch_size=500)


def wait_before_retry(attempts: int) -> timedelta:
    """From one minute, doubling, to four hours, with up to a quarter more so that a busy relay is not hit at once."""
    doubled = FIRST_WAIT * 2 ** min(attempts - 1, 10)
    return min(doubled, LONGEST_WAIT / (1 + JITTER)) * random.uniform(1, 1 + JITTER)  # noqa: S311


_GIVE_BACK = """
    UPDATE campaigns_chunk c SET owner = NULL, lease_until = NULL,
        state = CASE WHEN w.waiting = 0 THEN 2 ELSE 0 END, not_before = w.not_before
    FROM (
        SELECT count(d.seq) AS waiting,
            CASE WHEN bool_or(d.not_before IS NULL) THEN NULL ELSE min(d.not_before) END AS not_before
        FROM campaigns_chunk h LEFT JOIN campaigns_delivery d
            ON d.mailing_id = h.mailing_id AND d.seq BETWEEN h.lo AND h.hi AND d.outcome = 0
        WHERE h.mailing_id = %(mailing)s AND h.no = %(no)s
    ) w
    WHERE c.mailing_id = %(mailing)s AND c.no = %(no)s
"""


def give_back(mailing_id: int, no: int) -> None:
    """Mark a chunk done, or free again for the rows that still wait. The caller holds it locked."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, {"mailing": mailing_id, "no": no})


def cancel_rest(mailing_id: int, no: int, now) -> None:
    """Nobody else in this chunk gets the mailing. The caller holds it locked."""
    chunk = Chunk.objects.get(mailing_id=mailing_id, no=no)
    rest = Delivery.objects.filter(mailing_id=mailing_id, seq__range=(chunk.lo, chunk.hi), outcome=Outcome.PENDING)
    seqs = rest.values_list("seq", flat=True)
    write_outcomes(mailing_id, no, [Settled(seq, Outcome.CANCELLED) for seq in seqs], now)

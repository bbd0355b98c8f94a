"""Writing down what became of a chunk's rows. A token fences off whoever lost the lease."""

import random
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Chunk, Delivery, Mailing

GIVE_UP_AFTER = timedelta(days=3)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
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
    chunk = Chunk.objects.select_for_update(of=("self",)).filter(mailing_id=mailing_id, no=no).first()
    if chunk is None or chunk.owner != token:
        return False
    mailing = Mailing.objects.get(pk=mailing_id)
    results = list(results)
    if now - mailing.frozen_at > GIVE_UP_AFTER:
        results = [_given_up(result) for result in results]
    write_outcomes(mailing_id, no, [result for result in results if result.outcome > 0], now)
    _write_waits(mailing_id, [result for result in results if result.outcome == DEFERRED], now)
    if mailing.state == Mailing.State.STOPPED:
        cancel_rest(mailing_id, no, now)
    give_back(mailing_id, no)
    return True


def _given_up(result: Settled) -> Settled:
    return result._replace(outcome=Outcome.REFUSED) if result.outcome == DEFERRED else result


_SETTLE = """
    WITH changed AS (
        UPDATE campaigns_delivery d
        SET outcome = v.outcome, reply = v.reply, settled_at = %(now)s,
            address = CASE WHEN v.outcome IN (3, 4) THEN '' ELSE d.address END,
            attempts = d.attempts + CASE WHEN v.outcome = ANY(ARRAY[1, 2, 5]) THEN 1 ELSE 0 END
        FROM unnest(%(seqs)s::int[], %(outcomes)s::smallint[], %(replies)s::text[]) AS v(seq, outcome, reply)
        WHERE d.mailing_id = %(mailing)s AND d.seq = v.seq AND d.outcome = 0
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
    FROM counted n WHERE c.mailing_id = %(mailing)s AND c.no = %(no)s
"""


def write_outcomes(mailing_id: int, no: int, results: list[Settled], now) -> None:
    """Rows and counters in one statement, so that they can never disagree. Who is not mailed leaves no address."""
    if not results:
        return
    given = {
        "mailing": mailing_id,
        "no": no,
        "now": now,
        "seqs": [result.seq for result in results],
        "outcomes": [int(result.outcome) for result in results],
        "replies": [result.reply[:200] for result in results],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, given)


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
    """One minute, doubling to four hours, with a quarter of jitter so that a busy relay is not hit at once."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311


_GIVE_BACK = """
    UPDATE campaigns_chunk c SET owner = NULL, lease_until = NULL,
        state = CASE WHEN w.waiting = 0 THEN 2 ELSE 0 END, not_before = w.not_before
    FROM (
        SELECT count(*) AS waiting,
            CASE WHEN bool_or(not_before IS NULL) THEN NULL ELSE min(not_before) END AS not_before
        FROM campaigns_delivery
        WHERE mailing_id = %(mailing)s AND outcome = 0
            AND seq BETWEEN (SELECT lo FROM campaigns_chunk WHERE mailing_id = %(mailing)s AND no = %(no)s)
                AND (SELECT hi FROM campaigns_chunk WHERE mailing_id = %(mailing)s AND no = %(no)s)
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

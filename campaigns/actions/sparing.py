"""Nobody gets more emails a month than they chose, over all senders together. Service letters do not count."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from campaigns.models import frequency

OVER_LIMIT = "They have had as many emails as they want this month."

# Whoever claims the same people for another mailing waits here, and then sees what we did. In order of id, so that no
# two wait for each other.
_LOCK = "SELECT FROM people_supporter WHERE id = ANY(%(people)s) ORDER BY id FOR NO KEY UPDATE"

# Beside what they had, what other workers hold in their hands counts as if it had arrived. Who holds what is looked up
# once, and only if somebody waits elsewhere too.
_JUDGE = """
    WITH lent AS MATERIALIZED (
        SELECT c.mailing_id, c.lo, c.hi, c.lease_until - %(lease)s AS taken_at
        FROM campaigns_chunk c JOIN campaigns_mailing m ON m.id = c.mailing_id
        WHERE c.state = 1 AND m.state <> 'done' AND m.id = ANY({lately})
    )
    SELECT s.id FROM people_supporter s
    WHERE s.id = ANY(%(people)s) AND s.most_a_month <= (
        SELECT count(*) FROM campaigns_delivery d
        WHERE d.supporter_id = s.id AND d.mailing_id = ANY({lately}) AND d.mailing_id <> %(mailing)s
            AND ({had} OR d.outcome = 0 AND EXISTS (
                SELECT FROM lent
                WHERE lent.mailing_id = d.mailing_id AND d.seq BETWEEN lent.lo AND lent.hi
                    AND (d.not_before IS NULL OR d.not_before <= lent.taken_at)
            ))
    )
"""


def over_limit(people: Iterable[int], mailing_id: int, *, lease: timedelta, now: datetime) -> set[int]:
    """Who of these, all with a limit of their own, has reached it. In the claiming transaction; locks them.

    `lease`: how long a chunk is lent, which tells when it was taken: rows put off beyond that moment are in no hands.
    """
    given = {"people": list(people), "mailing": mailing_id, "lease": lease, **frequency.since(now)}
    if not given["people"]:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, given)
        cursor.execute(_JUDGE.format(lately=frequency.LATELY, had=frequency.HAD), given)
        return {row[0] for row in cursor.fetchall()}

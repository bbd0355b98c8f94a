"""How many emails somebody had in the last 30 days, over all senders and mailings, in SQL."""

from datetime import timedelta

MONTH = timedelta(days=30)
# A stopped mailing may still settle what was on its way.
_LATE = timedelta(days=1)

# A search looks into the mailings of the last month only, one by one: the index of deliveries begins with the mailing.
LATELY = """
    ARRAY(SELECT id FROM campaigns_mailing WHERE frozen_at IS NOT NULL AND coalesce(finished_at > %(lately)s, TRUE))
"""

# What is in doubt may have arrived.
HAD = "d.outcome IN (1, 5) AND d.settled_at > %(month_ago)s"


def since(now) -> dict:
    """The parameters of LATELY and HAD."""
    return {"month_ago": now - MONTH, "lately": now - MONTH - _LATE}

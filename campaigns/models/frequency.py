"""How many emails somebody had in the last 30 days, over all senders and mailings, in SQL."""

from datetime import timedelta

MONTH = timedelta(days=30)
# A stopped mailing may still settle what was on its way.
_LATE = timedelta(days=1)

# Whatever the number of mailings of all the years, a search looks only into those of the last month.
LATELY = """
    ARRAY(SELECT id FROM campaigns_mailing WHERE frozen_at IS NOT NULL AND coalesce(finished_at > %(lately)s, TRUE))
"""

# What is in doubt may have arrived.
HAD = "d.outcome IN (1, 5) AND d.settled_at > %(month_ago)s"


def since(now) -> dict:
    """The parameters of LATELY and HAD."""
    return {"month_ago": now - MONTH, "lately": now - MONTH - _LATE}

"""Adding up what acts have written, so that a number stays a few rows however many people act."""

from django.db import connection, transaction

# Rows that another clock holds are left to it, so that two at once lose and double nothing.
ADD_UP = """
WITH many AS (
    SELECT action_id, constituency_code FROM campaigns_tally
    GROUP BY action_id, constituency_code HAVING count(*) > 1
), held AS (
    SELECT t.id FROM campaigns_tally t JOIN many USING (action_id, constituency_code) FOR UPDATE OF t SKIP LOCKED
), gone AS (
    DELETE FROM campaigns_tally t USING held WHERE t.id = held.id RETURNING t.action_id, t.constituency_code, t.number
)
INSERT INTO campaigns_tally (action_id, constituency_code, number)
SELECT action_id, constituency_code, sum(number) FROM gone
GROUP BY action_id, constituency_code HAVING sum(number) <> 0
"""


@transaction.atomic
def add_up_tallies() -> int:
    """Make one row of many, for each action and place; no number changes. Returns how many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP)
        return cursor.rowcount

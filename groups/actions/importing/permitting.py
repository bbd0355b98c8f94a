"""The entries in the permission ledger that a file gives reason for; the person's own word always comes first."""

from datetime import datetime, time

from django.db import connection
from django.utils import timezone

from groups.models import PeopleImport
from sanctuary.people.models import Permission

UNDONE = " undone"
_RANGE = "r.people_import_id = %(import)s AND r.number > %(low)s AND r.number <= %(high)s AND r.outcome < 2"

# What an undone file ended counts from now on, not from the day when it was said: that day is over for the ledger.
# Whoever at this address ever said no to this group, or fell silent for everybody, can only come back by themselves.
_GRANT = f"""
    INSERT INTO people_permission (supporter_id, controller_id, purpose, channel, change, basis, wording_id, source,
        occurred_at, recorded_at, recorded_by_id)
    SELECT DISTINCT r.supporter_id, %(controller)s, purpose, 'email', 'granted', 'consent', %(wording)s, %(source)s,
        CASE WHEN coalesce((
            SELECT TRUE FROM people_permission p
            WHERE p.supporter_id = r.supporter_id AND p.controller_id = %(controller)s AND p.purpose = purpose.purpose
                AND p.source LIKE 'import:%%' AND p.source LIKE %(undone)s LIMIT 1
        ), FALSE) THEN %(now)s::timestamptz ELSE %(told_at)s::timestamptz END,
        %(now)s::timestamptz, %(by)s::bigint
    FROM groups_importrow r CROSS JOIN unnest(%(purposes)s::text[]) AS purpose
    WHERE {_RANGE} AND r.emails = 0 AND r.email_mac <> ''
        AND NOT coalesce((
            SELECT TRUE FROM people_suppression x
            WHERE x.email_mac = r.email_mac AND (x.controller_id IS NULL OR x.controller_id = %(controller)s) LIMIT 1
        ), FALSE)
        AND NOT coalesce((
            SELECT TRUE FROM people_supporter s
            WHERE s.email_mac = r.email_mac AND coalesce((
                SELECT TRUE FROM people_permission p
                WHERE p.supporter_id = s.id AND p.controller_id = %(controller)s AND p.change <> 'granted'
                    AND NOT (p.source LIKE 'import:%%' AND p.source LIKE %(undone)s) LIMIT 1
            ), FALSE) LIMIT 1
        ), FALSE)
        AND NOT coalesce((
            SELECT TRUE FROM groups_importrow same
            WHERE same.people_import_id = %(import)s AND same.email_mac = r.email_mac AND same.emails = 2 LIMIT 1
        ), FALSE)
        AND NOT coalesce((
            SELECT TRUE FROM people_currentpermission c
            WHERE c.supporter_id = r.supporter_id AND c.controller_id = %(controller)s
                AND c.purpose = purpose.purpose AND c.channel = 'email' AND c.is_live LIMIT 1
        ), FALSE)
    RETURNING supporter_id
"""

# A no in the file ends what an earlier file said, but not what the person told us here themselves.
_DECLINE = f"""
    INSERT INTO people_permission (supporter_id, controller_id, purpose, channel, change, basis, wording_id, source,
        occurred_at, recorded_at, recorded_by_id)
    SELECT DISTINCT r.supporter_id, %(controller)s, purpose, 'email', 'declined', 'none', NULL::bigint, %(source)s,
        %(now)s::timestamptz, %(now)s::timestamptz, %(by)s::bigint
    FROM groups_importrow r CROSS JOIN unnest(%(all_purposes)s::text[]) AS purpose
    WHERE {_RANGE} AND r.emails = 2
        AND NOT coalesce((
            SELECT TRUE FROM people_permission p
            WHERE p.supporter_id = r.supporter_id AND p.controller_id = %(controller)s
                AND p.source NOT LIKE 'import:%%' LIMIT 1
        ), FALSE)
    RETURNING supporter_id
"""


def grant_rows(cursor, people_import: PeopleImport, values: dict, now: datetime) -> int:
    """Nothing without a stated yes, its words, day and place. Returns for how many people."""
    if people_import.agreed != PeopleImport.Agreed.YES:
        return 0
    told_at = timezone.make_aware(datetime.combine(people_import.told_on, time.min))
    extra = {
        "wording": people_import.wording_id,
        "purposes": people_import.purposes,
        "told_at": told_at,
        "undone": f"%{UNDONE}",
    }
    cursor.execute(_GRANT, values | _shared(people_import, now) | extra)
    return len({row[0] for row in cursor.fetchall()})


def decline_rows(cursor, people_import: PeopleImport, values: dict, now: datetime) -> int:
    """What the rows themselves say: no emails. Returns for how many people."""
    cursor.execute(_DECLINE, values | _shared(people_import, now) | {"all_purposes": Permission.Purpose.values})
    return len({row[0] for row in cursor.fetchall()})


def _shared(people_import: PeopleImport, now: datetime) -> dict:
    return {
        "controller": people_import.group.controller_id,
        "source": people_import.source,
        "by": people_import.created_by_id,
        "now": now,
    }


_WITHDRAW = """
    INSERT INTO people_permission (supporter_id, controller_id, purpose, channel, change, basis, wording_id, source,
        occurred_at, recorded_at, recorded_by_id)
    SELECT c.supporter_id, c.controller_id, c.purpose, c.channel, 'withdrawn', 'none', NULL::bigint, %(source)s,
        %(now)s::timestamptz, %(now)s::timestamptz, %(by)s::bigint
    FROM people_currentpermission c
    WHERE c.supporter_id = ANY(%(people)s) AND c.controller_id = %(controller)s AND c.is_live
        AND coalesce((
            SELECT TRUE FROM people_permission p
            WHERE p.supporter_id = c.supporter_id AND p.controller_id = c.controller_id AND p.purpose = c.purpose
                AND p.source = %(imported)s AND p.change = 'granted' LIMIT 1
        ), FALSE)
        AND NOT coalesce((
            SELECT TRUE FROM people_permission p
            WHERE p.supporter_id = c.supporter_id AND p.controller_id = c.controller_id AND p.purpose = c.purpose
                AND p.source <> %(imported)s AND p.change = 'granted' LIMIT 1
        ), FALSE)
"""


def withdraw_rows(people_import: PeopleImport, people: list[int], now: datetime) -> None:
    """What this file granted ends; what they agreed to by themselves goes on."""
    values = _shared(people_import, now) | {"people": people, "imported": people_import.source}
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, values | {"source": people_import.source + UNDONE})

"""Who might be the same person: among the members of one group, and never beyond it."""

from dataclasses import dataclass

from django.db import connection

from groups.models.group import LocalGroup
from groups.models.membership import Membership

SHOWN_AT_MOST = 200

# The same mailbox, or the same name in the same place. Two joins that can hash, where one with OR could not.
_PAIRS = """
    WITH members AS MATERIALIZED (
        SELECT m.id, s.kind, s.email_mac, s.outward_code,
            lower(regexp_replace(btrim(s.name), '\\s+', ' ', 'g')) AS plain
        FROM groups_membership m JOIN people_supporter s ON s.id = m.supporter_id
        WHERE m.group_id = %(group)s AND m.left_on IS NULL
    ), pairs AS (
        SELECT a.id AS one, b.id AS other, TRUE AS same_address
        FROM members a JOIN members b ON a.email_mac = b.email_mac AND a.kind = b.kind AND a.id < b.id
        WHERE a.email_mac <> ''
        UNION ALL
        SELECT a.id, b.id, FALSE
        FROM members a
        JOIN members b ON a.plain = b.plain AND a.outward_code = b.outward_code AND a.kind = b.kind AND a.id < b.id
        WHERE a.outward_code <> ''
    )
    SELECT one, other, bool_or(same_address) FROM pairs p
    WHERE NOT EXISTS (SELECT FROM groups_knownapart k WHERE k.first_id = p.one AND k.second_id = p.other)
        AND (%(member)s::bigint IS NULL OR %(member)s IN (p.one, p.other))
    GROUP BY one, other ORDER BY one, other LIMIT %(most)s
"""


@dataclass(frozen=True)
class Pair:
    """Two members who look alike, and why we think so."""

    one: Membership
    other: Membership
    same_address: bool

    @property
    def why(self) -> str:
        return "Same email address" if self.same_address else "Same name, same place"


def pairs_in(group: LocalGroup, member: Membership | None = None) -> list[Pair]:
    """Pairs of current members of this group that look alike; with `member`, the pairs that they are in, first."""
    given = {"group": group.pk, "member": member.pk if member else None, "most": SHOWN_AT_MOST}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, given)
        rows = cursor.fetchall()
    numbers = {number for one, other, _ in rows for number in (one, other)}
    found = Membership.objects.filter(group=group).with_supporter().with_email_state().in_bulk(numbers)
    pairs = [Pair(found[one], found[other], same) for one, other, same in rows if one in found and other in found]
    return [_facing(pair, member) for pair in pairs] if member else pairs


def _facing(pair: Pair, member: Membership) -> Pair:
    return pair if pair.one == member else Pair(pair.other, pair.one, pair.same_address)

"""Taking the next chunk of a mailing, through the gate. The broker only rings; the database decides."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from campaigns.actions.limiting import hold_back, may_send
from campaigns.actions.naming import Names
from campaigns.actions.prepared import Prepared
from campaigns.actions.settling import Settled, write_outcomes
from campaigns.actions.sparing import OVER_LIMIT, over_limit
from campaigns.models import Delivery, Mailing
from groups.models import LocalGroup, Membership
from sanctuary.post.journal import Slot, Work

LEASE = timedelta(seconds=90)
# A worker that looks a moment late may make up for it, or the rate asked for would never be reached.
CATCH_UP = timedelta(seconds=1)
LEFT_THE_GROUP = "They left the group."
_ASKED = ("group_id", "controller_id", "purpose", "is_big_moment", "is_urgent", "per_minute", "next_send_at")


class Recipient(NamedTuple):
    """One row of a claimed chunk, with what the merge fields need."""

    seq: int
    supporter_id: int
    address: str
    name: str
    first_name: str
    group: str
    place: str


@dataclass(frozen=True)
class Claim:
    """A chunk in our hands for as long as its lease, and the recipients whom the gate let through."""

    mailing_id: int
    no: int
    lo: int
    hi: int
    token: uuid.UUID
    recipients: list[Recipient]
    slot: Slot | None = None


# Materialised, or the planner may lease every free chunk at once.
_TAKE = Prepared(
    "take_chunk",
    ("bigint", "timestamptz", "uuid", "text", "timestamptz"),
    """
    WITH next AS MATERIALIZED (
        SELECT no FROM campaigns_chunk
        WHERE mailing_id = $1 AND state = 0 AND (not_before IS NULL OR not_before <= $2)
        ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE campaigns_chunk c SET state = 1, owner = $3, host = $4, lease_until = $5
    FROM next WHERE c.mailing_id = $1 AND c.no = next.no
    RETURNING c.no, c.lo, c.hi
    """,
)

# The gate. Whoever left, complained, moved or asked for rest since the freeze is stopped here.
_READ = Prepared(
    "read_through_the_gate",
    ("bigint", "int", "int", "timestamptz", "bigint", "text", "boolean", "date", "boolean"),
    """
    SELECT d.seq, d.supporter_id, d.address, coalesce(s.name, ''),
        CASE WHEN s.kind = 'person' THEN split_part(s.name, ' ', 1) ELSE '' END,
        CASE WHEN $9 THEN (
            SELECT group_id FROM groups_membership
            WHERE supporter_id = s.id AND left_on IS NULL ORDER BY id LIMIT 1
        ) END,
        s.outward_code,
        s.most_a_month IS NOT NULL,
        CASE
            WHEN s.id IS NULL OR s.email <> d.address THEN 'The address is no longer theirs.'
            WHEN NOT coalesce((
                SELECT p.is_live FROM people_currentpermission p
                WHERE p.supporter_id = s.id AND p.controller_id = $5 AND p.purpose = $6 AND p.channel = 'email'
                LIMIT 1
            ), FALSE) THEN 'They withdrew their permission.'
            WHEN (
                SELECT TRUE FROM people_suppression x
                WHERE x.email_mac = s.email_mac AND (x.controller_id IS NULL OR x.controller_id = $5) LIMIT 1
            ) THEN 'The address is suppressed.'
            WHEN s.emails_paused_until > $8 OR (s.only_big_moments AND NOT $7) THEN 'They are resting.'
        END
    FROM campaigns_delivery d
    LEFT JOIN LATERAL (SELECT * FROM people_supporter WHERE id = d.supporter_id LIMIT 1) s ON TRUE
    WHERE d.mailing_id = $1 AND d.seq BETWEEN $2 AND $3 AND d.outcome = 0
        AND (d.not_before IS NULL OR d.not_before <= $4)
    ORDER BY d.seq
    """,
)


@transaction.atomic
def claim_chunk(
    mailing_id: int, *, host: str, note: Callable[[Work], Slot] | None = None, names: Names | None = None
) -> Claim | None:
    """Take the next free chunk of a running mailing and read it through the gate, in one transaction.

    `note` writes the loan into the worker's journal before it is committed, so that no loan is ever without a witness.
    `names` are those of groups and places, for the merge fields. None when the mailing does not run, must wait for its
    rate, the relay or the morning, or nothing is free.
    """
    now = timezone.now()
    mailing = Mailing.objects.running().only(*_ASKED).filter(pk=mailing_id).first()
    if mailing is None or not _within_rate(mailing, now) or not may_send(mailing, now):
        return None
    names = names or Names()
    token = uuid.uuid4()
    taken = _TAKE.run(mailing_id, now, token, host, now + LEASE)
    if not taken:
        return None
    ((no, lo, hi),) = taken
    rows = _READ.run(mailing_id, lo, hi, now, *_gate(mailing), names.wants_groups)
    reasons = _reasons(rows, mailing, now)
    stopped = [Settled(seq, Delivery.Outcome.SUPPRESSED, reason) for seq, reason in reasons.items()]
    write_outcomes(mailing_id, no, stopped, now)
    passed = [_recipient(row, names) for row in rows if row[0] not in reasons]
    recipients = hold_back(mailing_id, passed, now)
    _use_rate(mailing, len(recipients), now)
    slot = note(Work(mailing_id, no, lo, hi, token.bytes)) if note else None
    return Claim(mailing_id, no, lo, hi, token, recipients, slot)


def passes_gate(mailing: Mailing, seq: int) -> bool:
    """Whether the gate still lets through one row of a chunk that we hold. False also when somebody settled the row."""
    rows = _READ.run(mailing.pk, seq, seq, timezone.now(), *_gate(mailing), False)
    return any(not row[-1] for row in rows) and not _who_left(mailing, [row[1] for row in rows])


def _recipient(row: tuple, names: Names) -> Recipient:
    seq, supporter_id, address, name, first_name, group, place, *_ = row
    called = names.groups.get(group, ""), names.places.get(place, "")
    return Recipient(seq, supporter_id, address, name, first_name, *called)


def _reasons(rows: list[tuple], mailing: Mailing, now) -> dict[int, str]:
    """Why those whom the gate stops get nothing, by `seq`. Those with a limit of their own are looked at last."""
    left = _who_left(mailing, [row[1] for row in rows])
    reasons = {row[0]: row[-1] or LEFT_THE_GROUP for row in rows if row[-1] or row[1] in left}
    limited = {row[1]: row[0] for row in rows if row[-2] and row[0] not in reasons}
    over = over_limit(limited, mailing.pk, lease=LEASE, now=now)
    return reasons | {limited[person]: OVER_LIMIT for person in over}


def _who_left(mailing: Mailing, people: list[int]) -> set[int]:
    """A group's email is for its own people: whoever was taken off its list since the freeze, or all when it closed.

    Asked beside the gate, so that the national charity's emails, which have a million rows, pay nothing for it.
    """
    if mailing.group_id is None:
        return set()
    here = Membership.objects.current().filter(group=mailing.group_id, supporter__in=people)
    here = here.exclude(group__status=LocalGroup.Status.CLOSED)
    return set(people) - set(here.values_list("supporter", flat=True))


def _gate(mailing) -> tuple:
    return mailing.controller_id, mailing.purpose, mailing.is_big_moment, timezone.localdate()


def _within_rate(mailing, now) -> bool:
    if not mailing.per_minute:
        return True
    # Without its key, or somebody who acts from this very mailing while we wait for them would wait for us.
    locked = Mailing.objects.select_for_update(of=("self",), no_key=True).get(pk=mailing.pk)
    mailing.next_send_at = locked.next_send_at
    return locked.next_send_at is None or locked.next_send_at <= now


def _use_rate(mailing, count: int, now) -> None:
    if mailing.per_minute:
        spent = timedelta(minutes=count / mailing.per_minute)
        begins = max(now - CATCH_UP, mailing.next_send_at or now)
        Mailing.objects.filter(pk=mailing.pk).update(next_send_at=begins + spent)

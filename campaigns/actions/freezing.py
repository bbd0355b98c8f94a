"""Freezing an audience: from here on the list is fixed, and every outcome is accounted for."""

from django.db import connection, transaction
from django.utils import timezone

from campaigns.actions.limiting import slowest_rate
from campaigns.actions.relaying import relay_campaign
from campaigns.models import Audience, Mailing, Relay
from campaigns.models.audience import Counts
from sanctuary.audit.actions import record

LARGEST_CHUNK, SMALLEST_CHUNK = 500, 25

_CHUNKS = """
    INSERT INTO campaigns_chunk (mailing_id, no, lo, hi, state, host, sent, refused, suppressed, cancelled, in_doubt)
    SELECT %(mailing)s, (lo - 1) / %(size)s + 1, lo, least(lo + %(size)s - 1, %(total)s), 0, '', 0, 0, 0, 0, 0
    FROM generate_series(1, %(total)s, %(size)s) AS lo
"""


@transaction.atomic
def freeze_and_start(mailing: Mailing) -> Mailing:
    """Turn a scheduled mailing whose time has come into a frozen list that workers may claim. Harmless to repeat.

    One statement chooses the recipients, writes their rows and counts everybody who was left out and why.
    """
    now = timezone.now()
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if mailing.state != Mailing.State.SCHEDULED or mailing.starts_at > now:
        return mailing
    counts = _freeze(mailing)
    mailing.counts, mailing.frozen_at = counts.as_dict(), now
    mailing.state = Mailing.State.SENDING if counts.recipients else Mailing.State.DONE
    mailing.finished_at = None if counts.recipients else now
    mailing.save(update_fields=["counts", "frozen_at", "state", "finished_at"])
    record("campaigns.start_mailing", mailing, by="clock", recipients=counts.recipients)
    if mailing.group and mailing.campaign and counts.recipients:
        relay_campaign(mailing.campaign, mailing.group, by=mailing.author, way=Relay.Way.EMAIL)
    return mailing


def _freeze(mailing: Mailing) -> Counts:
    audience = Audience.of(mailing)
    with connection.cursor() as cursor:
        cursor.execute(audience.freeze_sql(mailing), {**audience.parameters(mailing), "mailing": mailing.pk})
        counts = audience.read_counts(cursor.fetchall())
        if counts.recipients:
            size = chunk_size(slowest_rate(mailing))
            cursor.execute(_CHUNKS, {"mailing": mailing.pk, "size": size, "total": counts.recipients})
            cursor.execute("ANALYZE campaigns_delivery, campaigns_chunk")
    return counts


def chunk_size(per_minute: int | None) -> int:
    """Rows in a chunk: at most one second of sending at the mailing's rate, within what is efficient."""
    if per_minute is None:
        return LARGEST_CHUNK
    return max(1 if per_minute < 60 * SMALLEST_CHUNK else SMALLEST_CHUNK, min(LARGEST_CHUNK, per_minute // 60))

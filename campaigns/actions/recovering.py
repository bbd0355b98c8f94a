"""After a death: a dead worker's journal says which messages were on their way, and only those are in doubt."""

import socket
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.actions.claiming import LEASE
from campaigns.actions.settling import DEFERRED, Settled, settle_chunk
from campaigns.models import Chunk, Delivery
from sanctuary.post.journal import ACCEPTED, COMMITTING, REFUSED, Work, recover
from sanctuary.post.journal import DEFERRED as PUT_OFF

# Time for a host that lost its worker to read its own journal first.
GRACE = timedelta(seconds=60)

_MEANING = {
    ACCEPTED: (Delivery.Outcome.SENT, ""),
    REFUSED: (Delivery.Outcome.REFUSED, "Refused; the relay's words were lost with the worker."),
    PUT_OFF: (DEFERRED, "Put off; the relay's words were lost with the worker."),
    COMMITTING: (Delivery.Outcome.IN_DOUBT, "The worker died before the relay's answer."),
}


def host_name() -> str:
    return socket.gethostname()[:100]


def recover_journals() -> int:
    """Settle every chunk whose worker died on this host. Returns how many chunks were settled."""
    settled = 0
    for dead in recover(settings.JOURNAL_DIR):
        for work, states in dead.slots:
            settled += _settle_for_the_dead(work, states)
        dead.discard()
    return settled


@transaction.atomic
def _settle_for_the_dead(work: Work, states: bytes) -> bool:
    """False when somebody else has settled it, or when the database, say a restored one, has no such loan."""
    token = uuid.UUID(bytes=work.token)
    # Whoever it belongs to: so we wait for a loan that is being committed although its worker has just died.
    chunks = Chunk.objects.select_for_update(of=("self",), no_key=True)
    chunk = chunks.filter(mailing_id=work.mailing, no=work.chunk).first()
    if chunk is None or chunk.owner != token:
        return False
    # After a restart of the machine every row looks underway, also those that wait for their time.
    lent = set(_lent(chunk).values_list("seq", flat=True))
    results = [
        Settled(seq, *_MEANING[state])
        for seq, state in enumerate(states, work.lo)
        if state in _MEANING and (state != COMMITTING or seq in lent)
    ]
    return settle_chunk(work.mailing, work.chunk, token, results)


@transaction.atomic
def doubt_expired_chunk() -> bool:
    """One chunk whose lease ran out with no journal to ask: its host is gone, so every unsettled row is in doubt.

    False when there is none.
    """
    expired = Chunk.objects.expired(timezone.now() - GRACE).select_for_update(skip_locked=True, of=("self",))
    chunk = expired.first()
    if chunk is None:
        return False
    words = "The host was lost, or stalled past its lease."
    results = [Settled(seq, Delivery.Outcome.IN_DOUBT, words) for seq in _lent(chunk).values_list("seq", flat=True)]
    settle_chunk(chunk.mailing_id, chunk.no, chunk.owner, results)
    return True


def _lent(chunk: Chunk) -> QuerySet[Delivery]:
    """What waits of a taken chunk, without what was put off earlier and so was not part of what was taken."""
    waiting = Delivery.objects.filter(
        mailing_id=chunk.mailing_id, seq__range=(chunk.lo, chunk.hi), outcome=Delivery.Outcome.PENDING
    )
    return waiting.exclude(not_before__gt=chunk.lease_until - LEASE)

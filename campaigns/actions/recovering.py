"""After a death: a dead worker's journal says which messages were on their way, and only those are in doubt."""

import socket
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns.actions.claiming import LEASE
from campaigns.actions.settling import DEFERRED, Settled, settle_chunk
from campaigns.models import Chunk, Delivery
from sanctuary.post.journal import ACCEPTED, COMMITTING, REFUSED, recover
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
            results = [Settled(work.lo + n, *_MEANING[state]) for n, state in enumerate(states) if state in _MEANING]
            settled += settle_chunk(work.mailing, work.chunk, uuid.UUID(bytes=work.token), results)
        dead.discard()
    return settled


@transaction.atomic
def doubt_expired_chunk() -> bool:
    """One chunk whose lease ran out with no journal to ask: its host is gone, so every unsettled row is in doubt.

    False when there is none.
    """
    expired = Chunk.objects.expired(timezone.now() - GRACE).select_for_update(skip_locked=True, of=("self",))
    chunk = expired.first()
    if chunk is None:
        return False
    waiting = Delivery.objects.filter(
        mailing_id=chunk.mailing_id, seq__range=(chunk.lo, chunk.hi), outcome=Delivery.Outcome.PENDING
    ).exclude(not_before__gt=chunk.lease_until - LEASE)  # put off earlier, so not part of what was taken
    words = "The host was lost, or stalled past its lease."
    results = [Settled(seq, Delivery.Outcome.IN_DOUBT, words) for seq in waiting.values_list("seq", flat=True)]
    settle_chunk(chunk.mailing_id, chunk.no, chunk.owner, results)
    return True

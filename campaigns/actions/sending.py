"""One worker's share of a mailing: claim a chunk, hand it to the relay, settle it, take the next."""

import os
import threading
import time
import uuid

from django.conf import settings
from django.utils import timezone
from sanctuary.post.journal import Journal
from sanctuary.post.pump import Envelope, Pump, RelayDown, RelayRefused, Verdict

from campaigns.actions.claiming import Claim, claim_chunk
from campaigns.actions.composing import Values, compose, sender_address
from campaigns.actions.controlling import finish_mailing, pause_mailing
from campaigns.actions.recovering import host_name, recover_journals
from campaigns.actions.settling import DEFERRED, UNTOUCHED, Settled, settle_chunk
from campaigns.models import Delivery, Mailing
from sanctuary.post.message import BadValue

LONGEST_TURN = 45.0  # seconds: below every visibility timeout and every shutdown deadline
POLL = 0.2  # seconds between looks when a mailing's rate is used up for the moment
SAFETY = 10.0  # seconds before the lease ends at which nothing more is committed

_MEANING = {
    Verdict.ACCEPTED: Delivery.Outcome.SENT,
    Verdict.REFUSED: Delivery.Outcome.REFUSED,
    Verdict.DEFERRED: DEFERRED,
    Verdict.DOUBT: Delivery.Outcome.IN_DOUBT,
    Verdict.FREE: UNTOUCHED,
}
_own = threading.local()


def send_for(mailing_id: int, seconds: float = LONGEST_TURN) -> bool:
    """Send chunks of one mailing until the time is up or nothing is free. True when there is more to do.

    A relay that is away pauses the mailing with the relay's own words.
    """
    recover_journals()
    mailing = Mailing.objects.select_related("campaign", "controller").get(pk=mailing_id)
    turn, ends = _Turn(mailing), time.monotonic() + seconds
    while time.monotonic() < ends:
        claim = claim_chunk(mailing_id, host=host_name())
        if claim is not None:
            turn.send(claim)
        elif not mailing.per_minute or not _waits_for_rate(mailing_id):
            finish_mailing(mailing)
            return False
        else:
            time.sleep(POLL)
    return True


def _waits_for_rate(mailing_id: int) -> bool:
    now = timezone.now()
    running = Mailing.objects.running().filter(pk=mailing_id, next_send_at__gt=now)
    return running.with_free_chunks(now).exists()


class _Turn:
    """What one turn of sending keeps between chunks: the compiled message and this process's connections."""

    def __init__(self, mailing: Mailing):
        self.mailing = mailing
        self.message = compose(mailing)
        self.values = Values(mailing)
        self.mail_from = sender_address()

    def send(self, claim: Claim) -> None:
        """Hand one chunk to the relay and settle it. Rows the relay never saw go back to waiting."""
        results: list[Settled] = []
        journal = _journal()
        journal.begin(claim.mailing_id, claim.no, claim.lo, claim.hi, claim.token)
        try:
            self._hand_over(claim, journal, results)
            settle_chunk(claim.mailing_id, claim.no, claim.token, results)
        except BaseException:
            _abandon_journal()
            raise
        journal.release()

    def _hand_over(self, claim: Claim, journal: Journal, results: list[Settled]) -> None:
        left = (claim.lease_until - timezone.now()).total_seconds() - SAFETY
        try:
            for v in _pump().send(self._envelopes(claim, results), journal, deadline=time.monotonic() + left):
                results.append(Settled(v.row, _MEANING[v.verdict], f"{v.code} {v.text}".strip()))
        except (RelayDown, RelayRefused) as words:
            pause_mailing(self.mailing, by="clock", reason=f"The mail relay does not take messages: {words}")

    def _envelopes(self, claim: Claim, results: list[Settled]):
        for recipient in claim.recipients:
            try:
                data = self.message.render(self.values.of(recipient))
            except BadValue as error:
                results.append(Settled(recipient.seq, Delivery.Outcome.REFUSED, f"Could not be written: {error}"))
            else:
                yield Envelope(recipient.seq, self.mail_from, recipient.address, data)


def _pump() -> Pump:
    """This process's own connections, kept from chunk to chunk. A forked child starts with none."""
    if getattr(_own, "pump_of", None) != os.getpid():
        _own.pump, _own.pump_of = _new_pump(), os.getpid()
    return _own.pump


def _new_pump() -> Pump:
    return Pump(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        connections=settings.MAIL_CONNECTIONS,
        username=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
    )


def _journal() -> Journal:
    if getattr(_own, "journal_of", None) != os.getpid():
        _own.journal, _own.journal_of = Journal.open(settings.JOURNAL_DIR, uuid.uuid4()), os.getpid()
    return _own.journal


def _abandon_journal() -> None:
    """Let go of the journal without clearing it: to `recover_journals` it is then a dead worker's."""
    _own.journal_of = None
    _own.journal.close()

"""One worker's share of a mailing: claim a chunk, hand it to the relay, settle it, take the next."""

import os
import threading
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from campaigns.actions.claiming import Claim, claim_chunk
from campaigns.actions.composing import Values, compose
from campaigns.actions.controlling import finish_mailing, pause_mailing
from campaigns.actions.limiting import quiet_until, relay_is_full
from campaigns.actions.recovering import host_name, recover_journals
from campaigns.actions.settling import DEFERRED, UNTOUCHED, Settled, settle_chunk
from campaigns.models import Delivery, Mailing
from sanctuary.post.journal import Journal
from sanctuary.post.message import BadValue, CompileError
from sanctuary.post.pump import Envelope, Pump, RelayDown, RelayRefused
from sanctuary.post.pump import Outcome as Answer
from sanctuary.post.returns import ReturnPaths

LONGEST_TURN = 15.0  # seconds: below the soft shutdown of a worker, far below every visibility timeout
POLL = 0.2  # seconds between looks when a mailing's rate is used up for the moment
SAFETY = 10.0  # seconds before the lease ends at which nothing more is committed

_MEANING = {
    Answer.ACCEPTED: Delivery.Outcome.SENT,
    Answer.REFUSED: Delivery.Outcome.REFUSED,
    Answer.DEFERRED: DEFERRED,
    Answer.DOUBT: Delivery.Outcome.IN_DOUBT,
    Answer.FREE: UNTOUCHED,
}
_own = threading.local()


def send_for(mailing_id: int, seconds: float = LONGEST_TURN) -> bool:
    """Send chunks of one mailing until the time is up or nothing is free. True when there is more to do.

    A relay that is away pauses the mailing with the relay's own words.
    """
    recover_journals()
    mailing = Mailing.objects.select_related("campaign", "controller").get(pk=mailing_id)
    try:
        return _take_turn(_Turn(mailing), time.monotonic() + seconds)
    except CompileError as words:
        pause_mailing(mailing, by="clock", reason=f"The message could not be built: {words}")
        return False
    except BaseException:
        # Whatever went wrong, the journal knows how far each message came: leave it to be read like a dead worker's.
        _abandon_journal()
        raise


def _take_turn(turn: "_Turn", ends: float) -> bool:
    mailing = turn.mailing
    while time.monotonic() < ends:
        claim = claim_chunk(mailing.pk, host=host_name(), note=_journal().begin)
        if claim is not None:
            turn.send(claim)
        elif _waits_for_rate(mailing):
            time.sleep(POLL)
        else:
            finish_mailing(mailing)
            return False
    return True


def _waits_for_rate(mailing: Mailing) -> bool:
    """Whether it may go on in a moment: its own rate or the relay's is used up, and somebody still waits."""
    now = timezone.now()
    running = Mailing.objects.running().filter(pk=mailing.pk).awake(at_night=quiet_until(now) is not None)
    if not relay_is_full(now):
        running = running.filter(per_minute__isnull=False, next_send_at__gt=now)
    return running.with_free_chunks(now).exists()


class _Turn:
    """What one turn of sending keeps between chunks: the compiled message and this process's connections."""

    def __init__(self, mailing: Mailing):
        self.mailing = mailing
        self.message = compose(mailing)
        self.values = Values(mailing)
        self.return_paths = ReturnPaths(mailing.pk)

    def send(self, claim: Claim) -> None:
        """Hand one chunk to the relay and settle it. Rows the relay never saw go back to waiting."""
        results: list[Settled] = []
        self._hand_over(claim, results)
        settle_chunk(claim.mailing_id, claim.no, claim.token, results)
        claim.slot.release()

    def _hand_over(self, claim: Claim, results: list[Settled]) -> None:
        left = (claim.lease_until - timezone.now()).total_seconds() - SAFETY
        try:
            for row, answer, code, text in _pump().send(
                self._envelopes(claim, results), claim.slot, deadline=time.monotonic() + left
            ):
                results.append(Settled(row, _MEANING[answer], f"{code} {text}".strip()))
        except (RelayDown, RelayRefused) as words:
            pause_mailing(self.mailing, by="clock", reason=f"The mail relay does not take messages: {words}")

    def _envelopes(self, claim: Claim, results: list[Settled]):
        for recipient in claim.recipients:
            try:
                data = self.message.render(self.values.of(recipient))
            except BadValue as error:
                results.append(Settled(recipient.seq, Delivery.Outcome.REFUSED, f"Could not be written: {error}"))
            else:
                yield Envelope(recipient.seq, self.return_paths.of(recipient.seq), recipient.address, data)


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
        _own.journal, _own.journal_of = Journal.open(_journal_folder(), uuid.uuid4().bytes), os.getpid()
    return _own.journal


def _journal_folder() -> Path:
    settings.JOURNAL_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.JOURNAL_DIR


def _abandon_journal() -> None:
    if getattr(_own, "journal_of", None) == os.getpid():
        _own.journal_of = None
        _own.journal.close()

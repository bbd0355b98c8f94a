"""One worker's share of a mailing: claim a chunk, hand it to the relay, settle it, take the next."""

import time
from collections.abc import Iterator

from django.utils import timezone

from campaigns.actions.claiming import CATCH_UP, LEASE, claim_chunk, passes_gate
from campaigns.actions.composing import Values, compose
from campaigns.actions.controlling import finish_mailing, pause_mailing
from campaigns.actions.keeping import abandon_journal, own_journal, own_pump
from campaigns.actions.lending import Loan, Loans
from campaigns.actions.limiting import quiet_until, relay_is_full
from campaigns.actions.naming import Names
from campaigns.actions.recovering import host_name, recover_journals
from campaigns.actions.settling import DEFERRED, UNTOUCHED, Settled
from campaigns.models import Delivery, Mailing
from sanctuary.post.message import BadValue, CompileError
from sanctuary.post.pump import Envelope, RelayDown, RelayRefused
from sanctuary.post.pump import Outcome as Answer
from sanctuary.post.returns import ReturnPaths

LONGEST_TURN = 15.0  # seconds: below the soft shutdown of a worker, far below every visibility timeout
POLL = 0.2  # seconds between looks when a mailing's rate is used up for the moment
SAFETY = 10.0  # seconds before the lease ends at which nothing more is committed

_MEANING = {
    Answer.ACCEPTED: int(Delivery.Outcome.SENT),
    Answer.REFUSED: int(Delivery.Outcome.REFUSED),
    Answer.DEFERRED: DEFERRED,
    Answer.DOUBT: int(Delivery.Outcome.IN_DOUBT),
    Answer.FREE: UNTOUCHED,
}


def send_for(mailing_id: int, seconds: float = LONGEST_TURN) -> bool:
    """Send chunks of one mailing until the time is up or nothing is free. True when there is more to do.

    A relay that is away pauses the mailing with the relay's own words.
    """
    recover_journals()
    mailing = Mailing.objects.select_related("campaign", "controller", "group").get(pk=mailing_id)
    try:
        return _take_turn(mailing, time.monotonic() + seconds)
    except CompileError as words:
        pause_mailing(mailing, by="clock", reason=f"The message could not be built: {words}")
        return False
    except BaseException:
        # Whatever went wrong, the journal knows how far each message came.
        abandon_journal()
        raise


def _take_turn(mailing: Mailing, ends: float) -> bool:
    turn = _Turn(mailing, ends)
    while time.monotonic() < ends:
        if turn.send():
            continue
        if not _waits_for_rate(mailing):
            finish_mailing(mailing)
            return False
        time.sleep(POLL)
    return True


def _waits_for_rate(mailing: Mailing) -> bool:
    """Whether it may go on in a moment: its own rate or the relay's is used up, and somebody still waits."""
    now = timezone.now()
    running = Mailing.objects.running().filter(pk=mailing.pk).awake(at_night=quiet_until(now) is not None)
    if not relay_is_full(now):
        # The wait may have ended since the claim was refused: that is no reason to go home.
        running = running.filter(per_minute__isnull=False, next_send_at__gt=now - CATCH_UP)
    return running.with_free_chunks(now).exists()


class _Turn:
    """What one turn of sending keeps: the compiled message and the chunks in our hands."""

    def __init__(self, mailing: Mailing, ends: float):
        self.mailing = mailing
        self.ends = ends
        self.message = compose(mailing)
        self.values = Values(mailing)
        self.names = Names(self.message.fields)
        self.return_paths = ReturnPaths(mailing.pk)
        self.loans = Loans()
        self.claimed = 0
        self.trouble: Exception | None = None

    def send(self) -> bool:
        """Claim, send and settle as long as chunks come. False when there was none.

        Rows that the relay never saw go back to waiting.
        """
        before = self.claimed
        # Counted from before the first claim, so that no lease of this turn ends earlier.
        deadline = time.monotonic() + LEASE.total_seconds() - SAFETY
        try:
            sent = own_pump().send(self._letters(), self.loans, deadline=deadline, may_go=self._may_go)
            for row, answer, code, text in sent:
                self.loans.note(Settled(row, _MEANING[answer], f"{code} {text}" if code else text))
        except (RelayDown, RelayRefused) as words:
            pause_mailing(self.mailing, by="clock", reason=f"The mail relay does not take messages: {words}")
        if self.trouble is not None:
            raise self.trouble
        self.loans.settle(only_over=False)
        return self.claimed > before

    def _letters(self) -> Iterator[Envelope]:
        """Letters for as long as the pump asks for more. Claims as it goes, while earlier chunks are on the wire."""
        try:
            while time.monotonic() < self.ends and (loan := self._borrow()):
                yield from self._letters_of(loan)
        except Exception as error:
            # First let the relay answer for what is on the wire; then say what went wrong.
            self.trouble = error

    def _borrow(self) -> Loan | None:
        self.loans.settle()
        if self.loans.is_full:
            return None
        began = time.monotonic()
        claim = claim_chunk(self.mailing.pk, host=host_name(), note=own_journal().begin, names=self.names)
        if claim is None:
            return None
        self.claimed += 1
        return self.loans.add(claim, began)

    def _may_go(self, row: int) -> bool:
        """Asked just before it leaves, however long that took: who has left in the meantime is spared."""
        try:
            return not self.loans.is_late(row) or passes_gate(self.mailing, row)
        except Exception as error:
            self.trouble = error
            return False

    def _letters_of(self, loan: Loan) -> Iterator[Envelope]:
        for recipient in loan.claim.recipients:
            if self.loans.is_ripe:
                self.loans.settle()
            if time.monotonic() >= loan.stale_at:
                break
            try:
                data = self.message.render(self.values.of(recipient))
            except BadValue as error:
                loan.results.append(Settled(recipient.seq, Delivery.Outcome.REFUSED, f"Could not be written: {error}"))
            else:
                loan.open += 1
                yield Envelope(recipient.seq, self.return_paths.of(recipient.seq), recipient.address, data, True)
        loan.given_out = True

"""The chunks in one worker's hands: which rows are on the wire, what became of them, and what can be settled."""

import time

from campaigns.actions.claiming import Claim
from campaigns.actions.settling import Settled, settle_chunk
from sanctuary.post.journal import COMMITTING, SLOTS

# Seconds for which the gate's word is good. What of a chunk the pump has not asked for by then goes back and through
# the gate again: with what is on the wire, nobody hears from us a second after they left.
FRESH = 0.7
# Seconds after which it is asked again about each row that a slow relay, or we ourselves, kept from leaving until now.
LATE = 0.9


class Loan:
    """One claimed chunk. `open` counts its rows that the pump has and has not answered for."""

    def __init__(self, claim: Claim, claimed_at: float):
        self.claim = claim
        self.lo, self.hi, self.slot = claim.lo, claim.hi, claim.slot
        self.stale_at, self.late_at = claimed_at + FRESH, claimed_at + LATE
        self.results: list[Settled] = []
        self.open = 0
        self.given_out = False

    @property
    def is_over(self) -> bool:
        return self.given_out and not self.open


class Loans:
    """A few chunks at a time, so that the wire is busy while one is settled and the next one claimed.

    To the pump it is the journal: each row's mark goes to the slot of its chunk.
    """

    def __init__(self):
        self._held: list[Loan] = []
        self.is_ripe = False  # some chunk is over: the sooner it is settled, the less a lost host leaves in doubt

    @property
    def is_full(self) -> bool:
        return len(self._held) == SLOTS

    def add(self, claim: Claim, claimed_at: float) -> Loan:
        loan = Loan(claim, claimed_at)
        self._held.append(loan)
        return loan

    def note(self, result: Settled) -> None:
        """The pump's word on one row."""
        loan = self._of(result.seq)
        loan.results.append(result)
        loan.open -= 1
        self.is_ripe = self.is_ripe or loan.is_over

    def settle(self, *, only_over: bool = True) -> None:
        """Write down the chunks that are over, or all of them: what was not sent is free again."""
        for loan in [loan for loan in self._held if loan.is_over or not only_over]:
            settle_chunk(loan.claim.mailing_id, loan.claim.no, loan.claim.token, loan.results)
            loan.slot.release()
            self._held.remove(loan)
        self.is_ripe = False

    def is_late(self, row: int) -> bool:
        """Whether the gate's word on a row is too old to go by."""
        return time.monotonic() >= self._of(row).late_at

    def mark(self, row: int, state: int) -> None:
        self._of(row).slot.mark(row, state)

    def mark_committing(self, row: int) -> None:
        self._of(row).slot.mark(row, COMMITTING)

    def _of(self, row: int) -> Loan:
        for loan in self._held:
            if loan.lo <= row <= loan.hi:
                return loan
        raise LookupError(f"row {row} is in no chunk of ours")

"""Keeps robots out of public forms without refusing anybody.

A fault of one page (no stamp, a filled trap, an answer within two seconds) asks for the button once more. A crowd from
one place, or to one mailbox, asks for one more step: a sum that the device does by itself or, without JavaScript, the
press of a button in the mailbox. What is counted is keyed hashes in Valkey that expire; if it is away, all pass.
"""

from sanctuary.people.guard.holding import MailboxAsked, hold, is_passed, make_pass, open_held
from sanctuary.people.guard.judging import Answer, Verdict, judge, may_write
from sanctuary.people.guard.puzzle import Puzzle
from sanctuary.people.guard.store import tallies
from sanctuary.people.guard.visitor import visiting

__all__ = [
    "Answer",
    "MailboxAsked",
    "Puzzle",
    "Verdict",
    "hold",
    "is_passed",
    "judge",
    "make_pass",
    "may_write",
    "open_held",
    "tallies",
    "visiting",
]

"""How many are too many. Each limit stands far above what people do at their busiest; see docs/decisions."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from sanctuary.people.guard import store
from sanctuary.people.guard.store import Bucket, Limit
from sanctuary.people.guard.visitor import Visitor, blurred, visitor

# Somebody who goes back to correct an address sends the same stamp again.
STAMP = Limit(3)
# A school behind one address: thirty phones in half a minute, two hundred people in ten minutes.
BROWSER = Limit(5, 0.5)
NETWORK = Limit(15, 2)
NETWORK_LONG = Limit(400, 400 / 3600)
# Sums that devices of one place have done: after a thousand in an hour, mailboxes are asked instead.
SUMS = Limit(1000, 1000 / 3600)
# A person who pledges, signs and books in one evening.
MAILBOX = Limit(3, 1 / 600)
MAILBOX_LONG = Limit(10, 10 / 86400)
# A university; and what half the country has.
DOMAIN = Limit(30, 2)
BIG_DOMAIN = Limit(300, 20)
# A national email brings ten people a second.
PAGE = Limit(300, 30)
# Letters that ask a mailbox for one more step, caused from one place.
LETTERS = Limit(10, 1 / 60)

BIG_DOMAINS = {
    *(
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.co.uk",
        "live.com",
        "msn.com",
    ),
    *("yahoo.com", "yahoo.co.uk", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "btinternet.com"),
    *("sky.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "proton.me", "protonmail.com", "gmx.com"),
}
DOTS_SAY_NOTHING = {"gmail.com", "googlemail.com"}
TOO_MUCH = 2


class Verdict(StrEnum):
    GOOD = "good"
    AGAIN = "again"
    STEP = "step"


@dataclass(frozen=True)
class Answer:
    """What the form itself can tell of an answer that has no error in it."""

    purpose: str
    stamp: str
    address: str = ""
    # Something is wrong with the page it came from.
    is_faulty: bool = False
    # Sooner than most people.
    is_swift: bool = False
    # The sum is right.
    is_solved: bool = False
    # The mailbox has answered.
    is_passed: bool = False


def judge(answer: Answer) -> Verdict:
    """Counts the answer, and says what its sender is asked. With no visitor in sight only the page can be at fault."""
    guest = visitor()
    verdict = _judged(answer, guest)
    if guest is not None:
        store.count(timezone.localdate(), answer.purpose, verdict)
    return verdict


def may_write(purpose: str) -> bool:
    """Whether this place may still cause letters that ask a mailbox for one more step."""
    guest = visitor()
    if guest is None or not guest.network:
        return True
    return not any(_pour([Bucket(f"letters:{guest.network}", LETTERS)], strong=1))


def _judged(answer: Answer, guest: Visitor | None) -> Verdict:
    faulty = Verdict.AGAIN if answer.is_faulty else Verdict.GOOD
    if guest is None:
        return faulty
    stamp = [] if answer.is_faulty else [Bucket(f"stamp:{blurred('stamp', answer.stamp)}", STAMP)]
    if any(_pour(stamp, strong=1)):
        faulty = Verdict.AGAIN
    if answer.is_passed or (answer.is_solved and not _is_mill(guest)):
        return faulty
    strong, weak = _of_the_place(guest), []
    if faulty is Verdict.GOOD:
        strong, weak = strong + _of_the_mailbox(answer), _of_all(answer, guest)
    over = _pour(strong + weak, strong=len(strong))
    # What many share and fill at once is no sign against one of them, unless there is another.
    crowds = sum(over[len(strong) :])
    odd = crowds and crowds + guest.is_bare + answer.is_swift >= TOO_MUCH
    return Verdict.STEP if any(over[: len(strong)]) or odd else faulty


def _is_mill(guest: Visitor) -> bool:
    """Whether so many sums come from this place that a machine does nothing else."""
    return bool(guest.network) and any(_pour([Bucket(f"sums:{guest.network}", SUMS)], strong=1))


def _of_the_place(guest: Visitor) -> list[Bucket]:
    if not guest.network:
        return []
    return [
        Bucket(f"browser:{guest.browser}", BROWSER),
        Bucket(f"network:{guest.network}", NETWORK),
        Bucket(f"network-long:{guest.network}", NETWORK_LONG),
    ]


def _of_the_mailbox(answer: Answer) -> list[Bucket]:
    """Counted together are all spellings that reach one mailbox; what comes of it is one more step and no more.

    Everywhere else two spellings are two people.
    """
    if not answer.address:
        return []
    mailbox = blurred("mailbox", one_mailbox(answer.address))
    return [Bucket(f"mailbox:{mailbox}", MAILBOX), Bucket(f"mailbox-long:{mailbox}", MAILBOX_LONG)]


def _of_all(answer: Answer, guest: Visitor) -> list[Bucket]:
    shared = [Bucket(f"page:{guest.page}", PAGE)]
    if answer.address:
        domain = answer.address.rpartition("@")[2]
        limit = BIG_DOMAIN if domain in BIG_DOMAINS else DOMAIN
        shared.append(Bucket(f"domain:{blurred('domain', domain)}", limit))
    return shared


def one_mailbox(address: str) -> str:
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in DOTS_SAY_NOTHING else local}@{domain}"


def _pour(buckets: list[Bucket], *, strong: int) -> list[bool]:
    if not buckets or not settings.FORM_LIMITS:
        return [False] * len(buckets)
    return store.pour(buckets, strong=strong, now=timezone.now().timestamp())

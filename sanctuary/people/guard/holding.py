"""What somebody without JavaScript wrote, sealed and kept for a day, until their mailbox says that it was they."""

import json
import secrets

from cryptography.fernet import InvalidToken
from django.utils import timezone

from sanctuary.people import links, tokens
from sanctuary.people.guard import store
from sanctuary.people.guard.judging import one_mailbox
from sanctuary.people.guard.visitor import blurred
from sanctuary.people.sealed import seal, unseal

HELD, PASS = "guard-held", "guard-pass"
DAY_SECONDS = 86400
HOUR_SECONDS = 3600
LONGEST_HELD = 100_000
_OUR_OWN = {"csrfmiddlewaretoken", "guard_asked", "guard_answer", "guard_pass", "website"}


class MailboxAsked(Exception):
    """A form cannot be taken before its mailbox has answered."""

    def __init__(self, address: str, given: dict[str, list[str]]):
        super().__init__("The mailbox is asked first.")
        self.address, self.given = address, given


def hold(path: str, address: str, given: dict[str, list[str]]) -> str | None:
    """Keeps the answers. Returns the token that opens them; None when this page asked that mailbox within the hour."""
    kept = {name: values for name, values in given.items() if name not in _OUR_OWN}
    text = json.dumps({"path": path, "address": address, "given": kept})
    once = f"asked:{blurred('asked', path, one_mailbox(address))}"
    if len(text) > LONGEST_HELD or not store.keep(once, "1", seconds=HOUR_SECONDS, only_new=True):
        return None
    number = secrets.randbits(63)
    return tokens.make(HELD, number) if store.keep(f"held:{number}", seal(text), seconds=DAY_SECONDS) else None


def open_held(token: str) -> dict | None:
    """`path`, `address` and `given`: what was typed there. None when it is over."""
    try:
        (number,) = tokens.read(HELD, token, max_days=1)
        text = store.kept(f"held:{number}")
        return json.loads(unseal(text)) if text else None
    except (tokens.BadToken, ValueError, InvalidToken):
        return None


def make_pass(address: str) -> str:
    """For whoever pressed the button in this mailbox."""
    return tokens.make(PASS, links.fingerprint(address), int(timezone.now().timestamp()))


def is_passed(address: str, token: str) -> bool:
    try:
        mailbox, made_at = tokens.read(PASS, token)
    except (tokens.BadToken, ValueError):
        return False
    return mailbox == links.fingerprint(address) and timezone.now().timestamp() - made_at <= DAY_SECONDS

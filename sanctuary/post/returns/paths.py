"""The envelope sender of each message: an address of its own, so that what comes back says itself what it is about.

It is signed, so that nobody can silence a stranger by inventing a bounce. The signature knows the message, not the
address; only whoever has the message, with its hidden headers, knows it.
"""

import hashlib
import hmac
import re
from typing import NamedTuple

from django.conf import settings

_MAC_BYTES = 6  # each guess costs an SMTP conversation with our own server
_MARK = r"(m([1-9]\d{0,17})\.([1-9]\d{0,8})|o([1-9]\d{0,17}))\.([0-9a-f]{12})"
_ADDRESS = re.compile(rf"<?\s*[^@\s<>]*\+{_MARK}@[^@\s<>]+\s*>?", re.IGNORECASE | re.ASCII)


class Copy(NamedTuple):
    """One delivery of a mailing."""

    mailing: int
    seq: int


class Letter(NamedTuple):
    """One email of the outbox."""

    pk: int


class ReturnPaths:
    """Makes the return addresses of one mailing. What is the same for all is done once: about 1 µs is left for each."""

    def __init__(self, mailing_id: int):
        local, _, domain = settings.MAIL_RETURN_ADDRESS.rpartition("@")
        self._begun = _signature(settings.LINK_KEYS[0])
        self._begun.update(b"m%d." % mailing_id)
        self._head, self._tail = f"{local}+m{mailing_id}.", f"@{domain}"

    def of(self, seq: int) -> str:
        """`returns+m12.345.<signature>@…` for one delivery."""
        signature = self._begun.copy()
        signature.update(b"%d" % seq)
        return f"{self._head}{seq}.{signature.hexdigest()}{self._tail}"


def letter_path(pk: int) -> str:
    """`returns+o77.<signature>@…` for one email of the outbox."""
    local, _, domain = settings.MAIL_RETURN_ADDRESS.rpartition("@")
    return f"{local}+o{pk}.{_sign(f'o{pk}', settings.LINK_KEYS[0])}@{domain}"


def read_return_path(address: str) -> Copy | Letter | None:
    """What a return address stands for. None when it is no such address, or not one that we signed."""
    found = _ADDRESS.fullmatch(address.strip()[:320])
    if found is None:
        return None
    marked, mailing, seq, letter, given = (part and part.lower() for part in found.groups())
    if not any(hmac.compare_digest(given, _sign(marked, key)) for key in settings.LINK_KEYS):
        return None
    return Letter(int(letter)) if letter else Copy(int(mailing), int(seq))


def return_paths_in(text: str) -> list[str]:
    """Everything in a text that looks like a return address of ours, unread."""
    return [found[0] for found in _ADDRESS.finditer(text)][:20]


def _sign(marked: str, key: str) -> str:
    signature = _signature(key)
    signature.update(marked.encode())
    return signature.hexdigest()


def _signature(key: str):
    # A key of any length, and never the very key of the links.
    own = hmac.digest(key.encode(), b"return path", hashlib.sha256)
    return hashlib.blake2b(key=own, digest_size=_MAC_BYTES)

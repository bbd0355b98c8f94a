"""Signed links: one purpose each, short, with nothing personal in them.

A token is the purpose's keyed signature over a few whole numbers, so a database dump holds no usable link and a link
for one purpose opens nothing else. Links that grant something also carry the day they were made.
"""

import base64
import binascii
import hashlib
import hmac
import struct

from django.conf import settings
from django.utils import timezone

_MAC_BYTES = 16


class BadToken(ValueError):
    """Forged, damaged, or made for something else."""


class ExpiredToken(BadToken):
    """Genuine, but too old for what it grants."""


def make(purpose: str, *numbers: int) -> str:
    """A URL-safe token for whole numbers of up to 64 bits."""
    body = struct.pack(f">I{len(numbers)}q", _today(), *numbers)
    return base64.urlsafe_b64encode(_mac(purpose, body, settings.LINK_KEYS[0]) + body).decode().rstrip("=")


def read(purpose: str, token: str, *, max_days: int | None = None) -> tuple[int, ...]:
    """The numbers inside a token. Raises BadToken, or ExpiredToken when older than `max_days`."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadToken from error
    given, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if len(body) < 12 or (len(body) - 4) % 8:
        raise BadToken
    if not any(hmac.compare_digest(given, _mac(purpose, body, key)) for key in settings.LINK_KEYS):
        raise BadToken
    day, *numbers = struct.unpack(f">I{(len(body) - 4) // 8}q", body)
    if max_days is not None and _today() - day > max_days:
        raise ExpiredToken
    return tuple(numbers)


def _mac(purpose: str, body: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), purpose.encode() + b"\0" + body, hashlib.sha256)[:_MAC_BYTES]


def _today() -> int:
    return int(timezone.now().timestamp()) // 86400

"""Signed links: one purpose each, short, with nothing personal in them.

A token is the purpose's keyed signature over a few whole numbers, so a database dump holds no usable link and a link
for one purpose opens nothing else. Links that grant something also carry the day they were made.
"""

import base64
import binascii
import hashlib
import hmac
import struct
import time
from functools import lru_cache

from django.conf import settings

_MAC_BYTES = 16
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class BadToken(ValueError):
    """Forged, damaged, or made for something else."""


class ExpiredToken(BadToken):
    """Genuine, but too old for what it grants."""


def make(purpose: str, *numbers: int) -> str:
    """A URL-safe token for whole numbers of up to 64 bits."""
    body = _shape(len(numbers)).pack(int(time.time()) // 86400, *numbers)
    raw = binascii.b2a_base64(_mac(purpose, body, settings.LINK_KEYS[0]) + body, newline=False)
    return raw.translate(_URL_SAFE).decode().rstrip("=")


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
    day, *numbers = _shape((len(body) - 4) // 8).unpack(body)
    if max_days is not None and int(time.time()) // 86400 - day > max_days:
        raise ExpiredToken
    return tuple(numbers)


def _mac(purpose: str, body: bytes, key: str) -> bytes:
    signature = _keyed(purpose, key).copy()
    signature.update(body)
    return signature.digest()


@lru_cache(maxsize=64)
def _keyed(purpose: str, key: str) -> hashlib.blake2b:
    """Keyed BLAKE2 (RFC 7693) that has read the purpose: done once, since a mailing makes tokens by the million."""
    secret = hashlib.sha512(key.encode()).digest()
    return hashlib.blake2b(purpose.encode() + b"\0", key=secret, digest_size=_MAC_BYTES)


@lru_cache(maxsize=16)
def _shape(numbers: int) -> struct.Struct:
    """The day, then so many numbers."""
    return struct.Struct(f">I{numbers}q")

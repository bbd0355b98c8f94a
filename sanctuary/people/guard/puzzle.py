"""A sum that a device does by itself: find the number whose SHA-256, with the salt before it, begins as told.

The number is drawn from the stamp by a key of ours, so nothing is kept and the longest search is known. One stamp, one
number: whoever wants to send twice asks for two pages.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

MOST = 300_000
_SHOWN = 16


@dataclass(frozen=True)
class Puzzle:
    stamp: str
    most: int = MOST

    @cached_property
    def salt(self) -> str:
        return hashlib.blake2b(self.stamp.encode(), digest_size=10).hexdigest()

    @cached_property
    def _number(self) -> int:
        drawn = hmac.digest(f"guard-puzzle:{settings.SECRET_KEY}".encode(), self.salt.encode(), hashlib.sha256)
        return int.from_bytes(drawn[:8]) % self.most

    @property
    def target(self) -> str:
        return hashlib.sha256(f"{self.salt}.{self._number}".encode()).hexdigest()[:_SHOWN]

    def is_solved_by(self, answer: str) -> bool:
        return hmac.compare_digest(str(self._number).encode(), answer.encode(errors="replace"))

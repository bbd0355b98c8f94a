"""How much of a letter stands in another one, told from hashes alone.

A letter is cut into runs of three words; each run is hashed with a key that only the server has. The measure is the
share of this letter's runs that the other letter has too: 1.0 is a copy, however much else the other one says. One word
changed in ten leaves about 0.7, one in six about 0.5; letters that two people wrote by themselves share a few runs
in a hundred. Of a very long letter only the 512 smallest hashes are kept, which estimates the same share.
"""

import hashlib
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence

WORDS_IN_A_RUN = 3
MOST_KEPT = 512
TOO_ALIKE = 0.6

# Everybody in one place begins alike; that says nothing about the letter.
_GREETING = re.compile(r"\s*dear\b[^\n,]{0,80}(?:[\n,]|$)", re.IGNORECASE)
_APOSTROPHES = str.maketrans("", "", "'’‘`")
_WORD = re.compile(r"\w+")


def runs(text: str) -> set[str]:
    """Every three words in a row, without capitals and punctuation; the greeting is left out."""
    plain = unicodedata.normalize("NFKC", _without_greeting(text)).casefold().translate(_APOSTROPHES)
    words = _WORD.findall(plain)
    if 0 < len(words) < WORDS_IN_A_RUN:
        return {" ".join(words)}
    return {" ".join(words[start : start + WORDS_IN_A_RUN]) for start in range(len(words) - WORDS_IN_A_RUN + 1)}


def _without_greeting(text: str) -> str:
    found = _GREETING.match(text)
    return text[found.end() :] if found else text


def prints(text: str, key: bytes) -> array:
    """The keyed hashes of a text's runs, smallest first: nothing of the text can be read from them."""
    keyed = hashlib.blake2b(key=key, digest_size=8)
    return array("Q", sorted(_number(keyed, run) for run in runs(text))[:MOST_KEPT])


def _number(keyed, run: str) -> int:
    digest = keyed.copy()
    digest.update(run.encode())
    return int.from_bytes(digest.digest())


def share_found(letter: Sequence[int], other: Sequence[int]) -> float:
    """How much of `letter` stands in `other`, from 0.0 to 1.0."""
    return _share(letter, frozenset(letter), other)


def _share(letter: Sequence[int], its_runs: frozenset[int], other: Sequence[int]) -> float:
    # What both have lies below the reach of both.
    asked = bisect_right(letter, min(_reaches(letter), _reaches(other)))
    return len(its_runs.intersection(other)) / asked if asked else 0.0


def is_like_any(letter: Sequence[int], others: Iterable[Sequence[int]]) -> bool:
    """Whether more than six tenths of the letter stand in one of the others."""
    its_runs = frozenset(letter)  # once: there may be thousands of others
    return any(_share(letter, its_runs, other) > TOO_ALIKE for other in others)


def pack(numbers: Iterable[int]) -> bytes:
    return array("Q", numbers).tobytes()


def unpack(packed: bytes) -> array:
    numbers = array("Q")
    numbers.frombytes(bytes(packed))
    return numbers


def _reaches(numbers: Sequence[int]) -> int:
    """Up to which hash we know all of a text's runs."""
    return numbers[-1] if len(numbers) >= MOST_KEPT else 2**64

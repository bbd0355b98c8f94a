"""Whether an address of the web tells who a person is, however it is written."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, unquote_plus

from sanctuary.post.sink.lint.letter import TOKEN, Letter, split

_SHORT = 4
_HASHES = ("md5", "sha1", "sha256")
# Segments of our own pages. A person or a mailbox may be called so without being meant.
_ORDINARY = {"actions", "done", "email", "m", "sent", "stop"}


def names_person(letter: Letter, address: str) -> bool:
    """The person's address, a plain hash of it, what is before its @, or a name of theirs."""
    parts = split(address)
    path = "?".join(parts[2:])
    forms = [path, unquote(path), unquote_plus(unquote(path)), *_opened(path)]
    if not letter.to:
        return False
    if any(letter.to in form.lower() or known in form.lower() for form in forms for known in _hashes(letter.to)):
        return True
    mailbox = letter.to.rpartition("@")[0]
    said = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query)), parts.fragment]
    if mailbox not in _ORDINARY and mailbox in {unquote(word).lower() for word in said}:
        return True
    names = [name for name in letter.given.personal if _words(name) not in _ORDINARY]
    # Any short name stands in some token by chance.
    open_forms = [TOKEN.sub(" ", form) for form in forms[:3]]
    long_names = [name for name in names if len(_words(name)) > _SHORT]
    return any(_stands_in(name, form) for name in names for form in open_forms) or any(
        _stands_in(name, form) for name in long_names for form in forms
    )


def _hashes(address: str) -> list[str]:
    return [hashlib.new(kind, address.encode(), usedforsecurity=False).hexdigest() for kind in _HASHES]


def _opened(path: str) -> Iterator[str]:
    for token in TOKEN.findall(path):
        try:
            yield base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")
        except (binascii.Error, ValueError):
            continue


def _stands_in(name: str, form: str) -> bool:
    """Whether the whole name stands there as words of its own."""
    if words := _words(name):
        return f" {words} " in f" {_words(form)} "
    return not name.isascii() and name in form


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))

"""One spelling for an email address, everywhere: import, send, suppress and erase all use `canon`."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

_EDGES = "".join(chr(c) for c in (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x180E))
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")


class InvalidAddress(ValueError):
    """The text is not one deliverable email address."""


def canon(text: str) -> str:
    """The canonical spelling of an address.

    Ends stripped of every blank and zero-width character, NFC, domain as a lower-case A-label, local part ASCII
    and lower-cased. No folding of dots or plus signs: those can be other people.
    Raises InvalidAddress.
    """
    text = _strip(text[:1000])
    local, at, domain = text.rpartition("@")
    if not at or not text.isprintable() or len(text) > 254:
        raise InvalidAddress
    return f"{_canon_local(local)}@{_canon_domain(domain)}"


def _strip(text: str) -> str:
    previous = None
    while previous != text:
        previous, text = text, text.strip().strip(_EDGES)
    return text


def _canon_local(local: str) -> str:
    # Lower-casing or normalising first would let the Kelvin sign and the dotless i pass as ASCII letters.
    if not local.isascii() or len(local) > 64 or not _LOCAL.match(local.lower()):
        raise InvalidAddress
    return local.lower()


def _canon_domain(domain: str) -> str:
    try:
        domain = unicodedata.normalize("NFC", domain)
        ascii_domain = domain.lower() if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError as error:
        raise InvalidAddress from error
    labels = ascii_domain.lower().split(".")
    if len(labels) < 2 or not all(map(_LABEL.match, labels)) or labels[-1].isdigit():
        raise InvalidAddress
    return ".".join(labels)


def mac(address: str) -> bytes:
    """32 bytes that stand for an address where the address itself must not be kept."""
    message = b"supp:v1:email\0" + canon(address).encode()
    return hmac.digest(settings.SUPPRESSION_KEY.encode(), message, hashlib.sha256)


def masked(address: str) -> str:
    """`amira@example.org` as `a***@example.org`, for pages and logs."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"

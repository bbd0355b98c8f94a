"""Who is asking, as far as the guard wants to know: keyed hashes that mean nothing tomorrow."""

import base64
import hashlib
import ipaddress
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

_asking: ContextVar[HttpRequest | None] = ContextVar("asking", default=None)
_NAMES_ITSELF = ("User-Agent", "Accept-Language", "Accept-Encoding")


@dataclass(frozen=True)
class Visitor:
    """`network` is empty when nobody can say where the request came from."""

    network: str
    browser: str
    page: str
    is_bare: bool


@contextmanager
def visiting(request: HttpRequest):
    """While this lasts a form can ask who fills it in, although forms see no requests."""
    mark = _asking.set(request)
    try:
        yield
    finally:
        _asking.reset(mark)


def visitor() -> Visitor | None:
    """None where no visitor is: in a shell, in a task."""
    request = _asking.get()
    if request is None:
        return None
    network = _network(request)
    named = "\n".join(request.headers.get(name, "") for name in _NAMES_ITSELF)
    return Visitor(
        network=blurred("network", network) if network else "",
        browser=blurred("browser", network, named) if network else "",
        page=blurred("page", request.path_info),
        is_bare=not all(request.headers.get(name) for name in _NAMES_ITSELF[:2]),
    )


def _network(request: HttpRequest) -> str:
    """The address, as the limits on signing in see it: from the one trusted proxy, if there is one.

    Of an IPv6 address the half that a household is given; the other half each of its devices makes up.
    """
    try:
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except (ValueError, PermissionDenied, ImproperlyConfigured):
        return ""
    if address.version == 6:
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def blurred(*parts: str) -> str:
    """The same for the same thing today, and useless to whoever reads it, or tomorrow."""
    digest = _keyed(settings.SECRET_KEY, timezone.now().date()).copy()
    digest.update("\0".join(parts).encode(errors="replace"))
    return base64.urlsafe_b64encode(digest.digest()).decode()


@lru_cache(maxsize=4)
def _keyed(key: str, day: date) -> "hashlib.blake2b":
    secret = hashlib.sha512(f"guard:{day}:{key}".encode()).digest()
    return hashlib.blake2b(key=secret, digest_size=15)

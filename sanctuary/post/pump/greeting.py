"""The opening of a conversation, as a script: each `yield` says something and hears the whole reply."""

import base64
import ssl
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property

from sanctuary.post.pump.wire import Lost, Reply

ENCRYPT = b""  # said instead of a command: agree on TLS now


class RelayRefused(Exception):
    """The relay will not work with us as we are set up (sign-in, encryption). Trying again changes nothing."""


@dataclass(frozen=True)
class Relay:
    """Where the relay is and how to come in."""

    host: str
    port: int
    ehlo_name: str
    username: str
    password: str
    starttls: bool
    tls: bool
    context: ssl.SSLContext | None

    @cached_property
    def encryption(self) -> ssl.SSLContext:
        """How to encrypt; reading the machine's certificates takes milliseconds, so once is enough."""
        return self.context or ssl.create_default_context()


Script = Generator[bytes | None, Reply, frozenset[str]]


def greet(relay: Relay) -> Script:
    """From the banner to where mail may begin. Returns what the relay offers, such as PIPELINING."""
    if relay.tls:
        yield ENCRYPT
    _need(220, (yield None))
    offers = yield from _hello(relay)
    if relay.starttls:
        if "STARTTLS" not in offers:
            raise RelayRefused("it does not offer encryption (STARTTLS), and we do not send without")
        _need(220, (yield b"STARTTLS\r\n"))
        yield ENCRYPT
        offers = yield from _hello(relay)
    if relay.username:
        yield from _sign_in(relay, offers)
    return frozenset(offers)


def _hello(relay: Relay) -> Generator[bytes, Reply, dict[str, str]]:
    reply = yield f"EHLO {relay.ehlo_name}\r\n".encode("ascii")
    if reply.code in (500, 501, 502, 504):
        _need(250, (yield f"HELO {relay.ehlo_name}\r\n".encode("ascii")))
        return {}
    _need(250, reply)
    words = [line.decode("ascii", "replace").upper().split() for line in reply.lines[1:]]
    return {line[0]: " ".join(line[1:]) for line in words if line}


def _sign_in(relay: Relay, offers: dict[str, str]) -> Generator[bytes, Reply, None]:
    ways = offers.get("AUTH", "").split()
    if "PLAIN" in ways:
        reply = yield b"AUTH PLAIN " + _encoded(f"\0{relay.username}\0{relay.password}")
    elif "LOGIN" in ways:
        reply = yield b"AUTH LOGIN\r\n"
        for secret in (relay.username, relay.password):
            if reply.code == 334:
                reply = yield _encoded(secret)
    else:
        raise RelayRefused("it does not let us sign in (no AUTH PLAIN or LOGIN)")
    if 500 <= reply.code <= 599:
        raise RelayRefused(f"{reply.code} {reply.text}")
    _need(235, reply)


def _encoded(secret: str) -> bytes:
    return base64.b64encode(secret.encode()) + b"\r\n"


def _need(code: int, reply: Reply) -> None:
    if reply.code != code:
        raise Lost(f"{reply.code} {reply.text}")

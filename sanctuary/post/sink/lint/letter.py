"""One message as the linter's rules read it."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from urllib.parse import SplitResult, urlsplit

from sanctuary.post.sink.lint.page import Page

ADDRESS = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
TOKEN = re.compile(r"[A-Za-z0-9_-]{22,}")
_STUFFED = re.compile(rb"^\.", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s<>\"'\u00a0]+", re.IGNORECASE)


@dataclass(frozen=True)
class Given:
    """What the caller knows of a message; see `lint`."""

    recipients: tuple[str, ...]
    hosts: set[str]
    says: tuple[str, ...]
    mail_from: str | None
    personal: tuple[str, ...]
    may_show: set[str]
    local: bool


class Letter:
    """One message, read once for all the rules."""

    def __init__(self, wire: bytes, given: Given):
        self.wire = wire
        self.given = given
        self.message: EmailMessage = message_from_bytes(_STUFFED.sub(b"", wire), policy=policy.default)
        self.parts = [part for part in self.message.walk() if not part.is_multipart()]
        self.text, self.html = self._content("plain"), self._content("html")
        self.page = Page(self.html)

    def _content(self, kind: str) -> str:
        for part in self.parts:
            if part.get_content_type() == f"text/{kind}":
                return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
        return ""

    def header(self, name: str) -> str:
        return str(self.message.get(name, ""))

    @cached_property
    def to(self) -> str:
        return self.given.recipients[0].lower() if self.given.recipients else ""

    @cached_property
    def one_click(self) -> list[str]:
        """The web addresses of List-Unsubscribe."""
        return [way for way in re.findall(r"<([^<>]*)>", self.header("List-Unsubscribe")) if way.startswith("http")]

    @cached_property
    def addresses(self) -> list[str]:
        """Every web address in it: of headers, words, links and pictures."""
        written = _WEB.findall(self.text) + _WEB.findall(self.page.words)
        linked = [link.address for link in self.page.links if not link.address.startswith(("mailto:", "tel:", "#"))]
        return [
            *self.one_click,
            *(address.rstrip(".,;:!?)") for address in written),
            *linked,
            *(address for address in self.page.fetched if not address.startswith("cid:")),
        ]

    def addresses_in(self, name: str) -> list[str]:
        """The email addresses of one header, in small letters."""
        return [address.addr_spec.lower() for address in getattr(self.message.get(name), "addresses", ())]

    @property
    def domain(self) -> str:
        return (self.addresses_in("From") or [""])[0].rpartition("@")[2]

    @cached_property
    def own_addresses(self) -> set[str]:
        ours = ADDRESS.findall(" ".join(self.header(name) for name in ("From", "Reply-To", "Sender")))
        return {address.lower() for address in ours} | self.given.may_show


def split(address: str) -> SplitResult:
    """The parts of a web address; an address that is none has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")

"""Asks the UK Parliament's members API who sits for which constituency. Never called while a visitor waits.

The service gives twenty entries a page and shuts out whoever asks too fast, so we ask one thing after another.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import requests
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

PUBLIC = "https://members-api.parliament.uk/api"
PAGE = 20
MOST_ENTRIES = 2_000  # there are 650 seats in the Commons, and some 850 members of the Lords
MOST_BYTES = 2_000_000
TIMEOUT = (5, 20)  # seconds to connect, and to wait for the next bytes
BACK_OFF = (1, 4, 15)  # seconds before each further try
LONGEST_WAIT = 30  # whoever says "retry later than this" does not want us today
PAUSE = 0.3
DEADLINE = 1_200
OFFICE = "parliamentary office"


class ParliamentError(Exception):
    """The service is away, or says something odd. What we have stays."""


@dataclass(frozen=True)
class Member:
    """Somebody who sits in a house."""

    number: int
    name: str
    address_as: str
    since: date | None


@dataclass(frozen=True)
class Seat:
    """A constituency as Parliament names it, and who sits for it, or None if it is vacant."""

    name: str
    member: Member | None


class Parliament:
    """One conversation with the service."""

    def __init__(self, url: str, *, agent: str):
        self.url = url.rstrip("/")
        self.until = time.monotonic() + DEADLINE
        self.session = requests.Session()
        self.session.trust_env = False  # no password of a .netrc, no proxy that nobody named here
        self.session.headers.update({"User-Agent": agent, "Accept": "application/json"})

    def seats(self) -> Iterator[Seat]:
        """Every constituency of the House of Commons."""
        for value in self._entries("/Location/Constituency/Search", {}):
            if not value.get("endDate"):
                yield _read(_seat, value)

    def peers(self) -> Iterator[Member]:
        """Every member of the House of Lords who may sit."""
        for value in self._entries("/Members/Search", {"House": "Lords", "IsCurrentMember": "true"}):
            yield _read(_member, value)

    def email_of(self, number: int) -> str:
        """The public address of a member's parliamentary office; "" if there is none."""
        found = self._get(f"/Members/{int(number)}/Contact", {}, may_be_missing=True)
        return _read(_office_email, found.get("value")) if found else ""

    def _entries(self, path: str, query: dict) -> Iterator[dict]:
        seen, total = set(), None
        while total is None or len(seen) < total:
            page = self._get(path, query | {"skip": len(seen), "take": PAGE})
            told, items = page.get("totalResults"), page.get("items")
            if not isinstance(told, int) or not isinstance(items, list) or not 0 < told <= MOST_ENTRIES:
                raise ParliamentError("The service does not say how many entries it has.")
            if told != (total or told) or not items:
                raise ParliamentError("The service changed while we read it, or lost a page.")
            total = told
            for item in items:
                value = item.get("value") if isinstance(item, dict) else None
                if not isinstance(value, dict) or not isinstance(value.get("id"), int) or value["id"] in seen:
                    raise ParliamentError("The service gives an entry without a number, or twice.")
                seen.add(value["id"])
                yield value

    def _get(self, path: str, query: dict, *, may_be_missing: bool = False) -> dict:
        for wait in (*BACK_OFF, None):
            if time.monotonic() > self.until:
                raise ParliamentError("The service takes too long.")
            time.sleep(PAUSE)
            try:
                status, body, retry_after = self._ask(path, query)
            except requests.RequestException as error:
                status, body, retry_after = 0, type(error).__name__.encode(), ""
            if status == 200:
                return _json(body)
            if status == 404 and may_be_missing:
                return {}
            asked = int(retry_after) if retry_after.isdecimal() else 0
            if wait is None or asked > LONGEST_WAIT or (status and status != 429 and status < 500):
                raise ParliamentError(f"The service answers {status or body.decode()} for {path}.")
            time.sleep(max(wait, asked) if wait else asked)
        raise AssertionError

    def _ask(self, path: str, query: dict) -> tuple[int, bytes, str]:
        # A redirect would be to a place that nobody chose.
        with self.session.get(
            self.url + path, params=query, timeout=TIMEOUT, stream=True, allow_redirects=False
        ) as answer:
            body = b""
            for part in answer.iter_content(65_536):
                body += part
                if len(body) > MOST_BYTES or time.monotonic() > self.until:
                    raise ParliamentError(f"The service does not stop talking, for {path}.")
            return answer.status_code, body, answer.headers.get("Retry-After", "")


def _json(body: bytes) -> dict:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParliamentError("The service does not answer in JSON.") from error
    if not isinstance(found, dict):
        raise ParliamentError("The service answers in an unknown form.")
    return found


def _read(reader, value):
    try:
        return reader(value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ParliamentError("The service answers in an unknown form.") from error


def _seat(value: dict) -> Seat:
    held = value["currentRepresentation"] or {}
    member = (held.get("member") or {}).get("value")
    name = _text(value["name"], 80)
    if not name:
        raise ValueError("no name")
    return Seat(name, _member(member, held.get("representation")) if member else None)


def _member(value: dict, membership: dict | None = None) -> Member:
    latest = membership or value["latestHouseMembership"] or {}
    name = _text(value["nameDisplayAs"], 120)
    if not name or not isinstance(value["id"], int):
        raise ValueError("no name")
    since = latest.get("membershipStartDate")
    return Member(
        value["id"],
        name,
        _text(value.get("nameAddressAs") or "", 120),
        date.fromisoformat(since[:10]) if since else None,
    )


def _office_email(blocks: list[dict]) -> str:
    """Of the parliamentary office; else one that is Parliament's wherever it is filed. No other: it may be a home's."""
    found = [(block.get("type") or "", _text(block.get("email") or "", 254)) for block in blocks]
    ours = [email for kind, email in found if kind.strip().lower() == OFFICE]
    parliament = [email for _, email in found if email.lower().endswith("@parliament.uk")]
    for email in [*ours, *parliament]:
        try:
            validate_email(email)
        except ValidationError:
            continue
        return email
    return ""


def _text(value: str, most: int) -> str:
    """Printable words, with single spaces."""
    if len(value) > most or not value.isprintable():
        raise ValueError("no plain words")
    return " ".join(value.split())

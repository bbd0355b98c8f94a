"""People who come from a mobilisation email, as a load: pages on a clock that waits for nobody, forms, confirmations.

    python -m tests.bench.visitors

reads what to do as JSON from the standard input and writes what happened to the standard output. Every request has a
moment at which it is due, and its time counts from there: a server that stalls is not spared the ones that pile up.
"""

import asyncio
import gzip
import json
import random
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from html import unescape
from urllib.parse import quote, urlencode

NETWORKS = 8  # of 254 addresses each, from which people come
PATIENCE = 30.0  # seconds for one answer
READS_FOR = (2.5, 9.0)  # seconds between page and form, at least and at most
OPENS_MAIL_AFTER = (4.0, 12.0)
_HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
_COOKIE = re.compile(rb"\r\nSet-Cookie: ([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nLocation: ([^\r]*)", re.IGNORECASE)
FAILED = 0  # in the place of a status: no answer


@dataclass
class Answer:
    status: int
    head: bytes = b""
    body: bytes = b""

    @property
    def location(self) -> str:
        found = _LOCATION.search(self.head)
        return found[1].decode() if found else ""


@dataclass
class Told:
    """What happened. Times are seconds from the moment a request was due; moments count from the beginning."""

    times: dict[str, list[tuple[float, float, int]]] = field(default_factory=dict)
    signed: list[str] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    asked_more: int = 0

    def note(self, kind: str, moment: float, took: float, status: int) -> None:
        self.times.setdefault(kind, []).append((round(moment, 3), round(took, 4), status))


class Visitors:
    """`given`: port, host, path, seconds, pages and signs a second, share that confirms, first number."""

    def __init__(self, given: dict, confirm_path):
        self.given, self.told, self.confirm_path = given, Told(), confirm_path
        self.dice = random.Random(given["first"])
        self.began = 0.0

    async def run(self) -> Told:
        self.began = time.monotonic()
        pages, signs = self.given["pages"], self.given["signs"]
        every = pages / signs
        jobs = []
        for number in range(int(self.given["seconds"] * pages)):
            due = self.began + number / pages
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            is_signer = int(number // every) != int((number - 1) // every)
            visit = self.sign(due, self.given["first"] + number) if is_signer else self.read(due)
            jobs.append(asyncio.ensure_future(visit))
        await asyncio.gather(*jobs)
        return self.told

    async def read(self, due: float) -> Answer:
        return await self.ask("page", due, "GET", self.given["path"])

    async def sign(self, due: float, number: int) -> None:
        page = await self.read(due)
        if page.status != 200:
            return
        form = hidden(page.body) | {
            "name": f"Peak Visitor {number}",
            "email": f"peak.{number}@m{number % 97}.example.org",
            "postcode": "",
            "wants_email": "yes" if number % 2 else "no",
        }
        await asyncio.sleep(self.dice.uniform(*READS_FOR))
        answer = await self.ask("sign", time.monotonic(), "POST", self.given["path"], form, cookie(page))
        if answer.status == 422 and b"data-work" in answer.body:
            self.told.asked_more += 1
        if answer.status != 302:
            return
        self.told.signed.append(form["email"])
        await self.ask("sent", time.monotonic(), "GET", answer.location)
        if self.dice.random() < self.given["confirm"]:
            await self.confirm(answer.location)

    async def confirm(self, location: str) -> None:
        """The button behind the link in the letter."""
        taken, path = self.confirm_path(location)
        await asyncio.sleep(self.dice.uniform(*OPENS_MAIL_AFTER))
        page = await self.ask("letter", time.monotonic(), "GET", path)
        if page.status != 200:
            return
        answer = await self.ask("confirm", time.monotonic(), "POST", path, hidden(page.body), cookie(page))
        if answer.status == 302:
            self.told.confirmed.append(taken)

    async def ask(self, kind: str, due: float, method: str, path: str, form=None, cookie: str = "") -> Answer:
        try:
            answer = await asyncio.wait_for(self.talk(method, path, form, cookie), PATIENCE)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError, IndexError, EOFError):
            answer = Answer(FAILED)
        self.told.note(kind, due - self.began, time.monotonic() - due, answer.status)
        return answer

    async def talk(self, method: str, path: str, form, cookie: str) -> Answer:
        address = f"198.18.{self.dice.randrange(NETWORKS)}.{self.dice.randrange(1, 255)}"
        body = urlencode(form).encode() if form else b""
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.given['host']}",
            "X-Forwarded-Proto: https",
            f"X-Forwarded-For: {address}",
            "Accept-Encoding: gzip",
            "Accept-Language: en-GB",
            f"User-Agent: Mozilla/5.0 (Phone {self.dice.randrange(50)})",
            "Connection: close",
        ]
        if cookie:
            head += [
                f"Cookie: {cookie}",
                f"Origin: https://{self.given['host']}",
                f"Referer: https://{self.given['host']}/",
            ]
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.given["port"])
        try:
            writer.write("\r\n".join([*head, "", ""]).encode() + body)
            raw = await reader.read()
            while not reader.at_eof():
                raw += await reader.read()
        finally:
            writer.close()
        head_raw, _, body_raw = raw.partition(b"\r\n\r\n")
        if b"\r\nContent-Encoding: gzip" in head_raw:
            body_raw = gzip.decompress(body_raw)
        return Answer(int(head_raw.split(b" ", 2)[1]), b"\r\n" + head_raw, body_raw)


def hidden(body: bytes) -> dict[str, str]:
    """The fields of the form that nobody sees."""
    found = {}
    for tag in _HIDDEN.findall(body):
        pairs = dict(_ATTRIBUTE.findall(tag.decode()))
        found[pairs["name"]] = unescape(pairs.get("value", ""))
    return found


def cookie(page: Answer) -> str:
    return "; ".join(found.decode() for found in _COOKIE.findall(page.head))


def by_token(slug: str):
    """What the letter would have said: its link is made here from the number that the sent page's address holds."""
    from sanctuary.people import tokens  # noqa: PLC0415 - only in the process that has Django

    def path(location: str) -> tuple[int, str]:
        taken, *_ = tokens.read("act-sent", location.rstrip("/").rpartition("/")[2])
        return taken, f"/actions/confirm/{quote(tokens.make('act-confirm', taken))}/"

    return path


def main() -> int:
    import django  # noqa: PLC0415

    django.setup()
    given = json.load(sys.stdin)
    told = asyncio.run(Visitors(given, by_token(given["path"])).run())
    json.dump(asdict(told), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

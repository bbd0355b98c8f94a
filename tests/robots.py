"""Six kinds of robots at our public forms, and people; for the tests through Django's client, for the bench by HTTP.

A `Web` fetches and posts for somebody at an address, and lets time pass. Robots wait once, for all of them together.
"""

import html
import itertools
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

READ_SECONDS = 3
TYPED = {"name": "Amira Hassan", "area": "Nowhereford", "message": "When is the supper?", "guests": "0"}
TYPED |= {"wants_email": "no", "postcode": "", "wants": "no"}


@dataclass(frozen=True)
class Got:
    status: int
    page: str

    @property
    def is_taken(self) -> bool:
        return self.status in {302, 303}

    @property
    def asks_a_step(self) -> bool:
        return self.status == 422 and "data-work=" in self.page

    @property
    def asks_again(self) -> bool:
        return self.status == 422 and "press the button once more" in self.page


class Web(Protocol):
    def get(self, path: str, ip: str, agent: str = "") -> Got: ...

    def post(self, path: str, given: dict, ip: str, agent: str = "") -> Got: ...

    def wait(self, seconds: float) -> None: ...


def hidden(page: str) -> dict[str, str]:
    """What a browser sends without anybody typing."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def every_field(page: str) -> dict[str, str]:
    return dict.fromkeys(re.findall(r'<input[^>]*type="text"[^>]*name="(\w+)"', page), "https://example.org")


def made_up(number: int, domain: str = "made-up.example.org") -> str:
    return f"person-{number}@{domain}"


@dataclass
class Told:
    """What became of the answers of one kind."""

    tried: int = 0
    became: Counter = field(default_factory=Counter)

    def add(self, got: Got) -> Got:
        self.tried += 1
        kinds = {"taken": got.is_taken, "one more step": got.asks_a_step, "again": got.asks_again}
        self.became[next((kind for kind, is_so in kinds.items() if is_so), str(got.status))] += 1
        return got


# --- robots ---------------------------------------------------------------------------------------


def blind(web: Web, forms: list[str], many: int, told: Told) -> None:
    """1: posts without having seen a page."""
    for number in range(many):
        told.add(web.post(forms[0], TYPED | {"email": made_up(number)}, "198.51.100.1"))


def greedy(web: Web, forms: list[str], many: int, told: Told) -> None:
    """2: fills every field there is, the trap too; from four addresses."""
    pages = [(number, web.get(forms[0], _few(number, 4)).page) for number in range(many)]
    web.wait(READ_SECONDS)
    for number, page in pages:
        given = every_field(page) | hidden(page) | {"email": made_up(number), "wants_email": "yes"}
        told.add(web.post(forms[0], given, _few(number, 4)))


def hasty(web: Web, forms: list[str], many: int, told: Told) -> None:
    """3: reads the page and posts at once."""
    for number in range(many):
        page = web.get(forms[0], _few(number, 4)).page
        told.add(web.post(forms[0], TYPED | hidden(page) | {"email": made_up(number)}, _few(number, 4)))


def replaying(web: Web, forms: list[str], many: int, told: Told) -> None:
    """4: waits properly, and sends one page's stamp over and over, from two hundred addresses."""
    page = web.get(forms[0], "198.51.100.1").page
    web.wait(READ_SECONDS)
    for number in range(many):
        told.add(web.post(forms[0], TYPED | hidden(page) | {"email": made_up(number)}, _few(number, 200)))


def browserlike(web: Web, forms: list[str], many: int, told: Told) -> None:
    """5: a fresh page each, three seconds, made-up addresses, from three places; asked for a step, it presses again."""
    pages = [(number, web.get(forms[0], _few(number, 3)).page) for number in range(many)]
    web.wait(READ_SECONDS)
    asked = []
    for number, page in pages:
        given = TYPED | hidden(page) | {"email": made_up(number)}
        got = told.add(web.post(forms[0], given, _few(number, 3)))
        if got.asks_a_step:
            asked.append((number, given | hidden(got.page)))
    web.wait(READ_SECONDS)
    for number, given in asked:
        web.post(forms[0], given, _few(number, 3))


def bombing(web: Web, forms: list[str], many: int, told: Told, victims: int = 5, places: int = 1000) -> None:
    """6: few victims, every form, a thousand places; patient, with a fresh page for every three posts."""
    pages = []
    for number in range(0, many, 3):
        path = forms[number % len(forms)]
        pages.append((path, web.get(path, _few(number, places)).page))
    web.wait(READ_SECONDS)
    for number in range(many):
        path, page = pages[number // 3]
        given = TYPED | hidden(page) | {"email": f"victim-{number % victims}@example.org"}
        told.add(web.post(path, given, _few(number, places)))


ROBOTS: list[Callable] = [blind, greedy, hasty, replaying, browserlike, bombing]


def _few(number: int, places: int) -> str:
    place = number % places
    return f"10.{place // 62500 + 1}.{place // 250 % 250}.{place % 250 + 1}"


# --- people ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trace:
    """One person at one form: how long they take, and what happens on the way."""

    number: int
    kind: str
    path: str
    ip: str
    agent: str
    seconds: float

    @property
    def email(self) -> str:
        return made_up(self.number, ("gmail.com", "example.org", "university.example.org")[self.number % 3])


HABITS = {
    "types slowly": (60, 1200),
    "pastes": (8, 30),
    "autofills": (2.1, 4),
    "uses the keyboard alone": (40, 300),
    "comes back after hours": (20 * 3600, 20 * 3600),
    "presses twice": (10, 60),
    "goes back and corrects the address": (15, 60),
    "makes a mistake first": (15, 90),
    "presses at once, and then again": (0.5, 1.5),
    "has a spelling of their own": (20, 60),
}
PHONES = ("Mozilla/5.0 (iPhone) Safari/605", "Mozilla/5.0 (Android 9) Chrome/120", "Mozilla/5.0 (Windows) Firefox/130")
SCHOOL = "192.0.2.10"
PLACES = [SCHOOL, *(f"203.0.113.{number}" for number in range(1, 251))]


def people(many: int, forms: list[str], seed: int = 1) -> list[tuple[float, Trace]]:
    """Each with the second at which they arrive: all within ten minutes, half of them behind one school's address."""
    chance, habits = random.Random(seed), itertools.cycle(HABITS.items())
    arrivals = sorted(chance.uniform(0, 600) for _ in range(many))
    traces = []
    for number, (arrival, (kind, (least, most))) in enumerate(zip(arrivals, habits, strict=False)):
        ip = PLACES[0 if number % 2 else number % len(PLACES)]
        seconds = chance.uniform(least, most)
        traces.append((arrival, Trace(number, kind, forms[number % len(forms)], ip, chance.choice(PHONES), seconds)))
    return traces


def moments(traces: Iterable[tuple[float, Trace]]) -> list[tuple[float, Trace, str]]:
    """What happens when: each opens the page at one moment and sends it at another, among all the others."""
    told = [(arrival, trace, "opens") for arrival, trace in traces]
    told += [(arrival + trace.seconds, trace, "sends") for arrival, trace in traces]
    return sorted(told, key=lambda one: one[0])


def send_as(trace: Trace, page: str, web: Web, told: Told) -> bool:
    """The sending, with all that goes wrong for people. Whether the last answer was taken."""
    given = TYPED | hidden(page) | {"email": trace.email}

    def post(changes: dict) -> Got:
        return told.add(web.post(trace.path, given | changes, trace.ip, trace.agent))

    if trace.kind == "has a spelling of their own":
        given |= {"email": f" {trace.email.replace('@', '+sanctuary@').upper()} "}
    if trace.kind == "makes a mistake first":
        page = post({"email": "amira.example.org"}).page
        web.wait(READ_SECONDS)
        given |= hidden(page)
    got = post({})
    if got.asks_again:
        web.wait(READ_SECONDS)
        given |= hidden(got.page)
        got = post({})
    if trace.kind == "presses twice":
        got = post({})
    if trace.kind == "goes back and corrects the address":
        web.wait(READ_SECONDS)
        got = post({"email": f"right-{trace.email}"})
    return got.is_taken

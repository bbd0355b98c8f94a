"""What a misbehaving relay does, as data: `{"seed": 1, "faults": [{"at": "rcpt", "reply": "450 4.2.1 busy"}]}`.

Each fault has a place `at` and something it does:

at     connect, banner, ehlo, starttls, auth, mail, rcpt, data, body (after 354), dot, quit
do     reply    say `reply` instead (the default); 421 closes as well
       drop     close without a word
       hang     say nothing more
       late     do the right thing, say so after `seconds`
       drip     do the right thing, say so at one byte each `seconds`
       endless  a reply that never ends, one line each `seconds`
       garbage  answer with bytes that are no SMTP
       lose     do the right thing and close without saying so
       cut      do the right thing, say so, and close
       refuse, ignore   (at connect) nobody listens; nobody answers

and it may be limited: `chance` 0–1, `every` nth time, only the `first` n times, not the first `skip`, only when `match`
stands in the command (from data on: in the recipient), only when more than `over` connections are open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

PLACES = {"connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "quit"}
DEEDS = {"reply", "drop", "hang", "late", "drip", "endless", "garbage", "lose", "cut", "refuse", "ignore"}


@dataclass
class Fault:
    """One way to misbehave at one place."""

    at: str
    do: str = "reply"
    reply: str = "451 4.3.0 try later"
    seconds: float = 1.0
    chance: float = 1.0
    every: int = 1
    first: int = 0
    skip: int = 0
    over: int = 0
    match: str = ""
    met: int = 0

    def __post_init__(self):
        if self.at not in PLACES or self.do not in DEEDS:
            raise ValueError(f"no such fault: {self.do} at {self.at}")

    def applies(self, said: str, connections: int, random: Random) -> bool:
        """Whether it is time to misbehave; counts the times it was asked."""
        if self.match not in said or connections <= self.over:
            return False
        self.met += 1
        turn = self.met - self.skip
        due = turn > 0 and turn % self.every == 0 and not 0 < self.first < turn
        return due and (self.chance >= 1 or random.random() < self.chance)


class Faults:
    """A script of faults. The same seed gives the same misfortunes in the same order of commands."""

    def __init__(self, script: Mapping | None = None):
        script = script or {}
        self._random = Random(script.get("seed", 0))  # noqa: S311 - dice for a test server
        self._by_place: dict[str, list[Fault]] = {}
        for given in script.get("faults", ()):
            fault = Fault(**given)
            self._by_place.setdefault(fault.at, []).append(fault)

    def __bool__(self):
        return bool(self._by_place)

    def at(self, place: str, said: str = "", connections: int = 1) -> Fault | None:
        """The first fault that applies here now."""
        for fault in self._by_place.get(place, ()):
            if fault.applies(said, connections, self._random):
                return fault
        return None

"""People who press "stop" in their mail program while the mailing is still going out: are they spared?

Over HTTP to a server of its own, as their mail programs do it (RFC 8058). The relay's log says what was handed over.
"""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.models import Mailing
from sanctuary.people import links
from sanctuary.people.models import Supporter

ONE_CLICK = urlencode({"List-Unsubscribe": "One-Click"})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STARTS_WITHIN = 30.0  # seconds
LONGEST_LAG = 1.0  # seconds: what a chunk that was claimed before the answer may take


@dataclass(frozen=True)
class Verdict:
    """Of those who left: how many never got the message, had it before the answer, or got it after; lag in seconds."""

    left: int
    spared: int
    before: int
    after: int
    worst_lag: float

    @property
    def holds(self) -> bool:
        """Somebody was spared, so that it shows something, and nobody waited too long."""
        return self.spared > 0 and self.worst_lag <= LONGEST_LAG

    def __str__(self):
        return (
            f"{self.left:,} left while it was sent: {self.spared:,} spared, {self.before:,} had had it before,"
            f" {self.after:,} got it after the answer, {self.worst_lag * 1000:.0f} ms later at worst"
        )


def judge(answered: Mapping[str, int], accepted: Iterable[tuple[str, int]]) -> Verdict:
    """`answered`: when each leaver's 200 was back, `accepted`: when the relay took which address's message.

    Both by the machine's monotonic clock in nanoseconds, which all processes share.
    """
    lags = [at - answered[address] for address, at in accepted if address in answered]
    after = [lag for lag in lags if lag > 0]
    return Verdict(
        left=len(answered),
        spared=len(answered) - len(lags),
        before=len(lags) - len(after),
        after=len(after),
        worst_lag=max(after, default=0) / 1e9,
    )


def choose(mailing: Mailing, count: int, seed: int = 8058) -> list[tuple[str, str]]:
    """The address and the one-click path of some recipients, in random order."""
    chosen = random.Random(seed).sample(range(1, mailing.counts["recipients"] + 1), count)
    ids = dict(mailing.deliveries.filter(seq__in=chosen).values_list("seq", "supporter_id"))
    addresses = dict(Supporter.objects.filter(pk__in=ids.values()).values_list("pk", "email"))
    people = [ids[seq] for seq in chosen]
    return [(addresses[pk], reverse("people:stop", args=[links.choices_token(pk, mailing.pk)])) for pk in people]


def leave(port: int, leavers: list[tuple[str, str]], *, seconds: float, threads: int = 4) -> dict[str, int]:
    """Press for one after the other, evenly over so many seconds. Returns when each address's 200 was back."""
    answered: dict[str, int] = {}
    begins = time.monotonic()

    def press(own: range) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as talk:
            for number in own:
                time.sleep(max(0.0, begins + number * seconds / len(leavers) - time.monotonic()))
                address, path = leavers[number]
                talk.request("POST", path, ONE_CLICK, FORM)
                response = talk.getresponse()
                response.read()
                if response.status == http.client.OK:
                    answered[address] = time.monotonic_ns()

    each = [threading.Thread(target=press, args=[range(n, len(leavers), threads)]) for n in range(threads)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    return answered


@contextlib.contextmanager
def web_server(environment: Mapping[str, str]) -> Iterator[int]:
    """The web pages in a process group of their own. Yields the port."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "sanctuary.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen([*command, "--log-level", "warning"], env=dict(environment), start_new_session=True)
    try:
        _wait_until_it_answers(port, process)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_it_answers(port: int, process: subprocess.Popen) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < ends:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as talk:
            talk.request("GET", "/healthz")
            if talk.getresponse().status == http.client.OK:
                return
        time.sleep(0.1)
    raise AssertionError("the web server did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]

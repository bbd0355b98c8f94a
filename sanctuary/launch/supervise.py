"""Keeps several named processes alive side by side, and leaves none behind."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Literal, TextIO

from sanctuary.launch.processes import die_with_parent, kill_group

Death = Literal["restart", "stop", "ignore"]

BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
HEALTHY_AFTER = 60.0
TICK = 0.1
# A signal to our whole group reaches us twice, once through our parent: that is one request.
ECHO_SECONDS = 1.0
LONGEST_LINE = 64 * 1024
COLOURS = (36, 32, 35, 33, 34, 31)


@dataclass(eq=False)
class Child:
    """One process and what is to happen when it dies by itself."""

    name: str
    command: Sequence[str]
    on_death: Death = "restart"
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    hush: str | None = None
    process: subprocess.Popen[bytes] | None = None
    pipe: IO[bytes] | None = None
    line: bytes = b""
    started_at: float = 0.0
    restart_at: float | None = None
    restarts: int = 0

    def is_alive(self) -> bool:
        """True from start to exit."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """A session of its own, so that Ctrl-C reaches it only through us and its group can be ended."""
        self.started_at, self.restart_at = time.monotonic(), None
        self.process = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(self.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        self.pipe = self.process.stdout

    def end_group(self) -> None:
        """Kill what is left of it and of all it started, and collect it."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()
            self.process = None

    def next_pause(self) -> float:
        """Seconds before the next start; longer each time, short again after a good minute."""
        if time.monotonic() - self.started_at > HEALTHY_AFTER:
            self.restarts = 0
        self.restarts += 1
        return BACK_OFF[min(self.restarts, len(BACK_OFF)) - 1]


class Supervisor:
    """Starts children in the order they were added, stops them in the reverse one.

    `deadline`: seconds all of them together may take to stop before they are killed.
    """

    def __init__(self, *, deadline: float = 15.0, out: TextIO | None = None, name: str = "demo") -> None:
        self.deadline = deadline
        self.out = out or sys.stdout
        self.name = name
        self.children: list[Child] = []
        self._pipes = selectors.DefaultSelector()
        self._signals = 0
        self._heard_at = 0.0
        self._failed = False

    def add(
        self,
        name: str,
        command: Sequence[str],
        *,
        on_death: Death = "restart",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        hush: str | None = None,
    ) -> None:
        """A child to start: `restart` it when it dies, `stop` everything, or `ignore` it.

        Lines that wholly match the pattern `hush` are not passed on.
        """
        self.children.append(Child(name, command, on_death, env or {}, cwd, hush))

    def run(
        self,
        *,
        ready: Callable[[], bool] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> int:
        """Until a signal (0) or the death of a child that matters (1).

        `ready` is polled, so it must be quick; `on_ready` runs once, when it first says yes.
        """
        before = {n: signal.signal(n, self._hear) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            for child in self.children:
                self._start(child)
            self._watch(ready, on_ready)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 1 if self._failed else 0

    def say(self, text: str, name: str | None = None) -> None:
        """Print each line behind an aligned name."""
        width = max(len(n) for n in (self.name, *(c.name for c in self.children)))
        who = name or self.name
        for line in text.splitlines() or [""]:
            self._write(f"{self._coloured(who, f'{who:<{width}} |')} {line}\n")

    def _write(self, text: str) -> None:
        """When nobody reads us any more (`make demo | head`), that is a request to stop."""
        try:
            self.out.write(text)
            self.out.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())
            self._signals += 1

    def _coloured(self, name: str, text: str) -> str:
        names = [child.name for child in self.children]
        if name not in names or not self.out.isatty() or "NO_COLOR" in os.environ:
            return text
        return f"\033[{COLOURS[names.index(name) % len(COLOURS)]}m{text}\033[0m"

    def _hear(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._heard_at > ECHO_SECONDS:
            self._signals += 1
            self._heard_at = now

    def _start(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:
            self.say(f"cannot start: {error}", child.name)
            self._bury(child)
            return
        if child.pipe is not None:
            self._pipes.register(child.pipe, selectors.EVENT_READ, child)

    def _watch(self, ready: Callable[[], bool] | None, on_ready: Callable[[], None] | None) -> None:
        while not self._signals and not self._failed:
            self._listen(TICK)
            for child in self.children:
                self._tend(child)
            if ready is not None and ready():
                ready = None
                if on_ready is not None:
                    on_ready()

    def _tend(self, child: Child) -> None:
        if child.restart_at is not None and time.monotonic() >= child.restart_at:
            self._start(child)
        elif child.process is not None and not child.is_alive():
            self._hang_up(child)
            self.say(f"ended ({describe(child.process.returncode)})", child.name)
            self._bury(child)

    def _bury(self, child: Child) -> None:
        """After a death nobody asked for."""
        child.end_group()
        if child.on_death == "stop":
            self.say(f"{child.name} is needed: stopping everything")
            self._failed = True
        elif child.on_death == "restart":
            pause = child.next_pause()
            child.restart_at = time.monotonic() + pause
            self.say(f"starting {child.name} again in {pause:g} s")

    def _listen(self, seconds: float) -> None:
        """Pass on what the children have written."""
        for key, _ in self._pipes.select(seconds):
            data = os.read(key.fd, 65536)
            if data:
                self._pass_on(key.data, data)
            else:
                self._pipes.unregister(key.fileobj)

    def _pass_on(self, child: Child, data: bytes) -> None:
        *lines, child.line = (child.line + data).split(b"\n")
        if len(child.line) > LONGEST_LINE:
            lines, child.line = [*lines, child.line], b""
        for line in (line.decode(errors="replace").rstrip("\r") for line in lines):
            if child.hush is None or not re.fullmatch(child.hush, line):
                self.say(line, child.name)

    def _hang_up(self, child: Child) -> None:
        """Read what is left, without waiting for a grandchild that still holds the pipe."""
        if child.pipe is None:
            return
        os.set_blocking(child.pipe.fileno(), False)
        with contextlib.suppress(BlockingIOError):
            while data := os.read(child.pipe.fileno(), 65536):
                self._pass_on(child, data)
        if child.line:
            self._pass_on(child, b"\n")
        with contextlib.suppress(KeyError):
            self._pipes.unregister(child.pipe)
        child.pipe.close()
        child.pipe = None

    def _stop_all(self) -> None:
        """In reverse order; a second signal, or the deadline, kills what is left."""
        deadline, heard = time.monotonic() + self.deadline, self._signals
        for child in reversed(self.children):
            if child.process is None:
                continue
            if child.is_alive():
                child.process.terminate()
            while child.is_alive() and time.monotonic() < deadline and self._signals == heard:
                self._listen(TICK)
            child.end_group()
            self._hang_up(child)


def describe(code: int) -> str:
    """`exit code 3` or `SIGKILL`."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"

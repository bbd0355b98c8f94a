"""Runs one command as its caller would, and passes on the signals it should hear."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from sanctuary.launch import LaunchError
from sanctuary.launch.processes import die_with_parent, kill_group

GRACE_SECONDS = 20
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Someone asked us to stop. Not an Exception: no `except` on the way may keep it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _raise(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)


def listen() -> None:
    """From now on a signal to stop raises Interrupted; what nohup made us ignore stays ignored."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)


def ignore() -> None:
    """From now on we are stopping already."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def owns_terminal() -> bool:
    """True when Ctrl-C reaches us and our children alike."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        return False


def run(command: list[str], extra: dict[str, str]) -> int:
    """The command's exit code, 128 + n when signal n ended it."""
    shares_terminal = owns_terminal()
    # Held back until there is a child to pass them on to: in the middle of its birth a signal would be lost.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        child = _start(command, extra, mask, shares_terminal)
    except OSError as error:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        raise LaunchError(f"Cannot run {command[0]}: {error.strerror}.") from error
    try:
        code = _wait(child, mask, shares_terminal)
    finally:
        if not shares_terminal:
            kill_group(child.pid)
    return code if code >= 0 else 128 - code


def _start(command: list[str], extra: dict[str, str], mask: set[int], shares_terminal: bool) -> subprocess.Popen[bytes]:
    mind_the_parent = die_with_parent()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if mind_the_parent is not None:
            mind_the_parent()

    return subprocess.Popen(
        command, env=os.environ | extra, preexec_fn=prepare, process_group=None if shares_terminal else 0
    )


def _wait(child: subprocess.Popen[bytes], mask: set[int], shares_terminal: bool) -> int:
    deadline = None
    while True:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)  # a signal held back comes here
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            return child.wait(left)
        except Interrupted as stop:
            deadline = deadline or time.monotonic() + GRACE_SECONDS
            if not (shares_terminal and stop.number == signal.SIGINT):
                child.send_signal(stop.number)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()

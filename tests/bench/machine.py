"""The machine and its processes: what they are, and how much CPU and memory they have used."""

import contextlib
import os
import platform
from collections.abc import Iterable

import psutil

QUIET = 1.0  # a load average above this makes figures of time worth less


def describe() -> str:
    """Cores, kernel and Python, for the head of the table."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def load() -> str:
    """The load average of the last minute, with a warning when somebody else is at work."""
    now = os.getloadavg()[0]
    words = f"load average at the start {now:.2f}"
    return words if now <= QUIET else f"{words}: NOT QUIET, so trust the CPU figures more than the times"


def family(processes: Iterable[psutil.Process]) -> set[psutil.Process]:
    """These processes and all their living descendants."""
    found: set[psutil.Process] = set()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            found |= {process, *process.children(recursive=True)}
    return found


def cpu_of(processes: Iterable[psutil.Process]) -> float:
    """Seconds of CPU, user and system, of these processes, their descendants, and the dead that they buried."""
    total = 0.0
    for process in family(processes):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_of(processes: Iterable[psutil.Process]) -> int:
    """The largest resident set among these processes and their descendants, in bytes."""
    largest = 0
    for process in family(processes):
        with contextlib.suppress(psutil.NoSuchProcess):
            largest = max(largest, process.memory_info().rss)
    return largest


def server_of(backend: int) -> list[psutil.Process]:
    """The PostgreSQL server whose backend has this number; none when it is not on this machine."""
    with contextlib.suppress(psutil.NoSuchProcess):
        server = psutil.Process(backend).parent()
        if server is not None and "postgres" in server.name():
            return [server]
    return []


def process_named(number: int, name: str) -> list[psutil.Process]:
    """The process of this number if that is its name; none when it is not on this machine."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(number)
        if name in process.name():
            return [process]
    return []

"""Hosts that are not there: network namespaces on one bridge, each with an address and a host name of its own.

Needs root and a kernel that has namespaces and bridges; `possible` says whether this machine allows it.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator

BRIDGE = "sanbench0"
HERE = "10.231.77.1"
_NET = "10.231.77.{}/24"


def run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def possible() -> bool:
    """Whether a bridge, a namespace and a pair of wires can be made here. Leaves nothing behind."""
    if os.geteuid() != 0:
        return False
    try:
        with network(["try"]):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def network(hosts: list[str]) -> Iterator[dict[str, str]]:
    """The hosts' addresses by name, for as long as it lasts; every one reaches every other and this one, `HERE`."""
    _clear(hosts)  # what a killed run may have left
    try:
        _must("ip", "link", "add", BRIDGE, "type", "bridge")
        _must("ip", "address", "add", _NET.format(1), "dev", BRIDGE)
        _must("ip", "link", "set", BRIDGE, "up")
        for number, host in enumerate(hosts):
            _join(host, number)
        yield {host: _NET.format(number + 2).partition("/")[0] for number, host in enumerate(hosts)}
    finally:
        _clear(hosts)


def _clear(hosts: list[str]) -> None:
    for number, host in enumerate(hosts):
        run("ip", "netns", "delete", _space(host))
        run("ip", "link", "delete", _wire(number))
    run("ip", "link", "delete", BRIDGE)


def _join(host: str, number: int) -> None:
    space, wire = _space(host), _wire(number)
    _must("ip", "netns", "add", space)
    _must("ip", "link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", space)
    _must("ip", "link", "set", wire, "master", BRIDGE, "up")
    for command in (
        ["address", "add", _NET.format(number + 2), "dev", "eth0"],
        ["link", "set", "lo", "up"],
        ["link", "set", "eth0", "up"],
    ):
        _must("ip", "-n", space, *command)


def delay(number: int, milliseconds: float) -> bool:
    """Make what leaves and reaches the nth host late by this much each way. False when the kernel has no netem."""
    return run("tc", "qdisc", "add", "dev", _wire(number), "root", "netem", "delay", f"{milliseconds * 2}ms")


def on(host: str) -> list[str]:
    """How a command begins that is to run on this host, under its name."""
    rename = f'hostname {host}.example.org && exec "$@"'
    return ["ip", "netns", "exec", _space(host), "unshare", "--uts", "sh", "-c", rename, "sh"]


def _space(host: str) -> str:
    return f"sanbench-{host}"


def _wire(number: int) -> str:
    return f"sanbench-w{number}"


def _must(*command: str) -> None:
    if not run(*command):
        raise OSError(f"not allowed here: {' '.join(command)}")

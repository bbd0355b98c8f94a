"""PostgreSQL refuses to run as root: find an account, or something like one, that it accepts."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sanctuary.launch import LaunchError
from sanctuary.launch.folder import NOBODY, DataFolder

# Enter the data folder, then name the version: one process answers three questions.
PROBE = 'cd "$1" && exec "$2" --version'


@dataclass(frozen=True)
class Account:
    """Who the services run as: `uid` as the file system sees it, and how to become it."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    drops: bool = False

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments for subprocess: the account, a neutral folder, a quiet environment."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": service_environment(),
            "umask": 0o077,
        }
        if self.drops:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def version_of(self, binary: Path, folder: DataFolder) -> str | None:
        """What the binary says of itself, run as this account; None when it cannot be reached."""
        command = [
            *self.prefix,
            "/bin/sh",
            "-c",
            PROBE,
            "sh",
            str(folder.path),
            str(binary),
        ]
        options = self.popen_options()
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip() if done.returncode == 0 else None


def service_environment() -> dict[str, str]:
    """Our environment without PG* settings, in the C locale."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}


def candidates() -> list[Account]:
    """In order of preference."""
    if os.geteuid() != 0:
        return [Account(os.geteuid(), os.getegid())]
    found = [Account(NOBODY, NOBODY, drops=True)]
    unshare = shutil.which("unshare")
    if unshare:
        # Still root outside, so every path opens; nobody inside, so PostgreSQL agrees.
        mapping = (unshare, "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
        found.append(Account(0, os.getegid(), prefix=mapping))
    return found


def choose_account(binary: Path, folder: DataFolder) -> tuple[Account, str]:
    """The first account that reaches the binary and the data, with the version it saw."""
    for account in candidates():
        version = account.version_of(binary, folder)
        if version:
            return account, version
    raise LaunchError(_nobody_can(binary, folder))


def _nobody_can(binary: Path, folder: DataFolder) -> str:
    if os.geteuid() != 0:
        return (
            f"{binary} does not run on this machine: set PG_BIN to a folder with a PostgreSQL that does, "
            "or DATABASE_URL and REDIS_URL to servers of yours."
        )
    return (
        f"PostgreSQL will not run as root, and the account 'nobody' cannot reach {binary.parent} and "
        f"{folder.path}: move the project to a folder that every account may enter (not under /root), "
        "or run as a normal user."
    )

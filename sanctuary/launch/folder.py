"""The data folder: what lies where, where the sockets go, and who may start or stop."""

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sanctuary.launch import LaunchError

NOBODY = 65534
PROJECT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
# sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
SOCKET_PATH_LIMIT = 103


def is_fast() -> bool:
    """SANCTUARY_FAST=1 trades durability for speed: for tests only."""
    return os.environ.get("SANCTUARY_FAST", "") not in ("", "0")


def data_path() -> Path:
    """SANCTUARY_DATA, or `.data` in the project; `.data/test` for fast, throw-away services.

    Fast services keep apart from the demo's, or its workers would take the tests' tasks.
    """
    chosen = os.environ.get("SANCTUARY_DATA")
    if chosen:
        return Path(chosen).expanduser().resolve()
    return PROJECT / ".data" / "test" if is_fast() else PROJECT / ".data"


@dataclass
class DataFolder:
    """One folder holds the database, the queue, the logs and the locks of one set of services."""

    path: Path = field(default_factory=data_path)

    def create(self) -> None:
        """Make the folders that are missing."""
        try:
            for folder in (self.path, self.log, self.locks):
                folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as error:
            raise LaunchError(
                f"Cannot use {self.path} ({error.strerror}): set SANCTUARY_DATA to a folder you own."
            ) from error

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def locks(self) -> Path:
        return self.path / "locks"

    @property
    def stays(self) -> Path:
        """While this file exists the services outlive the last command that uses them."""
        return self.locks / "stays"

    @property
    def sockets(self) -> Path:
        """`run` in the data folder, or a short private one when that path is too long, or has a comma.

        libpq reads a comma in a host as the start of another host.
        """
        near = self.path / "run"
        if len(os.fsencode(near / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT and "," not in str(near):
            return near
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        far = Path(tempfile.gettempdir()) / f"sanctuary-{digest}"
        if len(os.fsencode(far / LONGEST_SOCKET_NAME)) > SOCKET_PATH_LIMIT:
            far = Path("/tmp") / far.name  # macOS keeps a long TMPDIR
        return far

    def open_log(self, name: str) -> IO[bytes]:
        """The log a service appends to."""
        try:
            return (self.log / f"{name}.log").open("ab")
        except PermissionError as error:
            raise LaunchError(belongs_to_another(self.path)) from error

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One at a time may look, start or stop."""
        with self.open_lock("turn") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def open_lock(self, name: str) -> IO[bytes]:
        """A file to flock; the kernel lets go of it however its holder dies."""
        try:
            return (self.locks / f"{name}.lock").open("ab")
        except PermissionError as error:
            raise LaunchError(belongs_to_another(self.path)) from error


def belongs_to_another(path: Path) -> str:
    """The sentence for data left by another account."""
    return (
        f"The data in {path} belongs to another account: run as that account, "
        "delete the folder, or set SANCTUARY_DATA to one of your own."
    )


def make_private(path: Path, uid: int, gid: int) -> None:
    """A folder only `uid` may enter; refuses one that a stranger has put in its place."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in _our_accounts():
        raise LaunchError(belongs_to_another(path))
    path.chmod(0o700)
    if found.st_uid != uid:
        hand_over(path, uid, gid)


def _our_accounts() -> set[int]:
    """Root may have run the services as nobody the last time."""
    return {0, NOBODY} if os.geteuid() == 0 else {os.geteuid()}


def hand_over(path: Path, uid: int, gid: int) -> None:
    """chown a folder and all it holds, without following links out of it."""
    os.lchown(path, uid, gid)
    for parent, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.lchown(os.path.join(parent, name), uid, gid)

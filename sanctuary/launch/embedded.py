"""Both services of one data folder, shared by every command that uses it."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from typing import IO

from sanctuary.launch import LaunchError
from sanctuary.launch.account import choose_account
from sanctuary.launch.binaries import find_postgres, find_valkey, major_of
from sanctuary.launch.folder import DataFolder, make_private
from sanctuary.launch.postgres import Postgres
from sanctuary.launch.valkey import Valkey


class Embedded:
    """PostgreSQL and Valkey, each unless its URL is already set.

    Every user holds a shared lock; who leaves last, and so gets it alone, stops the services.
    """

    def __init__(self, folder: DataFolder | None = None) -> None:
        self.folder = folder or DataFolder()
        self.postgres = Postgres(self.folder)
        self.valkey = Valkey(self.folder)
        self._held: IO[bytes] | None = None

    @property
    def wanted(self) -> list[Postgres | Valkey]:
        """The services for which the environment names no server."""
        return [s for s in (self.postgres, self.valkey) if not os.environ.get(s.variable)]

    def urls(self) -> dict[str, str]:
        """What a command needs to find the services we run."""
        found = {service.variable: service.url for service in self.wanted}
        return found | {"SANCTUARY_DATA": str(self.folder.path)} if found else {}

    def join(self) -> None:
        """Make sure the services run, and count ourselves among their users."""
        if not self.wanted:
            return
        self.folder.create()
        with self.folder.turn():
            self._held = self.folder.open_lock("users")
            fcntl.flock(self._held, fcntl.LOCK_SH)
            self._ensure()

    def leave(self) -> None:
        """Stop the services if nobody else uses them and nobody asked them to stay."""
        if self._held is None:
            return
        with self.folder.turn(), self._held as users:
            self._held = None
            if _is_alone(users) and not self.folder.stays.exists():
                self._stop()

    def stay(self) -> None:
        """Start the services and let them outlive this command, until `stop`."""
        self.join()
        if self._held is not None:
            self.folder.stays.touch()
        self.leave()

    def stop(self) -> None:
        """Stop what `stay` or a killed command left; refuses while a command uses it."""
        if not self.folder.locks.is_dir():
            return
        with self.folder.turn(), self.folder.open_lock("users") as users:
            self.folder.stays.unlink(missing_ok=True)
            if not _is_alone(users):
                raise LaunchError("Another command still uses the services: they stop when it ends.")
            self._stop()

    @contextlib.contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """The URLs of running services, for as long as the block lasts."""
        try:
            self.join()
            yield self.urls()
        finally:
            self.leave()

    def _stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        with contextlib.suppress(OSError):
            self.folder.sockets.rmdir()

    def _ensure(self) -> None:
        for service in self.wanted:
            service.settle()
        missing = [service for service in self.wanted if not service.is_ready()]
        if not missing:
            return
        postgres = find_postgres() if self.postgres in missing else None
        account, version = choose_account(postgres / "postgres" if postgres else find_valkey(), self.folder)
        make_private(self.folder.sockets, account.uid, account.gid)
        if self.valkey in missing:
            self.valkey.spawn(account)
        if postgres:
            self.postgres.spawn(account, postgres, major_of(version))
        for service in missing:
            service.wait()


def _is_alone(users: IO[bytes]) -> bool:
    """Whether nobody else holds the lock; if so, nobody can until we let go."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

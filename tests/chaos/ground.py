"""The two servers under a storm: a real PostgreSQL and a real Valkey of its own, so that they may be killed."""

import fcntl
import os
import secrets
import shutil
import signal
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from sanctuary.launch.embedded import Embedded
from sanctuary.launch.folder import DataFolder, data_path
from sanctuary.launch.postgres import NAME
from sanctuary.launch.processes import end, wait_until

UNTOUCHED = "untouched"
PATIENCE = 30.0  # seconds for a server to be gone


class Servers(Embedded):
    """Both services, although the environment of a storm names a database and a broker: it names these."""

    @property
    def wanted(self):
        return [self.postgres, self.valkey]


class Ground:
    """Servers of their own in `<SANCTUARY_DATA>/chaos`, which is emptied before and after.

    They run as in production, with every commit on the disk, so that an immediate stop takes what it would take there.
    """

    def __init__(self):
        self.path = data_path() / "chaos"
        # With it the launcher would leave out what makes a commit safe.
        os.environ.pop("SANCTUARY_FAST", None)
        self._servers = Servers(DataFolder(self.path))

    def __enter__(self) -> "Ground":
        self._servers.folder.create()
        self._lock = self._servers.folder.open_lock("chaos")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"Another storm is on in {self.path}: set SANCTUARY_DATA to another folder.") from None
        self._servers.stop()
        self._clear()
        self._servers.join()
        return self

    def __exit__(self, kind, *_):
        self._servers.leave()
        self._clear()
        self._lock.close()

    def environment(self) -> dict[str, str]:
        """What every process of the storm is told: where its servers are, and production's own settings."""
        keys = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "LINK_KEY", "SUPPRESSION_KEY", "FIELD_KEY")}
        plain = {
            "DJANGO_SETTINGS_MODULE": "sanctuary.settings",
            "DEBUG": "0",
            "PUBLIC_URL": "https://sanctuary.example.org",
            "LOG_LEVEL": "WARNING",
            "QUIET_HOURS": "",
        }
        return self._servers.urls() | keys | plain

    def pids(self) -> list[int]:
        """Of both servers."""
        return [self._servers.postgres.pid(), self._servers.valkey.pid()]

    def keep_untouched(self) -> None:
        """Remember the database as it is now, for `begin_anew`. Nobody may be connected."""
        self._ask("CREATE DATABASE {} TEMPLATE {}", UNTOUCHED, NAME)

    def begin_anew(self) -> None:
        """The database as it was remembered, and an empty broker."""
        self._ask("DROP DATABASE {} WITH (FORCE)", NAME)
        self._ask("CREATE DATABASE {} TEMPLATE {}", NAME, UNTOUCHED)
        self.flush_broker()

    def flush_broker(self) -> None:
        """Every queued ring is forgotten."""
        with redis.Redis(unix_socket_path=str(self._servers.valkey.socket)) as broker:
            broker.flushall()

    def kill_broker(self) -> None:
        """SIGKILL, and what it had on disk is gone too. Start it again with `mend`."""
        self._end(self._servers.valkey, signal.SIGKILL)
        shutil.rmtree(self._servers.valkey.data)

    def stop_database_at_once(self) -> None:
        """What `pg_ctl stop -m immediate` does: no farewell, no checkpoint. Start it again with `mend`."""
        self._end(self._servers.postgres, signal.SIGQUIT)

    def mend(self) -> None:
        """Start whichever of the two does not run, and wait until both take commands."""
        self._servers.join()

    def _end(self, server, number: int) -> None:
        pid = server.pid()
        if not end(pid, (number, PATIENCE)):
            raise SystemExit(f"{server.title} does not die of signal {number}.")
        wait_until(lambda: server.pid() is None, seconds=PATIENCE)

    def _ask(self, words: str, *names: str) -> None:
        postgres = self._servers.postgres
        with psycopg.connect(host=str(postgres.socket.parent), user=NAME, dbname="postgres", autocommit=True) as talk:
            talk.execute(sql.SQL(words).format(*map(sql.Identifier, names)))

    def _clear(self) -> None:
        """Away with the data; logs and sinks' logs of a storm that broke a promise are kept by who ran it."""
        for name in ("postgres", "postgres.new", "valkey", "runs"):
            shutil.rmtree(Path(self.path) / name, ignore_errors=True)

"""One PostgreSQL on a Unix socket."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from sanctuary.launch import LaunchError
from sanctuary.launch.account import Account
from sanctuary.launch.binaries import locale_flags
from sanctuary.launch.folder import DataFolder, belongs_to_another, hand_over, is_fast
from sanctuary.launch.server import Server

NAME = "sanctuary"
PORT = 5432
SSL_REQUEST = bytes.fromhex("0000000804d2162f")


def shared_buffers() -> str:
    """An eighth of the machine's memory, from 128 MB to 1 GB: a mailing of a million reads half a GB at random."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{min(1024, max(128, memory // 8 // 2**20))}MB"


# A 2-core demonstration machine; nothing here changes what a query answers.
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": shared_buffers(),
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    """The database server of one data folder."""

    title = "Postgres"
    variable = "DATABASE_URL"
    pid_name = "postmaster.pid"
    stop_steps = ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))

    def __init__(self, folder: DataFolder) -> None:
        super().__init__(folder)
        self.socket = folder.sockets / f".s.PGSQL.{PORT}"

    @property
    def url(self) -> str:
        """With the port, or a PGPORT in the environment would lead elsewhere."""
        return f"postgres://{NAME}@{quote(str(self.socket.parent), safe='')}:{PORT}/{NAME}"

    def is_ready(self) -> bool:
        """True when it takes connections, not only while it starts up."""
        return self._status() == "ready" and self._answers()

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(2)
                talk.connect(str(self.socket))
                talk.sendall(SSL_REQUEST)
                return talk.recv(1) in (b"N", b"S")
        except OSError:
            return False

    def has_lost_socket(self) -> bool:
        """A start, a recovery or a stop may rightly have none."""
        return self._status() == "ready" and not self.socket.exists()

    def _status(self) -> str:
        return "".join(self.pid_lines()[7:8]).strip()

    def spawn(self, account: Account, binaries: Path, major: int) -> None:
        """Create the data when there is none, and begin to start; `wait` for the rest."""
        self._check_version(major)
        if not self.data.exists():
            self._create(account, binaries, major)
        elif self.data.stat().st_uid != account.uid:
            if os.geteuid() != 0:
                raise LaunchError(belongs_to_another(self.folder.path))
            hand_over(self.data, account.uid, account.gid)
        self._clear_leftovers()
        self._start(account, binaries)

    def _check_version(self, major: int) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        except PermissionError as error:
            raise LaunchError(belongs_to_another(self.folder.path)) from error
        if found != str(major):
            raise LaunchError(
                f"The data in {self.data} was made by PostgreSQL {found} and this is {major}: "
                "delete that folder (make demo-reset) to start afresh."
            )

    def _create(self, account: Account, binaries: Path, major: int) -> None:
        """Made beside its place and moved there whole, so that a broken-off start leaves nothing half."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, account.uid, account.gid)
        flags = [
            *locale_flags(major),
            "-E",
            "UTF8",
            "--no-sync",
            "--auth=trust",
            "-U",
            NAME,
        ]
        self._run(account, [str(binaries / "initdb"), "-D", str(draft), *flags])
        single = [
            str(binaries / "postgres"),
            "--single",
            "-F",
            "-D",
            str(draft),
            "postgres",
        ]
        self._run(account, single, f"CREATE DATABASE {NAME}\n".encode())
        draft.rename(self.data)

    def _run(self, account: Account, command: list[str], stdin: bytes = b"") -> None:
        with self.folder.open_log("postgres") as log:
            done = subprocess.run(
                [*account.prefix, *command],
                input=stdin,
                stdout=log,
                stderr=log,
                check=False,
                start_new_session=True,
                **account.popen_options(),
            )
        if done.returncode:
            raise LaunchError(f"PostgreSQL could not create its data: see {self.folder.log / 'postgres.log'}.")

    def _clear_leftovers(self) -> None:
        """After a SIGKILL the pid files stay, and their numbers may belong to strangers by now.

        PostgreSQL disregards its parent's pid, so ours is written there; the rest of the file, by
        which it knows whether old backends still use the memory, is left as it is.
        """
        lines = self.pid_lines()
        if lines:
            lines[0] = str(os.getpid())
            self.pid_file.write_text("\n".join(lines) + "\n")
        for leftover in (
            self.socket,
            self.socket.with_name(f"{self.socket.name}.lock"),
        ):
            leftover.unlink(missing_ok=True)

    def _start(self, account: Account, binaries: Path) -> None:
        settings = TUNING | {"unix_socket_directories": str(self.socket.parent)}
        settings |= FAST if is_fast() else {}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [
            str(binaries / "postgres"),
            "-D",
            str(self.data),
            "-p",
            str(PORT),
            *flags,
        ]
        self.launch(account, server)

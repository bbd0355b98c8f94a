"""One Valkey on a Unix socket."""

import signal
import socket
from urllib.parse import quote

from sanctuary.launch import LaunchError
from sanctuary.launch.account import Account
from sanctuary.launch.binaries import find_valkey
from sanctuary.launch.folder import DataFolder, is_fast, make_private
from sanctuary.launch.server import Server


class Valkey(Server):
    """The broker and cache of one data folder."""

    title = "Valkey"
    variable = "REDIS_URL"
    pid_name = "valkey.pid"
    stop_steps = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))

    def __init__(self, folder: DataFolder) -> None:
        super().__init__(folder)
        self.socket = folder.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def is_ready(self) -> bool:
        """True when it answers; not while it still loads its file."""
        try:
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(2)
                talk.connect(str(self.socket))
                talk.sendall(b"PING\r\n")
                return talk.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def has_lost_socket(self) -> bool:
        """Also while it loads its socket is there."""
        return not self.socket.exists()

    def spawn(self, account: Account) -> None:
        """Begin to start; `wait` for the rest."""
        binary = find_valkey()
        if account.version_of(binary, self.folder) is None:
            raise LaunchError(f"{binary} does not run on this machine: set REDIS_URL to a server of yours.")
        make_private(self.data, account.uid, account.gid)
        self.launch(account, [str(binary), *self._arguments()])

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.pid_file),
            "set-proc-title": "no",  # else the folder, by which we know it, is not in its command line
            "save": "",
            "appendonly": "no" if is_fast() else "yes",
            "maxmemory-policy": "noeviction",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def stop(self) -> None:
        """Also takes away the socket that a killed one leaves."""
        super().stop()
        self.socket.unlink(missing_ok=True)

"""What the two servers have in common: recognise, wait for, stop."""

import subprocess
from pathlib import Path

from sanctuary.launch import LaunchError
from sanctuary.launch.account import Account
from sanctuary.launch.folder import DataFolder, belongs_to_another
from sanctuary.launch.processes import command_line, end, is_running, wait_until

START_SECONDS = 60
# A server without its socket may be about to make it, or about to end; or /tmp was swept.
SOCKET_SECONDS = 1


class Server:
    """One server of one data folder; its own pid file, inside its data, names it."""

    title: str
    variable: str
    pid_name: str
    stop_steps: tuple[tuple[int, float], ...]

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.data = folder.path / self.title.lower()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid_file(self) -> Path:
        return self.data / self.pid_name

    def is_ready(self) -> bool:
        """True when it takes commands."""
        raise NotImplementedError

    def has_lost_socket(self) -> bool:
        """True when it is past its start and there is no way in."""
        raise NotImplementedError

    def pid_lines(self) -> list[str]:
        """The pid file; empty when there is none."""
        try:
            return self.pid_file.read_text().splitlines()
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise LaunchError(belongs_to_another(self.folder.path)) from error

    def pid(self) -> int | None:
        """The running server's; a number left behind and re-used by a stranger does not count."""
        lines = self.pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if is_running(pid) and str(self.data) in command_line(pid) else None

    def launch(self, account: Account, command: list[str]) -> None:
        """Start it away from the terminal, with its output in the log."""
        with self.folder.open_log(self.title.lower()) as log:
            self.process = subprocess.Popen(
                [*account.prefix, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account.popen_options(),
            )

    def wait(self) -> None:
        """Until it takes commands; raises LaunchError when it gave up or takes too long."""
        process = self.process
        if process is not None:
            wait_until(lambda: self.is_ready() or process.poll() is not None, seconds=START_SECONDS)
        if not self.is_ready():
            raise LaunchError(f"{self.title} did not start: see {self.folder.log / self.title.lower()}.log.")

    def settle(self) -> None:
        """Afterwards it takes commands or is gone: waits for a start or a stop, ends one out of reach."""
        patience = SOCKET_SECONDS if self.has_lost_socket() else START_SECONDS
        wait_until(lambda: self.pid() is None or self.is_ready(), seconds=patience)
        if self.pid() is not None and not self.is_ready():
            self.stop()

    def stop(self) -> None:
        """End it and wait until it is gone; nothing there is fine."""
        pid = self.pid()
        if pid is None and self.process is not None and self.process.poll() is None:
            pid = self.process.pid
        if pid is not None and not end(pid, *self.stop_steps):
            raise LaunchError(f"{self.title} (process {pid}) does not stop.")

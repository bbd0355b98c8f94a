"""The house as the guards read it: its files, its rooms and what imports what."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# From the ground up. An import and a foreign key only ever point down.
LADDER = [
    "sanctuary.audit",
    "sanctuary.places",
    "sanctuary.people",
    "sanctuary.post",
    "streams",
    "groups",
    "pledges",
    "awards",
    "campaigns",
]

# The rooms every app may have, by floor. A room imports only from lower floors of its own app.
FLOORS = {
    **dict.fromkeys(["models", "signals"], 1),
    **dict.fromkeys(["rules", "actions", "forms", "filters"], 2),
    **dict.fromkeys(["tasks", "admin", "receivers", "templatetags", "management"], 3),
    **dict.fromkeys(["views", "api"], 4),
    "urls": 5,
    "apps": 6,
}

# Rooms that only one app has. Floor 0 holds what even models may use.
PRIVATE_ROOMS = {
    "sanctuary.places": {"postcode": 0, "grid": 0, "directory": 0, "onspd": 0, "parliament": 0, "uk_map": 0},
    "sanctuary.people": {"sealed": 0, "address": 0, "tokens": 0, "links": 0, "guard": 0, "spreadsheet": 0},
    "sanctuary.post": {"merge": 0, "markup": 0, "message": 0, "pump": 0, "journal": 0, "sink": 0, "returns": 0},
}

# What stands in sanctuary/ itself: the rest of the floor, and the roof.
HALL = {"access", "adapters", "apps", "logs", "middleware", "sessions", "views", "templatetags", "launch", "management"}
# The hall's own workshop: posters and pictures.
HALL |= {"printing"}
ROOF = {"asgi", "celery", "demo", "desk", "home", "settings", "urls", "wsgi"}

# What one app may import from another: these rooms, and what the floor lends to everybody.
DOORS = {"models", "actions", "rules", "signals"}
LENT = {
    "sanctuary.people.forms",
    "sanctuary.people.guard",
    "sanctuary.places.forms",
    "sanctuary.places.postcode",
    "sanctuary.people.address",
    "sanctuary.people.links",
    "sanctuary.people.sealed",
    "sanctuary.people.spreadsheet",
    "sanctuary.people.tokens",
    "sanctuary.post.journal",
    "sanctuary.post.markup",
    "sanctuary.post.merge",
    "sanctuary.post.message",
    "sanctuary.post.pump",
    "sanctuary.post.returns",
    "groups.filters.question",
    "groups.views.room",
    # The pledge in a frame is the very form of the pledge page.
    "pledges.forms",
}


def files(*endings: str) -> list[Path]:
    """Every file of the house that is, or could be, committed, and ends in one of these."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    paths = [ROOT / name for name in listed] or _walk(ROOT)
    return sorted(path for path in paths if path.is_file() and path.name.endswith(endings or ("",)))


def _walk(folder: Path) -> list[Path]:
    """For a copy without git: everything but what tools leave behind."""
    left_behind = {".venv", ".data", ".git", "staticfiles", "media", "__pycache__"}
    return [path for path in folder.rglob("*") if not left_behind & set(path.relative_to(folder).parts)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Module:
    """One Python file of the apps, the floor or the roof."""

    path: Path

    @property
    def dotted(self) -> str:
        parts = list(self.path.relative_to(ROOT).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def tree(self) -> ast.Module:
        return _parse(self.path)

    def imports(self) -> list[tuple[int, str]]:
        """(line, dotted name) of each import of ours: of modules, and of the names taken from them."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        return [(line, name) for line, name in found if name.partition(".")[0] in PACKAGES]

    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


PACKAGES = {app.partition(".")[0] for app in LADDER}


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def modules() -> list[Module]:
    """Ours, without tests and migrations."""
    return [
        Module(path)
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] in PACKAGES and "migrations" not in path.parts
    ]


def app_and_room(dotted: str) -> tuple[str, str]:
    """`sanctuary.people.actions.choosing` is in ("sanctuary.people", "actions"); the hall's app is "sanctuary"."""
    parts = dotted.split(".")
    size = 2 if ".".join(parts[:2]) in LADDER else 1
    rest = parts[size:]
    return ".".join(parts[:size]), rest[0] if rest else ""


def floor_of(app: str, room: str) -> int | None:
    """None for a room that this app must not have."""
    return FLOORS.get(room, PRIVATE_ROOMS.get(app, {}).get(room))

"""Reading what the demonstration's mail sink keeps: one file a message, newest last in name order."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

SHOWN = 100
_TO = re.compile(rb"^To:[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)
_KEY = re.compile(r"[\w.-]+\.eml\Z")


@dataclass(frozen=True)
class Letter:
    """One message as its reader sees it. `stop_url` is the one-click address of RFC 8058, where there is one."""

    key: str
    to: str
    sender: str
    subject: str
    sent_at: datetime | None
    text: str
    html: str
    headers: list[tuple[str, str]]


def newest(to: str = "") -> list[Letter]:
    """The newest letters; with `to`, only those whose address holds it."""
    paths = sorted(_folder().glob("*.eml"), reverse=True) if _folder().is_dir() else []
    found = []
    for path in paths:
        if _goes_to(path, to) and (letter := read(path.name)):
            found.append(letter)
        if len(found) == SHOWN:
            break
    return found


def _goes_to(path: Path, to: str) -> bool:
    """By the head alone: reading two thousand letters whole takes many seconds."""
    if not to:
        return True
    try:
        line = _TO.search(path.read_bytes()[:8192])
    except FileNotFoundError:
        return False
    return line is not None and to.lower() in line[1].decode(errors="replace").lower()


def read(key: str) -> Letter | None:
    path = _folder() / key
    if not _KEY.match(key) or not path.is_file():
        return None
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    parts = {part.get_content_subtype(): part.get_content() for part in message.walk() if not part.is_multipart()}
    return Letter(
        key=key,
        to=message["To"] or "",
        sender=message["From"] or "",
        subject=message["Subject"] or "(no subject)",
        sent_at=parsedate_to_datetime(message["Date"]) if message["Date"] else None,
        text=parts.get("plain", ""),
        html=parts.get("html", ""),
        headers=[(name, str(value)) for name, value in message.items()],
    )


def _folder() -> Path:
    return Path(settings.MAILBOX_DIR) / "new"

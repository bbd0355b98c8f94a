"""Reading what the demonstration's mail sink keeps: one file a message, newest last in name order."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

SHOWN = 100
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
        letter = read(path.name)
        if letter and to.lower() in letter.to.lower():
            found.append(letter)
        if len(found) == SHOWN:
            break
    return found


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

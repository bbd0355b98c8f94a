"""The files in which a mail server leaves what came back. A message is removed only after what it says is saved."""

import mailbox
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MAX_BYTES = 1_000_000  # a report says what it has to say at its beginning
_ASIDE = ".unclear"


def waiting_in(maildir: Path) -> Iterator[tuple[Path, bytes]]:
    """Each waiting message of a maildir, oldest name first. Another reader may remove one in the meantime."""
    for folder in ("new", "cur"):
        for path in sorted((maildir / folder).glob("[!.]*")):
            with suppress(FileNotFoundError, IsADirectoryError), path.open("rb") as file:
                yield path, file.read(MAX_BYTES)


def put_aside(path: Path, maildir: Path) -> None:
    """Keep a message that nobody could read for a person to look at, in a folder of the same maildir."""
    folder = maildir / _ASIDE / "new"
    for each in ("new", "cur", "tmp"):
        (maildir / _ASIDE / each).mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileNotFoundError):
        path.rename(folder / path.name)


def forget_aside(maildir: Path, before: float) -> int:
    """Remove what was put aside and arrived before this moment (seconds since 1970). Returns how many went."""
    old = [path for path in (maildir / _ASIDE).glob("*/*") if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def mbox_messages(path: Path) -> Iterator[bytes]:
    """Each message of an mbox file, which stays as it is: reading it again counts nothing twice."""
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)[:MAX_BYTES]
    finally:
        box.close()

"""A write-ahead journal of one sending process: one byte per row, in a file shared with the kernel.

A store into a shared mapping outlives `kill -9` at the cost of about 100 ns. The owner holds a lock on the file for as
long as it lives; when the lock is free the owner is dead and `recover` reads what it was doing. Several slots let the
next chunk be noted before the last ones are let go, so that no moment is without a witness.
"""

import fcntl
import mmap
import os
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

UNTOUCHED, COMMITTING, ACCEPTED, REFUSED, DEFERRED = range(5)
SLOTS = 3

_HEAD = struct.Struct("<8s16s16sI20x")  # magic, owner, boot of the machine, rows in a slot
_SLOT = struct.Struct("<B7xqqqq16s8x")  # in use, mailing, chunk, lo, hi, token
_MAGIC = b"SNCTJNL2"
_SUFFIX = ".journal"
_ABANDONED_AFTER = 60


class Work(NamedTuple):
    """A chunk on loan: the rows `lo` to `hi`, both included, of a mailing, and the token that proves the loan."""

    mailing: int
    chunk: int
    lo: int
    hi: int
    token: bytes


class Slot:
    """The bytes of one chunk. Rows are named by their own number, `lo` to `hi`."""

    def __init__(self, shared: mmap.mmap, at: int, work: Work):
        self.work = work
        self._shared = shared
        self._at = at
        self._first = at + _SLOT.size - work.lo

    def mark(self, row: int, state: int) -> None:
        """Note the state of a row. Raises IndexError for a row outside the chunk."""
        if not self.work.lo <= row <= self.work.hi:
            raise IndexError(f"row {row} is not in {self.work.lo}–{self.work.hi}")
        self._shared[self._first + row] = state

    def mark_committing(self, row: int) -> None:
        """Note that the next bytes let the relay accept this row. Call it just before they leave."""
        self.mark(row, COMMITTING)

    def release(self) -> None:
        """The outcomes are safe elsewhere: forget this chunk."""
        self._shared[self._at] = 0


class Journal:
    """The journal of this process. Open it after any fork: a child would hold the lock on."""

    def __init__(self, path: Path, file: int, shared: mmap.mmap, rows: int):
        self.path = path
        self._file = file
        self._shared = shared
        self._rows = rows

    @classmethod
    def open(cls, folder: Path | str, owner: bytes, *, rows: int = 1024) -> "Journal":
        """A new journal for `owner` (16 bytes, never used before); `rows` is the most that a chunk may hold."""
        if len(owner) != 16:
            raise ValueError("an owner is 16 bytes")
        path = Path(folder) / f"{owner.hex()}{_SUFFIX}"
        draft = path.with_suffix(".new")
        file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(file, _HEAD.size + SLOTS * (_SLOT.size + rows))
        shared = mmap.mmap(file, 0)
        shared[: _HEAD.size] = _HEAD.pack(_MAGIC, owner, _boot(), rows)
        # Only a locked file gets the name that `recover` looks for.
        draft.rename(path)
        return cls(path, file, shared, rows)

    def begin(self, work: Work) -> Slot:
        """Take a free slot for a chunk, before the loan is committed. Raises RuntimeError when all are in use."""
        if not 0 < work.hi - work.lo + 1 <= self._rows or len(work.token) != 16:
            raise ValueError(f"{work} does not fit a journal of {self._rows} rows")
        for at in _slot_places(self._rows):
            if not self._shared[at]:
                self._shared[at + 1 : at + _SLOT.size + self._rows] = _SLOT.pack(0, *work)[1:] + bytes(self._rows)
                # The flag comes last: a slot half written is a slot not in use.
                self._shared[at] = 1
                return Slot(self._shared, at, work)
        raise RuntimeError("all slots of the journal are in use: release one first")

    def close(self) -> None:
        """Remove the journal. With a slot still in use the file is left for `recover`."""
        if not any(self._shared[at] for at in _slot_places(self._rows)):
            self.path.unlink(missing_ok=True)
        self._shared.close()
        os.close(self._file)


class DeadSlot(NamedTuple):
    """What a dead process was doing with one chunk."""

    work: Work
    states: bytes

    def rows(self, state: int) -> list[int]:
        """The rows, by their own number, in this state."""
        return [self.work.lo + place.start() for place in re.finditer(re.escape(bytes([state])), self.states)]


class DeadJournal:
    """A journal whose owner is gone. It stays locked, so nobody else settles it, until `discard` or `close`."""

    def __init__(self, path: Path, file: int):
        self.path = path
        self._file = file
        self.owner, self.slots = _read(path.read_bytes())

    def discard(self) -> None:
        """All of it is settled: remove the file."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go without removing, for another try."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def recover(folder: Path | str) -> Iterator[DeadJournal]:
    """The journals of dead owners on this machine. Settle each, then `discard` it; what is not discarded comes again.

    After a restart of the machine the bytes on disk may be older than what was sent, so every row that looks untouched
    is given as committing: in doubt, never free.
    """
    for path in sorted(Path(folder).glob("*.new")):
        _sweep(path)
    for path in sorted(Path(folder).glob(f"*{_SUFFIX}")):
        if (file := _lock_if_dead(path)) is None:
            continue
        dead = DeadJournal(path, file)
        try:
            yield dead
        finally:
            dead.close()


def _lock_if_dead(path: Path) -> int | None:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another process may have settled and removed it between our open and our lock.
        if os.stat(path).st_ino == os.fstat(file).st_ino:
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(file)
    return None


def _sweep(draft: Path) -> None:
    """Remove what a process left that died while opening its journal."""
    try:
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER and (file := _lock_if_dead(draft)) is not None:
            draft.unlink(missing_ok=True)
            os.close(file)
    except FileNotFoundError:
        pass


def _read(data: bytes) -> tuple[bytes, list[DeadSlot]]:
    if data[: len(_MAGIC)] != _MAGIC:
        return bytes(16), []  # The machine went down before the first page reached the disk.
    _, owner, boot, rows = _HEAD.unpack_from(data)
    slots = []
    for at in _slot_places(rows):
        in_use, *work, token = _SLOT.unpack_from(data, at)
        if in_use:
            known = Work(*work, token)
            first = at + _SLOT.size
            states = data[first : first + known.hi - known.lo + 1]
            if boot != _boot():
                states = states.replace(bytes([UNTOUCHED]), bytes([COMMITTING]))
            slots.append(DeadSlot(known, states))
    return owner, slots


def _slot_places(rows: int) -> range:
    size = _SLOT.size + rows
    return range(_HEAD.size, _HEAD.size + SLOTS * size, size)


def _boot() -> bytes:
    """Which run of the machine this is; zeros where the system does not say."""
    try:
        return bytes.fromhex(Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", ""))
    except OSError:
        return bytes(16)

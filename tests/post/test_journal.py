"""The journal keeps its word when the process that writes it is killed at any moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sanctuary.post import journal
from sanctuary.post.journal import ACCEPTED, COMMITTING, DEFERRED, REFUSED, SLOTS, UNTOUCHED, Journal, Work, recover

ROOT = Path(__file__).parents[2]
OWNER = b"o" * 16
WORK = Work(mailing=7, chunk=3, lo=101, hi=105, token=b"t" * 16)
NEXT = Work(mailing=7, chunk=4, lo=106, hi=108, token=b"u" * 16)

WRITER = """
import itertools, os, sys
from sanctuary.post.journal import ACCEPTED, Journal, Work
journal = Journal.open(sys.argv[1], b"w" * 16)
wire = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
print("ready", flush=True)
for chunk in itertools.count():
    slot = journal.begin(Work(1, chunk, chunk * 200 + 1, chunk * 200 + 200, b"t" * 16))
    for row in range(chunk * 200 + 1, chunk * 200 + 201):
        slot.mark_committing(row)
        os.write(wire, b"%d " % row)
        slot.mark(row, ACCEPTED)
    slot.release()
"""


def die(opened):
    """What the kernel does for a process that is killed: its lock goes, its file stays."""
    os.close(opened._file)
    opened._shared.close()


def test_states_of_a_dead_owner_are_read_back(tmp_path):
    opened = Journal.open(tmp_path, OWNER)
    slot, following = opened.begin(WORK), opened.begin(NEXT)
    for row, state in ((101, ACCEPTED), (102, REFUSED), (103, DEFERRED)):
        slot.mark_committing(row)
        slot.mark(row, state)
    slot.mark_committing(104)
    following.mark_committing(108)
    die(opened)
    (dead,) = recover(tmp_path)
    assert dead.owner == OWNER
    assert [found.work for found in dead.slots] == [WORK, NEXT]
    first, second = dead.slots
    states = (ACCEPTED, REFUSED, DEFERRED, COMMITTING, UNTOUCHED)
    assert [first.rows(state) for state in states] == [[101], [102], [103], [104], [105]]
    assert [second.rows(state) for state in states] == [[], [], [], [108], [106, 107]]


def test_living_owner_is_left_alone(tmp_path):
    opened = Journal.open(tmp_path, OWNER)
    opened.begin(WORK)
    assert list(recover(tmp_path)) == []
    die(opened)
    assert len(list(recover(tmp_path))) == 1


def test_dead_journal_comes_again_until_it_is_discarded(tmp_path):
    die(Journal.open(tmp_path, OWNER))
    for _dead in recover(tmp_path):
        assert list(recover(tmp_path)) == []  # While one process settles it nobody else may.
    for dead in recover(tmp_path):
        dead.discard()
    assert list(recover(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_released_slot_is_used_again_and_starts_clean(tmp_path):
    opened = Journal.open(tmp_path, OWNER)
    slot = opened.begin(WORK)
    slot.mark(101, ACCEPTED)
    for _ in range(SLOTS - 1):
        opened.begin(NEXT)
    with pytest.raises(RuntimeError, match="all slots"):
        opened.begin(WORK)
    slot.release()
    opened.begin(WORK)
    die(opened)
    (dead,) = recover(tmp_path)
    assert [found.rows(UNTOUCHED) for found in dead.slots] == [
        [101, 102, 103, 104, 105],
        *[[106, 107, 108]] * (SLOTS - 1),
    ]


@pytest.mark.parametrize("row", [100, 106, -1, 0, 10_000])
def test_row_outside_the_chunk_is_refused(tmp_path, row):
    slot = Journal.open(tmp_path, OWNER).begin(WORK)
    with pytest.raises(IndexError):
        slot.mark_committing(row)


def test_chunk_that_does_not_fit_is_refused(tmp_path):
    opened = Journal.open(tmp_path, OWNER, rows=10)
    for bad in (WORK._replace(hi=111), WORK._replace(hi=100), WORK._replace(token=b"short")):
        with pytest.raises(ValueError, match="does not fit"):
            opened.begin(bad)
    opened.begin(WORK._replace(hi=110))


def test_closing_removes_the_file_only_when_nothing_is_open(tmp_path):
    idle = Journal.open(tmp_path, OWNER)
    idle.begin(WORK).release()
    idle.close()
    assert list(tmp_path.iterdir()) == []
    busy = Journal.open(tmp_path, OWNER)
    busy.begin(WORK)
    busy.close()
    assert [len(dead.slots) for dead in recover(tmp_path)] == [1]


def test_after_a_restart_of_the_machine_no_row_is_thought_free(tmp_path, monkeypatch):
    opened = Journal.open(tmp_path, OWNER)
    opened.begin(WORK).mark(101, ACCEPTED)
    die(opened)
    monkeypatch.setattr(journal, "_boot", lambda: b"another" + bytes(9))
    (dead,) = recover(tmp_path)
    assert dead.slots[0].rows(UNTOUCHED) == []
    assert dead.slots[0].rows(COMMITTING) == [102, 103, 104, 105]
    assert dead.slots[0].rows(ACCEPTED) == [101]


def test_file_that_never_reached_the_disk_says_nothing(tmp_path):
    (tmp_path / f"{'00' * 16}.journal").write_bytes(bytes(64))
    assert [dead.slots for dead in recover(tmp_path)] == [[]]


def test_draft_of_a_process_that_died_at_birth_is_swept(tmp_path):
    old, fresh = tmp_path / "a.new", tmp_path / "b.new"
    for draft in (old, fresh):
        draft.touch()
    os.utime(old, (time.time() - 3600,) * 2)
    assert list(recover(tmp_path)) == []
    assert list(tmp_path.iterdir()) == [fresh]


@pytest.mark.parametrize("seconds", [0, 0.003, 0.01, 0.03, 0.1, 0.2])
def test_killed_process_leaves_every_row_named(tmp_path, seconds):
    wire = tmp_path / "wire"
    command = [sys.executable, "-c", WRITER, tmp_path, wire]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        assert list(recover(tmp_path)) == []
        writer.send_signal(signal.SIGKILL)
    sent = {int(row) for row in wire.read_bytes().split()}
    (dead,) = recover(tmp_path)
    for slot in dead.slots:
        accepted, committing, free = (set(slot.rows(state)) for state in (ACCEPTED, COMMITTING, UNTOUCHED))
        assert accepted | committing | free == set(range(slot.work.lo, slot.work.hi + 1))
        assert accepted <= sent
        assert not free & sent
        assert len(committing) <= 1
    open_rows = {row for slot in dead.slots for row in range(slot.work.lo, slot.work.hi + 1)}
    assert sent - open_rows == set(range(1, max(sent - open_rows, default=0) + 1))

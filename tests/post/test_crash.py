"""Pump and journal together: a sender killed again and again sends nobody a second copy and loses nobody."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from sanctuary.post.journal import ACCEPTED, COMMITTING, UNTOUCHED, recover
from sanctuary.post.sink import Sink

ROOT = Path(__file__).parents[2]
ROWS = 3000
CONNECTIONS = 4
SLOW = {"faults": [{"at": "dot", "do": "late", "seconds": 0.001}]}  # so that there is time to die

SENDER = """
import os, sys
from sanctuary.post.journal import Journal, Work
from sanctuary.post.pump import Envelope, Outcome, Pump
folder, port, connections, *rows = sys.argv[1:]
rows = [int(row) for row in rows]
journal = Journal.open(folder, os.urandom(16), rows=10_000)
slot = journal.begin(Work(1, 1, min(rows), max(rows), os.urandom(16)))
body = b"Message-ID: <%d>\\r\\n\\r\\n" + b"x" * 70 + b"\\r\\n"
print("ready", flush=True)
with Pump("127.0.0.1", int(port), connections=int(connections)) as pump:
    envelopes = (Envelope(row, "a@example.org", f"p{row}@example.org", body % row) for row in rows)
    ends = {result.outcome for result in pump.send(envelopes, slot)}
print(*ends)
os._exit(9)  # Not even a clean end may settle the journal: the parent does.
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_sender_sends_nobody_twice_and_loses_nobody(tmp_path, seed):
    random = Random(seed)
    left = set(range(1, ROWS + 1))
    accepted, doubt = set(), set()
    kills = 0
    with Sink(log=tmp_path / "log", faults=SLOW) as sink:
        while left:
            command = [
                sys.executable,
                "-c",
                SENDER,
                tmp_path,
                str(sink.port),
                str(CONNECTIONS),
                *map(str, sorted(left)),
            ]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as sender:
                assert sender.stdout.readline() == b"ready\n"
                if kills < 12:
                    time.sleep(random.uniform(0.01, 0.06))
                    os.kill(sender.pid, signal.SIGKILL)
                    kills += 1
                else:
                    sender.wait(60)
            for dead in recover(tmp_path):
                (slot,) = dead.slots
                found = {state: left & set(slot.rows(state)) for state in (ACCEPTED, COMMITTING, UNTOUCHED)}
                assert len(found[COMMITTING]) <= CONNECTIONS
                accepted |= found[ACCEPTED]
                doubt |= found[COMMITTING]
                left = found[UNTOUCHED]
                dead.discard()
        time.sleep(0.1)
        there = [int(message.message_id.strip("<>")) for message in sink.accepted]
    assert kills == 12
    assert len(there) == len(set(there))
    assert accepted <= set(there)
    assert set(range(1, ROWS + 1)) - set(there) <= doubt
    assert accepted | doubt == set(range(1, ROWS + 1))
    assert [int(line.split("\t")[1].strip("<>")) for line in (tmp_path / "log").read_text().splitlines()] == there

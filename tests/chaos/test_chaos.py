"""The storms of `make chaos` at the size of a test: five seeds of 10,000, and engines that are broken on purpose.

They run as the command does, in processes, servers and a database of their own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
RECIPIENTS, SEEDS, HOSTS, CONTROLS, BROKER = 10_000, 5, 2_500, 1_000, 3
LONGEST = 1800  # seconds for all of them on the slowest machine; each storm has a patience of its own


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Each row of the table, by the name of its storm."""
    written = tmp_path_factory.mktemp("chaos") / "lines.json"
    sizes = ["--recipients", RECIPIENTS, "--seeds", SEEDS, "--hosts", HOSTS, "--controls", CONTROLS, "--broker", BROKER]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *map(str, sizes), "--json", str(written)],
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(written.read_text())


def called(lines, *kinds):
    return [line for line in lines if line["kind"] in kinds]


def unaccounted(line):
    """What must be nothing: words about broken promises, and people who are lost or got it twice."""
    return line["verdict"]["broken"], line["verdict"]["lost"], line["verdict"]["twice"]


def test_five_storms_lose_nobody_and_repeat_nobody(lines):
    storms = called(lines, "storm")
    assert [line["seed"] for line in storms] == [1, 2, 3, 4, 5]
    for line in storms:
        assert unaccounted(line) == ([], 0, 0)
        assert line["blows"] == {"worker": 6, "beat": 1, "broker": 2, "flush": 2, "database": 2}
        outcomes = line["verdict"]["outcomes"]
        assert sum(outcomes.values()) == RECIPIENTS
        assert (outcomes["pending"], outcomes["suppressed"], outcomes["cancelled"]) == (0, RECIPIENTS // 100, 0)
        assert 0 < outcomes["in_doubt"] <= RECIPIENTS // 100
        assert outcomes["refused"] > 0


def test_a_host_frozen_or_lost_with_its_journal_leaves_only_its_own_chunks_in_doubt(lines):
    hosts = called(lines, "freeze", "loss")
    assert [(line["kind"], line["blows"]) for line in hosts] == [("freeze", {"freeze": 1}), ("loss", {"loss": 1})]
    for line in hosts:
        assert unaccounted(line) == ([], 0, 0)
        assert line["verdict"]["host_doubt"] > 0


def test_engines_broken_on_purpose_are_seen_to_lose_or_repeat_people(lines):
    seen = {line["kind"]: line["verdict"] for line in called(lines, "no lease", "sent first", "no doubt")}
    assert len(seen) == 3
    assert seen["no lease"]["twice"] > 0
    assert seen["sent first"]["lost"] > 0
    assert seen["no doubt"]["twice"] > 0


def test_letters_leave_again_by_themselves_when_the_broker_comes_back(lines):
    (recovery,) = called(lines, "broker")
    assert len(recovery["seconds"]) == BROKER
    assert max(recovery["seconds"]) <= 30

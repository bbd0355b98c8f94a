"""The supervisor with real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path):
    """Starts a supervisor whose children `body` adds."""
    started = []

    def begin(body, *, deadline=15):
        script = tmp_path / "supervised.py"
        script.write_text(
            "import sys\nfrom sanctuary.launch.supervise import Supervisor\n"
            f"s = Supervisor(deadline={deadline})\nPY = [sys.executable, '-c']\n{body}\nsys.exit(s.run())\n"
        )
        process = subprocess.Popen(
            [sys.executable, str(script)],
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def read_until(process, wanted):
    """The lines up to the one that contains `wanted`."""
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if wanted in line:
            return lines
    raise AssertionError(lines)


def is_gone(pid):
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


def number_after(lines, word):
    return int(next(line for line in lines if word in line).rpartition(word)[2])


FOREVER = "import os, time; print('pid', os.getpid()); time.sleep(60)"
# A child with a child of its own, both deaf to SIGTERM.
DEAF = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); p = os.fork();"
    " os.write(1, b'%s %d\\n' % (b'child' if p else b'grandchild', os.getpid())); time.sleep(60)"
)
POLITE = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *a: (print('bye'), sys.exit()));"
    " print('up'); time.sleep(60)"
)


def test_lines_carry_an_aligned_name_and_stop_is_in_reverse_order(start):
    process = start(f"s.add('web', PY + [{POLITE!r}]); s.add('worker', PY + [{POLITE!r}])")
    seen = set(read_until(process, "up") + read_until(process, "up"))
    process.terminate()
    rest = process.stdout.read().splitlines()
    assert seen == {"web    | up", "worker | up"}
    assert rest == ["worker | bye", "web    | bye"]
    assert process.wait(10) == 0


def test_a_child_that_dies_is_started_again_later_each_time(start):
    process = start("s.add('web', PY + ['print(1); raise SystemExit(3)'])")
    lines = read_until(process, "again in 1 s")
    process.send_signal(signal.SIGINT)
    assert lines == [
        "web  | 1",
        "web  | ended (exit code 3)",
        "demo | starting web again in 0.5 s",
        "web  | 1",
        "web  | ended (exit code 3)",
        "demo | starting web again in 1 s",
    ]
    assert process.wait(10) == 0


def test_a_child_that_everything_needs_takes_the_others_with_it(start):
    short = "import time; time.sleep(1); raise SystemExit(3)"
    body = f"s.add('web', PY + [{FOREVER!r}])\ns.add('sink', PY + [{short!r}], on_death='stop')"
    process = start(body)
    lines = read_until(process, "stopping everything")
    assert process.wait(10) == 1
    assert is_gone(number_after(lines, "pid "))


def test_a_deaf_child_and_its_own_child_are_killed_at_the_deadline(start):
    process = start(f"s.add('worker', PY + [{DEAF!r}])", deadline=0.5)
    lines = read_until(process, "child ") + read_until(process, "child ")
    process.terminate()
    assert process.wait(10) == 0
    assert is_gone(number_after(lines, "| child "))
    assert is_gone(number_after(lines, "| grandchild "))


def test_what_a_polite_child_leaves_behind_is_killed(start):
    leaver = DEAF.replace("p = os.fork();", "p = os.fork(); p and signal.signal(signal.SIGTERM, signal.SIG_DFL);")
    process = start(f"s.add('worker', PY + [{leaver!r}])")
    lines = read_until(process, "child ") + read_until(process, "child ")
    process.terminate()
    assert process.wait(10) == 0
    assert is_gone(number_after(lines, "| grandchild "))


def test_a_second_signal_does_not_wait_and_an_echo_does(start):
    process = start(f"s.add('worker', PY + [{DEAF!r}])", deadline=30)
    read_until(process, "child ")
    read_until(process, "child ")
    process.terminate()
    time.sleep(0.3)
    process.terminate()
    time.sleep(1.5)
    assert process.poll() is None
    process.terminate()
    assert process.wait(5) == 0


def test_children_of_a_killed_supervisor_do_not_stay(start):
    process = start(f"s.add('web', PY + [{FOREVER!r}])")
    lines = read_until(process, "pid ")
    process.kill()
    process.wait(5)
    assert is_gone(number_after(lines, "pid "))


def test_nobody_reading_the_output_stops_everything(start):
    chatty = "import os, time\nprint('pid', os.getpid())\nwhile True: print('x'); time.sleep(0.05)"
    process = start(f"s.add('web', PY + [{chatty!r}])")
    lines = read_until(process, "pid ")
    process.stdout.close()
    assert process.wait(10) == 0
    assert is_gone(number_after(lines, "pid "))


def test_a_command_that_is_not_there_is_reported(start):
    process = start("s.add('web', ['/no/such/program'], on_death='stop')")
    output = process.communicate(timeout=10)[0]
    assert process.returncode == 1
    assert "web  | cannot start: " in output


def test_ready_is_said_once(start):
    body = f"""
s.add('web', PY + [{FOREVER!r}])
asked = []
def ready():
    asked.append(1)
    return len(asked) >= 3
sys.exit(s.run(ready=ready, on_ready=lambda: s.say('open http://127.0.0.1:8000/')))
"""
    process = start(body)
    read_until(process, "demo | open http://127.0.0.1:8000/")
    time.sleep(0.5)
    process.terminate()
    assert "open" not in process.stdout.read()
    assert process.wait(10) == 0

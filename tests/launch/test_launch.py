"""The launcher with real servers: no Django, no mocks, each test in a folder of its own."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from sanctuary.launch import LaunchError
from sanctuary.launch.binaries import locale_flags, major_of
from sanctuary.launch.folder import SOCKET_PATH_LIMIT, DataFolder, make_private
from sanctuary.launch.postgres import Postgres

PROJECT = Path(__file__).resolve().parents[2]
LAUNCH = [sys.executable, "-m", "sanctuary.launch"]
SHOW = 'import os; print(os.environ["DATABASE_URL"]); print(os.environ["REDIS_URL"])'
CONNECT = (
    "import os, psycopg, redis; psycopg.connect(os.environ['DATABASE_URL']);"
    " redis.from_url(os.environ['REDIS_URL']).ping()"
)
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")


def environment(data, **extra):
    ours = ("DATABASE_URL", "REDIS_URL", "PG_BIN", "PGPORT")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"SANCTUARY_DATA": str(data), "SANCTUARY_FAST": "1"} | extra


def launch(data, *words, **extra):
    return subprocess.run(
        [*LAUNCH, *words],
        cwd=PROJECT,
        env=environment(data, **extra),
        capture_output=True,
        text=True,
        timeout=60,
    )


def python(data, code, **extra):
    return launch(data, "run", "--", sys.executable, "-c", code, **extra)


def pids_using(data):
    """Every process whose command line names the folder, its sockets or its data."""
    names = (str(data), str(DataFolder(Path(data)).sockets))
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            line = (proc / "cmdline").read_bytes().decode(errors="replace")
            state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
            folder = os.readlink(proc / "cwd")
        except OSError:
            continue
        if state != "Z" and (any(name in line for name in names) or folder.startswith(str(data))):
            found.append(int(proc.name))
    return found


def kill(*pids):
    """The servers' own children may be gone before their turn comes."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def seconds(function):
    began = time.monotonic()
    function()
    return time.monotonic() - began


def make_folder():
    """Short enough for sockets, and open to every account as a checkout is."""
    folder = Path(tempfile.mkdtemp(prefix="sl-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


def clear_up(data):
    if pids_using(data):
        launch(data, "stop")
    kill(*pids_using(data))


@pytest.fixture
def fresh():
    """A data folder that does not exist yet."""
    folder = make_folder()
    yield folder / "data"
    clear_up(folder / "data")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def used():
    folder = make_folder()
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def data(used):
    """A data folder that earlier tests may have filled; nothing runs in it."""
    yield used
    clear_up(used)


def hear_everything():
    """Tests that run in the background, or under nohup, are born deaf to some signals; the launcher must not be."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def run_up():
    """Starts a `run` in the background; its command has printed `up` when this returns."""
    started = []

    def start(data, *command, **options):
        options.setdefault("preexec_fn", hear_everything)
        process = subprocess.Popen(
            [*LAUNCH, "run", "--", *command],
            cwd=PROJECT,
            env=environment(data),
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        started.append(process)
        assert process.stdout.readline() == "up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def stranger():
    """A process of the account that runs the services, which is no PostgreSQL."""
    with subprocess.Popen(["sleep", "600"], user=65534 if os.geteuid() == 0 else None) as process:
        yield process
        process.kill()


SLEEPER = ["sh", "-c", "echo up; exec sleep 60"]


def test_run_gives_the_command_both_services_and_takes_them_away_again(data):
    done = python(data, SHOW)
    assert done.stderr == ""
    database, broker = done.stdout.split()
    assert dj_database_url.parse(database)["HOST"] == str(data / "run")
    assert broker == f"unix://{data}/run/valkey.sock?db=0"
    assert pids_using(data) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database)


def test_the_services_are_postgresql_18_and_valkey_with_unicode_that_works(data):
    ask = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as db:
    print(db.info.server_version // 10000, db.info.dbname)
    print(db.execute("select 'DŴR' ilike 'dŵr', 'Олександра' ilike '%олександра'").fetchone())
    print(db.execute("show listen_addresses").fetchone(), db.execute("show fsync").fetchone())
print(redis.from_url(os.environ["REDIS_URL"]).info("server")["tcp_port"])
"""
    done = python(data, ask)
    assert done.stdout.splitlines() == ["18 sanctuary", "(True, True)", "('',) ('off',)", "0"], done.stderr


def test_services_for_the_demo_are_durable(data):
    ask = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as db:
    print(*(db.execute(f"show {s}").fetchone()[0] for s in ("fsync", "synchronous_commit", "full_page_writes")))
print(redis.from_url(os.environ["REDIS_URL"]).config_get("appendonly"))
"""
    done = python(data, ask, SANCTUARY_FAST="")
    assert done.stdout.splitlines() == ["on on on", "{'appendonly': 'yes'}"], done.stderr


def test_the_exit_code_is_the_commands(data):
    assert launch(data, "run", "--", "sh", "-c", "exit 7").returncode == 7
    assert launch(data, "run", "--", "sh", "-c", "kill -KILL $$").returncode == 137
    missing = launch(data, "run", "--", "/no/such/command")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    assert pids_using(data) == []


def test_a_second_start_reuses_the_data_and_is_quick(data):
    with_database = "import os, psycopg\nwith psycopg.connect(os.environ['DATABASE_URL']) as db: "
    assert python(data, with_database + "db.execute('create table kept as select 42 as answer')").returncode == 0
    done = python(data, with_database + "print(db.execute('select answer from kept').fetchone())")
    assert done.stdout == "(42,)\n", done.stderr
    assert min(seconds(lambda: launch(data, "run", "--", "true")) for _ in range(3)) < 1


def test_two_commands_share_and_only_the_last_one_stops(data, run_up):
    first = run_up(data, *SLEEPER)
    second = run_up(data, *SLEEPER)
    assert launch(data, "stop").returncode == 1
    first.terminate()
    first.wait(20)
    folder = DataFolder(data)
    with psycopg.connect(Postgres(folder).url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    second.terminate()
    second.wait(20)
    assert pids_using(data) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 129)])
def test_a_signal_reaches_the_command_which_may_finish_before_the_services_stop(data, number, code, run_up):
    finish = (
        "import os, signal, sys, time, psycopg\n"
        "def finish(*a):\n"
        "    psycopg.connect(os.environ['DATABASE_URL']); os.write(1, b'finished\\n'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, finish); signal.signal(signal.SIGINT, finish)\n"
        "print('up', flush=True); time.sleep(60)"
    )
    process = run_up(data, sys.executable, "-c", finish, stdin=subprocess.DEVNULL)
    process.send_signal(number)
    assert process.wait(20) == code
    assert process.stdout.read() == ("finished\n" if code == 0 else "")
    assert pids_using(data) == []


def test_ctrl_c_at_a_terminal_is_heard_once_by_the_command(data, run_up):
    ours, theirs = os.openpty()
    count = (
        "import signal, sys, time\nheard = []\n"
        "signal.signal(signal.SIGINT, lambda *a: heard.append(1))\n"
        "print('up', flush=True)\n"
        "while not heard: time.sleep(0.05)\n"
        "time.sleep(0.5); print(len(heard), flush=True); sys.exit(5)"
    )
    process = run_up(
        data,
        sys.executable,
        "-c",
        count,
        stdin=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.write(ours, b"\x03")
    assert process.wait(20) == 5
    assert process.stdout.read() == "1\n"
    os.close(ours)
    os.close(theirs)
    assert pids_using(data) == []


def test_everything_killed_starts_again_even_when_the_old_pid_is_someone_elses(data, run_up, stranger):
    process = run_up(data, *SLEEPER)
    with psycopg.connect(Postgres(DataFolder(data)).url, autocommit=True) as connection:
        connection.execute("create table survived as select 42 as answer")
        connection.execute("checkpoint")
    kill(process.pid, *pids_using(data))
    process.wait(20)
    for leftover in (data / "postgres" / "postmaster.pid", data / "run" / ".s.PGSQL.5432.lock"):
        lines = leftover.read_text().splitlines()
        leftover.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    done = python(
        data,
        "import os, psycopg\nwith psycopg.connect(os.environ['DATABASE_URL']) as db:"
        " print(db.execute('select answer from survived').fetchone())",
    )
    assert done.stdout == "(42,)\n", done.stderr
    assert stranger.poll() is None
    assert pids_using(data) == []


def test_a_command_deaf_to_signals_is_killed_after_a_while():
    code = (
        "import sys; from sanctuary.launch import command; command.GRACE_SECONDS = 0.3; command.listen();"
        " sys.exit(command.run(['sh', '-c', 'trap \"\" TERM; echo up; while :; do sleep 0.1; done'], {}))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "up\n"
        process.terminate()
        assert process.wait(10) == 137


def test_a_signal_in_the_middle_of_a_commands_birth_reaches_it():
    """Popen returns once the child is another program; who stops us before that must not leave it running."""
    code = (
        "import os, signal, sys, subprocess; from sanctuary.launch import command; command.listen();"
        " command.die_with_parent = lambda: lambda: os.kill(os.getppid(), signal.SIGTERM);"
        " sys.exit(command.run(['sleep', '60'], {}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, timeout=10, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")


def test_services_of_a_killed_launcher_are_taken_over_and_stopped(data, run_up):
    process = run_up(data, *SLEEPER)
    process.kill()
    process.wait(20)
    before = Postgres(DataFolder(data)).pid()
    assert before
    done = python(data, "import os; print(open(os.environ['SANCTUARY_DATA'] + '/postgres/postmaster.pid').readline())")
    assert int(done.stdout) == before
    assert pids_using(data) == []


def test_a_broken_off_first_start_leaves_nothing_half(fresh):
    (fresh / "postgres.new").mkdir(parents=True)
    (fresh / "postgres.new" / "PG_VERSION").write_text("18\n")
    assert launch(fresh, "run", "--", "true").returncode == 0
    assert not (fresh / "postgres.new").exists()


def test_env_leaves_the_services_running_until_stop(data):
    lines = launch(data, "env").stdout.splitlines()
    assert [re.match(r"export (\w+)=", line)[1] for line in lines] == ["DATABASE_URL", "REDIS_URL", "SANCTUARY_DATA"]
    assert launch(data, "run", "--", "true").returncode == 0
    assert len(pids_using(data)) > 1
    assert launch(data, "stop").returncode == 0
    assert pids_using(data) == []


def test_services_that_lost_their_sockets_are_replaced(data):
    launch(data, "env")
    before = Postgres(DataFolder(data)).pid()
    for lost in (".s.PGSQL.5432", "valkey.sock"):
        (data / "run" / lost).unlink()
    done = python(data, CONNECT)
    assert (done.returncode, done.stderr) == (0, "")
    assert Postgres(DataFolder(data)).pid() not in (None, before)
    assert launch(data, "stop").returncode == 0
    assert pids_using(data) == []


def test_urls_that_are_set_are_honoured_and_nothing_is_started(fresh):
    theirs = {"DATABASE_URL": "postgres://elsewhere/x", "REDIS_URL": "redis://elsewhere/0"}
    assert python(fresh, SHOW, **theirs).stdout.split() == list(theirs.values())
    assert not fresh.exists()
    done = python(fresh, SHOW, DATABASE_URL=theirs["DATABASE_URL"])
    assert done.stdout.split() == [theirs["DATABASE_URL"], f"unix://{fresh}/run/valkey.sock?db=0"]
    assert not (fresh / "postgres").exists()


def test_a_long_odd_path_puts_the_sockets_in_a_short_private_folder(fresh):
    long = fresh / ("Ŵ%20 'a' b " + "x" * 90)
    sockets = DataFolder(long).sockets
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    look = "import os, sys; s = os.stat(sys.argv[1]); print(oct(s.st_mode)[-3:])"
    done = launch(long, "run", "--", sys.executable, "-c", f"{look}; {CONNECT}", str(sockets))
    assert done.stdout == "700\n", done.stderr
    assert not sockets.exists()


def test_an_odd_path_near_enough_for_the_sockets_works(fresh):
    odd = fresh / "Ŵ%20 'a' \"b\" ?#&"
    done = python(odd, CONNECT)
    assert (done.returncode, done.stderr) == (0, "")
    assert pids_using(odd) == []


def test_sockets_stay_out_of_a_path_with_a_comma_which_libpq_would_split():
    assert DataFolder(Path("/tmp/a b")).sockets == Path("/tmp/a b/run")
    assert "," not in str(DataFolder(Path("/tmp/a,b")).sockets)


@ROOT_ONLY
def test_root_hands_the_data_to_nobody_and_keeps_the_sockets_private(data):
    done = python(
        data, "import os; s = os.stat(os.environ['SANCTUARY_DATA'] + '/run'); print(s.st_uid, oct(s.st_mode))"
    )
    assert done.stdout.split() == ["65534", "0o40700"]
    assert (data / "postgres").stat().st_uid == 65534


@ROOT_ONLY
def test_root_in_a_closed_folder_uses_a_user_namespace(data):
    name = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).info.dbname)"
    owners = []
    for mode in (0o755, 0o700, 0o755):
        data.parent.chmod(mode)
        done = python(data, name)
        assert done.stdout == "sanctuary\n", done.stderr
        owners.append((data / "postgres").stat().st_uid)
    assert owners == [65534, 0, 65534]


@ROOT_ONLY
def test_root_that_can_do_neither_is_told_what_to_do(fresh):
    fresh.parent.chmod(0o700)
    done = launch(fresh, "run", "--", "true", PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "move the project" in done.stderr


def test_data_of_another_major_version_is_refused_with_what_to_do(data):
    assert launch(data, "run", "--", "true").returncode == 0
    version = data / "postgres" / "PG_VERSION"
    version.write_text("16\n")
    done = launch(data, "run", "--", "true")
    version.write_text("18\n")
    assert done.returncode == 1
    assert "was made by PostgreSQL 16 and this is 18" in done.stderr
    assert "make demo-reset" in done.stderr
    assert pids_using(data) == []


def test_pg_bin_comes_first_and_a_wrong_one_is_named(fresh):
    done = launch(fresh, "run", "--", "true", PG_BIN="/no/such/bin")
    assert (done.returncode, "There is no initdb in /no/such/bin" in done.stderr) == (1, True)


def test_a_socket_folder_of_a_stranger_is_refused(tmp_path):
    stranger = tmp_path / "run"
    stranger.symlink_to(tmp_path)
    with pytest.raises(LaunchError, match="belongs to another account"):
        make_private(stranger, os.geteuid(), os.getegid())


def test_the_locale_suits_the_version():
    assert major_of("postgres (PostgreSQL) 18.4") == 18
    assert major_of("postgres (PostgreSQL) 19beta1") == 19
    assert locale_flags(16) == ["--locale=C.UTF-8"]
    assert "--locale-provider=builtin" in locale_flags(17)


def test_the_launcher_does_not_import_django():
    code = "import sys, sanctuary.launch.__main__, sanctuary.launch.supervise; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout == "False\n"

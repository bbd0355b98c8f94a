"""`make bench`: the mail engine measured beside this machine's own ceiling and its best peer, all in one run.

It has a database of its own, which it makes and drops, and speaks only to relays that it started itself.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.bench import peak, phone

DATABASE = "sanctuary_bench"
REDIS_NUMBER = "15"
# What one run may take at most, in seconds; each part has shorter deadlines of its own.
LONGEST = 3 * 3600

ARGUMENTS = argparse.ArgumentParser(prog='make bench ARGS="…"', description=__doc__)
what = ARGUMENTS.add_mutually_exclusive_group()
what.add_argument("--growth", action="store_true", help="10,000, 100,000 and 1,000,000 recipients: memory and time")
what.add_argument("--nodes", action="store_true", help="1, 2 and 3 hosts in network namespaces, with a relay far away")
what.add_argument("--profile", action="store_true", help="where a worker's time goes")
what.add_argument("--audience", action="store_true", help="counting and freezing a million")
what.add_argument("--optout", action="store_true", help="how soon an opt-out holds while a mailing is sent")
what.add_argument("--lane", action="store_true", help="how soon a confirmation leaves while a million queue")
what.add_argument("--members", action="store_true", help="pages and searches of a million people")
what.add_argument("--import", dest="people_import", action="store_true", help="100,000 people from a file, with kills")
what.add_argument("--peak", action="store_true", help="pages and posts while a mailing is sent; then with deaths")
what.add_argument("--phone", action="store_true", help="the pages of an action on an old phone")
ARGUMENTS.add_argument("--seconds", type=int, help="of calm in --peak, instead of 300")
what.add_argument("--bots", action="store_true", help="six kinds of robots, 2,000 answers each, and 200 people")
ARGUMENTS.add_argument("--recipients", type=int, help="instead of 100,000 (or the sizes of --growth)")
ARGUMENTS.add_argument("--rounds", type=int, default=3, help="of each measurement; the median counts")
ARGUMENTS.add_argument("--processes", type=int, default=3, help="Celery worker processes: one more than cores")
ARGUMENTS.add_argument("--connections", type=int, default=8, help="kept by each process")
ARGUMENTS.add_argument("--peer", type=int, default=3000, help="messages for each mode of the peer; 0 leaves it out")
ARGUMENTS.add_argument("--lint", type=int, default=5000, help="messages kept and read by the linter; 0: none")
ARGUMENTS.add_argument("--relay", choices=["sink", "smtp-sink"], default="sink", help="smtp-sink: Postfix's, as well")


def main() -> int:
    given = ARGUMENTS.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    started = time.monotonic()
    for alone in (peak, phone):
        if getattr(given, alone.__name__.rpartition(".")[2]):
            return alone.run(given)
    with tempfile.TemporaryDirectory(prefix="sanctuary-bench-") as folder:
        os.chmod(folder, 0o755)  # the nodes' users may be others
        drop_databases()
        try:
            administer(f"CREATE DATABASE {DATABASE}")
            code = run(given, Path(folder))
        finally:
            drop_databases()
    print(f"The whole run took {time.monotonic() - started:.0f} s")
    return code


def run(given: argparse.Namespace, folder: Path) -> int:
    """In a process group of its own, so that nothing it started outlives it."""
    code = f"from tests.bench import {module_of(given)} as part; raise SystemExit(part.run())"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    child = subprocess.Popen(command, env=environment(given, folder), start_new_session=True)
    try:
        return child.wait(LONGEST)
    except BaseException:
        child.terminate()
        child.wait(60)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def module_of(given: argparse.Namespace) -> str:
    others = ("growth", "nodes", "profile", "audience", "optout", "lane", "members", "people_import", "bots")
    return next((name for name in others if getattr(given, name)), "compare")


def environment(given: argparse.Namespace, folder: Path) -> dict[str, str]:
    return os.environ | {
        "BENCH": json.dumps(vars(given)),
        "BENCH_FOLDER": str(folder),
        "BENCH_ADMIN_URL": os.environ["DATABASE_URL"],
        "DATABASE_URL": with_path(os.environ["DATABASE_URL"], f"/{DATABASE}"),
        "REDIS_URL": own_redis(os.environ["REDIS_URL"]),
        "MAIL_CONNECTIONS": str(given.connections),
        "MAIL_SENDERS": str(given.processes),
        "JOURNAL_DIR": str(folder / "journal"),
        "LOG_LEVEL": "WARNING",
    }


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


def own_redis(url: str) -> str:
    """Another numbered store of the same server, so that no worker of yours hears our rings, nor ours yours."""
    if url.startswith("unix:"):
        return url.partition("?")[0] + f"?db={REDIS_NUMBER}"
    return with_path(url, f"/{REDIS_NUMBER}")


def drop_databases() -> None:
    for name in (DATABASE, f"{DATABASE}_kept", f"{DATABASE}_peer"):
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def administer(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as talk:
        talk.execute(statement)


if __name__ == "__main__":
    sys.exit(main())

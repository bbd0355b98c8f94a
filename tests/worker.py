"""A Celery worker of its own for one test, over the test's own database, broker, relay and journal."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection

from campaigns import tasks
from campaigns.models import Mailing

CONNECTIONS, PROCESSES = 4, 2
PATIENCE = 120  # seconds before a test that waits gives up


def environment_for(port: int, folder: Path) -> dict[str, str]:
    """What another process needs to find the test's database and the relay at `port`, and to keep its journal."""
    database = settings.DATABASES["default"]
    where = quote(database["HOST"] or "127.0.0.1", safe="")
    user = quote(database["USER"] or urlsplit(os.environ["DATABASE_URL"]).username or "", safe="")
    secret = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    port_of_database = f"&port={database['PORT']}" if database["PORT"] else ""
    name = connection.settings_dict["NAME"]
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgres://{user}{secret}@/{name}?host={where}{port_of_database}",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "MAIL_CONNECTIONS": str(CONNECTIONS),
        "JOURNAL_DIR": str(folder / "journal"),
    }


@contextlib.contextmanager
def worker(
    environment: dict[str, str], queues: str = "mail.bulk,default", processes: int = PROCESSES
) -> Iterator[subprocess.Popen]:
    """In a process group of its own, gone afterwards whatever happens."""
    command = [sys.executable, "-m", "celery", "-A", "sanctuary.celery", "worker", "-c", str(processes)]
    command += ["-n", f"{queues}@test", "-Q", queues, "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ring(mailing: Mailing) -> None:
    """Wake every slot of the worker."""
    for _ in range(PROCESSES):
        tasks.send_mailing.apply_async_on_commit(args=[mailing.pk])


def wait_for(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.01)


def is_done(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DONE).exists()

"""What a sending process keeps from chunk to chunk: its connections to the relay and its journal."""

import os
import threading
import uuid
from pathlib import Path

from django.conf import settings

from sanctuary.post.journal import Journal
from sanctuary.post.pump import Pump

_own = threading.local()


def own_pump() -> Pump:
    """This process's own connections. A forked child starts with none."""
    if getattr(_own, "pump_of", None) != os.getpid():
        _own.pump, _own.pump_of = _new_pump(), os.getpid()
    return _own.pump


def own_journal() -> Journal:
    """This process's own journal, in a folder that only we may read."""
    if getattr(_own, "journal_of", None) != os.getpid():
        _own.journal, _own.journal_of = Journal.open(_journal_folder(), uuid.uuid4().bytes), os.getpid()
    return _own.journal


def abandon_journal() -> None:
    """Leave it to be read like a dead worker's."""
    if getattr(_own, "journal_of", None) == os.getpid():
        _own.journal_of = None
        _own.journal.close()


def _new_pump() -> Pump:
    return Pump(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        connections=settings.MAIL_CONNECTIONS,
        username=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
    )


def _journal_folder() -> Path:
    settings.JOURNAL_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.JOURNAL_DIR

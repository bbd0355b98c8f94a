"""No log line holds a whole address."""

import io
import logging
import subprocess
import sys

import pytest
from django.conf import settings

from sanctuary.logs import MaskAddresses

LINES = [
    ("sent to amira@example.org", (), "sent to a***@example.org"),
    ("sent to %s and %s", ("a.b+c@example.org", "x@y.example.org"), "sent to a***@example.org and x***@y.example.org"),
    ("<o'neill@example.org>", (), "<o***@example.org>"),
    ("%(who)s", ({"who": "zo@example.org"},), "z***@example.org"),
    ("nothing to hide @ 5pm", (), "nothing to hide @ 5pm"),
]


@pytest.fixture
def log():
    """A logger that writes to `log.paper` as ours writes to the console."""
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(MaskAddresses())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.paper = handler.stream
    return logger


def test_every_handler_of_ours_masks():
    handlers = settings.LOGGING["handlers"]
    assert settings.LOGGING["filters"]["mask"] == {"()": "sanctuary.logs.MaskAddresses"}
    assert {name for name, handler in handlers.items() if "mask" not in handler["filters"]} == set()


@pytest.mark.parametrize(("words", "arguments", "line"), LINES)
def test_addresses_are_masked(words, arguments, line, log):
    log.warning(words, *arguments)
    assert log.paper.getvalue() == line + "\n"


def test_addresses_in_an_exception_are_masked(log):
    try:
        raise ValueError("no such person: amira@example.org")
    except ValueError:
        log.exception("failed for %s", "amira@example.org")
    assert "ValueError: no such person: a***@example.org" in log.paper.getvalue()
    assert "amira@" not in log.paper.getvalue()


def test_a_line_that_cannot_be_put_together_is_written_masked_and_stops_nobody(log):
    log.warning("refused: 100%@example.org %s", "bo@example.org")
    assert "b***@example.org" in log.paper.getvalue()
    assert "bo@example.org" not in log.paper.getvalue()


def test_celery_leaves_our_handlers_in_place():
    """In a process of its own, as Celery settles its logging once for each."""
    program = (
        "import django, logging; django.setup()\n"
        "from sanctuary.celery import app\n"
        "app.log.setup('WARNING')\n"
        "for name in ('', 'celery', 'celery.task', 'celery.worker'):\n"
        "    logging.getLogger(name).warning('sent to amira@example.org')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stderr.count("a***@example.org"), (done.stderr + done.stdout).count("amira@")) == (4, 0)

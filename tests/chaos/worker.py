"""The Celery application of the platform as a storm starts it: the same code, with a quicker clock.

    celery -A tests.chaos.worker worker …

`STORM` in the environment holds new values, as JSON, for the engine's own constants: seconds for what is a time.
"""

import json
import os
import sys
from datetime import timedelta

from celery.signals import celeryd_after_setup

from sanctuary.celery import app

__all__ = ["app"]

GIVEN = json.loads(os.environ.get("STORM", "{}"))

for entry in app.conf.beat_schedule.values():
    if entry["task"].endswith(("sweep_mailings", "sweep_outbox")):
        entry["schedule"] = 1


@celeryd_after_setup.connect
def hurry(**kwargs):
    """Before a worker forks: each constant gets its new value in every module of the engine that knows it."""
    engine = [module for name, module in sys.modules.items() if name.startswith("campaigns.")]
    for name, value in GIVEN.items():
        knowing = [module for module in engine if hasattr(module, name)]
        if not knowing:
            raise SystemExit(f"The engine has no {name} any more: teach tests/chaos its new name.")
        for module in knowing:
            setattr(module, name, _like(getattr(module, name), value))


def _like(old, value):
    if callable(old):
        return lambda: value
    return timedelta(seconds=value) if isinstance(old, timedelta) else value

"""The clock rings for everything that nobody else rings for."""

import inspect

from sanctuary.celery import app

HOUSE = ("sanctuary.", "streams.", "groups.", "pledges.", "awards.", "campaigns.")


def test_every_task_without_a_noun_is_on_the_clock():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if name.startswith(HOUSE)}
    sweeps = {name for name, task in ours.items() if not inspect.signature(task.run).parameters}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == sweeps

"""A worker is killed in the middle of a file, again and again; another goes on, and nothing is lost or done twice."""

import contextlib
import os
import signal
import time

import pytest
from django.db import connection

from groups import tasks
from groups.actions import importing
from groups.actions.importing import adding, checking
from groups.models import PeopleImport
from tests import brought
from tests import factories as make
from tests.race import race
from tests.worker import environment_for, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, KILLS = 2000, 3


def finish(file):
    while importing.work_for(file.pk):
        pass


def clean_sums(group, elsewhere, user, mark):
    """The same file, without anything going wrong."""
    brought.furnish(group, elsewhere, ROWS, mark)
    file = brought.begin(group, user, brought.make_file(ROWS, mark))
    finish(file)
    importing.start_import(file, by=user)
    finish(file)
    return brought.sums(file, mark)


def place(file):
    return PeopleImport.objects.values_list("state", "next_byte", "done_row").get(pk=file.pk)


def rung(file, before):
    """Whether somebody has begun; a ring that no worker heard in time is rung again, as the clock does it."""
    if place(file) == before:
        tasks.sweep_imports()
        time.sleep(0.1)
    return place(file) != before


def ended(file):
    """The database may be at the dead worker's last statement still, and hold the file: the clock comes again."""
    finish(file)
    return not PeopleImport.objects.at_work().filter(pk=file.pk).exists()


def test_a_killed_worker_leaves_the_result_of_a_clean_run(group, other_group, coordinator, other_coordinator, tmp_path):
    """Two groups with the same people at addresses of their own: the one undisturbed, the other with three kills."""
    elsewhere = make.LocalGroupFactory()
    expected = clean_sums(group, elsewhere, coordinator, "aa")
    brought.furnish(other_group, elsewhere, ROWS, "bb")
    file = brought.begin(other_group, other_coordinator, brought.make_file(ROWS, "bb"))
    finish(file)
    importing.start_import(file, by=other_coordinator)
    environment = environment_for(1, tmp_path)
    killed = 0
    for _ in range(KILLS):
        with worker(environment, queues="default", processes=1) as process:
            before = place(file)
            wait_for(lambda before=before: rung(file, before))
            time.sleep(0.02 * killed)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        killed += PeopleImport.objects.at_work().filter(pk=file.pk).exists()
    assert killed >= 1
    wait_for(lambda: ended(file))
    assert brought.sums(file, "bb") == expected


class Killed(BaseException):
    """Nothing catches it, like the signal."""


@pytest.mark.parametrize("step", range(2, 40, 5))
def test_a_death_between_any_two_statements_repeats_nothing(step, group, other_group, coordinator, monkeypatch):
    """The smallest file that takes several runs of rows, cut off after so many statements of its import."""
    monkeypatch.setattr(checking, "ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(adding, "ROWS_AT_A_TIME", 5)
    file = brought.begin(group, coordinator, brought.make_file(30, "aa"))
    left = [step]

    def count(execute, sql, params, many, context):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return execute(sql, params, many, context)

    def until_dead():
        left[0] = step
        with connection.execute_wrapper(count), contextlib.suppress(Killed):
            finish(file)

    until_dead()
    finish(file)
    importing.start_import(file, by=coordinator)
    until_dead()
    finish(file)
    found = brought.sums(file, "aa")
    clean = brought.begin(other_group, coordinator, brought.make_file(30, "bb"))
    finish(clean)
    importing.start_import(clean, by=coordinator)
    finish(clean)
    assert found == brought.sums(clean, "bb")


def test_two_workers_never_have_the_same_rows(group, coordinator):
    file = brought.begin(group, coordinator, brought.make_file(200, "aa"))
    finish(file)
    importing.start_import(file, by=coordinator)
    outcomes = race(
        lambda: importing.work_for(file.pk), lambda: importing.work_for(file.pk), after='FROM "groups_peopleimport"'
    )
    assert not [each for each in outcomes if isinstance(each, Exception)]
    finish(file)
    file.refresh_from_db()
    assert file.group.memberships.count() == file.counts["added"] == file.counts["new"]


def test_two_presses_start_one_import(group, coordinator):
    file = brought.begin(group, coordinator, brought.make_file(20, "aa"))
    finish(file)
    race(
        lambda: importing.start_import(file, by=coordinator),
        lambda: importing.start_import(file, by=coordinator),
        after='FROM "groups_peopleimport"',
    )
    finish(file)
    file.refresh_from_db()
    assert file.group.memberships.count() == file.counts["added"]

from celery import shared_task

from groups.actions import importing
from groups.models import PeopleImport

# Seconds. A ring that nobody answers in this time is repeated by the next sweep, so it need not wait in the queue.
RING_EXPIRES = 30


@shared_task
def work_on_import(import_id):
    """Read, import or undo for a moment, then ring again, so that no task is ever long."""
    if importing.work_for(import_id):
        work_on_import.apply_async_on_commit(args=[import_id], expires=RING_EXPIRES)


@shared_task
def sweep_imports():
    """Whatever a worker left unfinished goes on. Whoever is at it already is not disturbed."""
    for people_import in PeopleImport.objects.at_work():
        work_on_import.apply_async_on_commit(args=[people_import.pk], expires=RING_EXPIRES)


@shared_task
def forget_imports():
    """Delete files that nobody came back to, and rows that can no longer be undone."""
    importing.forget_imports()

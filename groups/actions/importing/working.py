"""A worker's share of a file: some rows at a time, each run of rows in one transaction that holds the import's row.

Whoever dies in the middle leaves nothing behind but a rolled-back transaction; the next ring begins where it began.
"""

import time
from collections.abc import Callable

from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from groups.actions.importing.adding import import_some
from groups.actions.importing.checking import check_some
from groups.actions.importing.forgetting import stop_file
from groups.actions.importing.reading import Unreadable
from groups.actions.importing.undoing import undo_some
from groups.models import PeopleImport

# Short, so that a confirmation letter which waits for the same worker need not wait long.
SECONDS_AT_A_TIME = 2.0
MOST_FAILURES = 5
FAILED = "We could not read this file. We have been told. Try to upload it again."
# Shorter than PostgreSQL's own wait for deadlocks: a person who acts at the same moment goes first.
_YIELD_TO_PEOPLE = "SET LOCAL lock_timeout = '500ms'"

_STEPS: dict[str, Callable[[PeopleImport], None]] = {
    PeopleImport.State.CHECKING: check_some,
    PeopleImport.State.IMPORTING: import_some,
    PeopleImport.State.UNDOING: undo_some,
}


def work_for(import_id: int, *, seconds: float = SECONDS_AT_A_TIME) -> bool:
    """Work at a file for a moment. True when more is to do, False when it is done or somebody else has it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if not _step(import_id):
                return False
        except Unreadable as error:
            _give_up(import_id, str(error))
            return False
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                return True
            raise
        except (DatabaseError, ValueError, LookupError, TypeError):
            _note_failure(import_id)
            raise
    return True


@transaction.atomic
def _step(import_id: int) -> bool:
    free = PeopleImport.objects.at_work().select_for_update(of=("self",), skip_locked=True)
    people_import = free.filter(pk=import_id).first()
    if people_import is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_YIELD_TO_PEOPLE)
    _STEPS[people_import.state](people_import)
    return people_import.is_working


@transaction.atomic
def _give_up(import_id: int, words: str) -> None:
    checking = PeopleImport.objects.filter(state=PeopleImport.State.CHECKING)
    people_import = checking.select_for_update(of=("self",)).filter(pk=import_id).first()
    if people_import:
        stop_file(people_import, because=words)


@transaction.atomic
def _note_failure(import_id: int) -> None:
    """A file that stops the check again and again is given up; what has begun to be imported is never left halfway."""
    people_import = PeopleImport.objects.at_work().select_for_update(of=("self",)).filter(pk=import_id).first()
    if people_import is None:
        return
    people_import.failures = min(people_import.failures + 1, 1000)
    people_import.save(update_fields=["failures"])
    if people_import.failures >= MOST_FAILURES and people_import.state == PeopleImport.State.CHECKING:
        stop_file(people_import, because=FAILED)

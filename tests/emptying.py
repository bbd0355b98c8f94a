"""Emptying the tables after a transactional test: only those that hold something, and small ones row by row.

Django's own way gives every table of the house a new file each time, which takes ten times as long.
"""

from collections.abc import Iterable

from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations

# What `migrate` puts there and no test changes.
KEPT = {"django_content_type", "auth_permission"}
# Bytes. A larger table keeps too much dead weight when its rows are only marked as deleted.
LARGE = 1_000_000
# Neither the order of the tables nor what may not be deleted matters: all of it goes.
_UNBOUND = "SET session_replication_role = replica"
_BOUND = "SET session_replication_role = DEFAULT"


def be_quick() -> None:
    """From now on, until the run ends."""
    # In the class: a test may leave another connection behind than it found.
    DatabaseOperations.sql_flush = statements
    flush.emit_post_migrate_signal = lambda *args, **kwargs: None


def statements(operations, style, tables: Iterable[str], *, reset_sequences=False, allow_cascade=False) -> list[str]:
    """In place of `DatabaseOperations.sql_flush`, with its arguments."""
    with operations.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_asks(table) for table in tables if table not in KEPT))
        held = cursor.fetchall()
    if not held:
        return []
    large = [f'"{name}"' for name, size in held if size > LARGE]
    truncate = [f"TRUNCATE {', '.join(large)} CASCADE"] if large else []
    return [*truncate, _UNBOUND, *(f'DELETE FROM "{name}"' for name, _ in held), _BOUND]


def _asks(table: str) -> str:
    return f"SELECT '{table}', pg_relation_size('\"{table}\"') WHERE EXISTS (SELECT FROM \"{table}\")"

"""Statements that every chunk runs: read and planned once for each connection, not once for each chunk."""

from weakref import WeakKeyDictionary

from django.db import connection

# Which statements a connection knows, by its own object: a new connection knows none.
_known: WeakKeyDictionary = WeakKeyDictionary()


class Prepared:
    """A statement with $1, $2 … of the given SQL types.

    It always runs by its general plan (see DATABASES in the settings), so write it in a way that leaves the planner one
    road whatever the numbers are: rows by their key, and everything else looked up from them one by one (a lateral or
    scalar subselect).
    """

    def __init__(self, name: str, types: tuple[str, ...], sql: str):
        self.name = name
        self._prepare = f"PREPARE {name} ({', '.join(types)}) AS {sql}"
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"

    def run(self, *values) -> list[tuple]:
        """The rows, if it returns any."""
        with connection.cursor() as cursor:
            known = _known.setdefault(connection.connection, set())
            if self.name not in known:
                cursor.execute(self._prepare)
                known.add(self.name)
            cursor.execute(self._execute, values)
            return cursor.fetchall() if cursor.description else []


def listed(values) -> str:
    """Whole numbers as one text, for `string_to_array($1, ',')::int[]`: a driver's array costs ten times as much."""
    return ",".join(map(str, values))

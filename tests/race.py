"""Two at once, for certain: each thread stops just after it has read, until the other has read too.

With a lock in place the second cannot read before the first commits, so the first gives up waiting and goes on.
Without one, both go on with what they read before either wrote, which is the worst that can happen in life.
"""

import threading
from collections.abc import Callable

from django.db import connection


class NobodyMet(AssertionError):
    """No call ran a statement with the text given in `after`: the race was never on."""


def race(*calls: Callable[[], object], after: str, patience: float = 1.0) -> list[object]:
    """Run the calls at once, each on a connection of its own. For tests with `transaction=True`.

    `after`: text in the statement behind which they meet, such as 'FROM "pledges_pledge"'.
    `patience`: seconds one waits there for the others. Returns what each call returned or raised, in order.
    """
    barrier = threading.Barrier(len(calls))
    outcomes: list[object] = [None] * len(calls)
    met: set[int] = set()

    def run(number: int, call: Callable[[], object]) -> None:
        def meet(execute, sql, params, many, context):
            result = execute(sql, params, many, context)
            if after in str(sql) and number not in met:
                met.add(number)
                _wait(barrier, patience)
            return result

        try:
            with connection.execute_wrapper(meet):
                outcomes[number] = call()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a call of the race never ended"
    if not met:
        raise NobodyMet(after)
    return outcomes


def _wait(barrier: threading.Barrier, patience: float) -> None:
    try:
        barrier.wait(patience)
    except threading.BrokenBarrierError:
        return

"""Run the sink as a process: it prints "port N" and keeps messages until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import json
import signal
import sys

from sanctuary.post.sink.lint import Inspector
from sanctuary.post.sink.server import Sink


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sanctuary.post.sink", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--mailbox", help="a folder for the newest messages")
    parser.add_argument("--newest", type=int, default=2000, help="how many messages the mailbox keeps")
    parser.add_argument("--log", help="a file that gets one line per accepted message")
    parser.add_argument("--faults", type=json.loads, help="a script of faults as JSON")
    parser.add_argument(
        "--lint",
        type=json.loads,
        help='look at bulk messages: the arguments of lint() as JSON, such as {"hosts": ["127.0.0.1"], "local": true},'
        ' with "every" (look at each nth) and "report" (a file for what is found)',
    )
    parser.add_argument("--no-pipelining", action="store_true")
    return parser.parse_args()


async def _run(sink: Sink) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sys.stdout.write(f"port {sink.port}\n")
    sys.stdout.flush()
    await sink.serve(stop)


def main() -> None:
    given = _arguments()
    rules = given.lint or {}
    how = {name: rules.pop(name) for name in ("every", "report") if name in rules}
    sink = Sink(
        given.port,
        host=given.host,
        log=given.log,
        mailbox=given.mailbox,
        newest=given.newest,
        faults=given.faults,
        pipelining=not given.no_pipelining,
        keep=False,
        inspector=Inspector(rules, **how) if given.lint is not None else None,
    )
    asyncio.run(_run(sink))


if __name__ == "__main__":
    main()

"""python -m sanctuary.launch run -- COMMAND… | env | stop"""

import argparse
import shlex
import sys

from sanctuary.launch import LaunchError, command
from sanctuary.launch.embedded import Embedded


def main(arguments: list[str] | None = None) -> int:
    """The exit code of what was asked; 1 with one sentence when it could not be done."""
    asked = parser().parse_args(arguments)
    command.listen()
    try:
        return asked.do(asked)
    except LaunchError as error:
        print(f"sanctuary.launch: {error}", file=sys.stderr)
        return 1
    except command.Interrupted as stop:
        return 128 + stop.number


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m sanctuary.launch",
        description="PostgreSQL and Valkey from wheels.",
    )
    verbs = top.add_subparsers(required=True, metavar="run|env|stop")
    verb = verbs.add_parser("run", help="run a command with both services; stop them after it")
    verb.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    verb.set_defaults(do=run)
    verb = verbs.add_parser("env", help="start both, leave them running and print export lines")
    verb.set_defaults(do=env)
    verb = verbs.add_parser("stop", help="stop what env, or a killed command, left running")
    verb.set_defaults(do=stop)
    return top


def run(asked: argparse.Namespace) -> int:
    """Run a command between start and stop."""
    words = asked.command[1:] if asked.command[:1] == ["--"] else asked.command
    if not words:
        raise LaunchError("Name the command to run: python -m sanctuary.launch run -- COMMAND …")
    services = Embedded()
    try:
        services.join()
        return command.run(words, services.urls())
    finally:
        command.ignore()
        services.leave()


def env(asked: argparse.Namespace) -> int:
    """eval "$(python -m sanctuary.launch env)" gives a shell the services."""
    services = Embedded()
    services.stay()
    for name, value in services.urls().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def stop(asked: argparse.Namespace) -> int:
    """Stop services that nobody uses."""
    Embedded().stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

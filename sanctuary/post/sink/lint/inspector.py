"""Lints the bulk messages of a running sink and writes down what it finds."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from sanctuary.post.sink.lint.check import lint
from sanctuary.post.sink.store import Accepted

_BULK = re.compile(rb"^(?:list-[a-z-]+:|feedback-id:|message-id:[ \t]*<m[0-9]+\.[0-9]+@)", re.IGNORECASE | re.MULTILINE)
_KEPT = 1000


class Inspector:
    """Lints bulk messages by `rules` (the arguments of `lint`) and counts those with faults; `found` has the first.

    `report` gets a line of JSON for each message with faults, and the counts last. Only every nth bulk message is
    looked at, since a look takes some milliseconds.
    """

    def __init__(self, rules: Mapping, *, every: int = 1, report: Path | str | None = None):
        self.seen = self.looked_at = self.failed = 0
        self.found: list[tuple[str, list[str]]] = []
        self._rules, self._every = dict(rules), every
        self._report = Path(report) if report else None
        if self._report:
            self._report.write_text("")

    def look(self, message: Accepted) -> None:
        """Lint one message, if it is a bulk message whose turn it is."""
        if not _BULK.search(message.wire, 0, message.wire.find(b"\r\n\r\n") + 2):
            return
        self.seen += 1
        if self.seen % self._every:
            return
        self.looked_at += 1
        found = lint(message.wire, recipients=message.recipients, mail_from=message.sender, **self._rules)
        if found:
            self._note(message, found)

    def close(self) -> None:
        """Write the counts."""
        self._write({"bulk": self.seen, "looked_at": self.looked_at, "failed": self.failed})

    def _note(self, message: Accepted, found: list[str]) -> None:
        self.failed += 1
        if len(self.found) < _KEPT:
            self.found.append((message.message_id, found))
        self._write({"message_id": message.message_id, "recipients": message.recipients, "found": found})

    def _write(self, line: Mapping) -> None:
        if self._report:
            with self._report.open("a") as report:
                report.write(json.dumps(line) + "\n")

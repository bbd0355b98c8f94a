"""The door for what a mail server has: one message from a pipe, a maildir, or an mbox file."""

import logging
import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sanctuary.post import actions, returns

logger = logging.getLogger(__name__)
# What a mail server understands (sysexits.h): keep the message and try again later.
TRY_LATER = 75


class Command(BaseCommand):
    help = "Read what came back to the return addresses: one message from standard input, a maildir or an mbox file."

    def add_arguments(self, parser):
        parser.add_argument("--recipient", default="", help="the envelope's recipient, for a message from a pipe")
        parser.add_argument("--maildir", type=Path, help="read every message of this maildir, and remove it")
        parser.add_argument("--mbox", type=Path, help="read every message of this file, which stays as it is")

    def handle(self, *, recipient, maildir, mbox, **options):
        for given in filter(None, (maildir, mbox)):
            if not given.exists():
                raise CommandError(f"There is no {given}.")
        if maildir:
            while read := actions.read_maildir(maildir):
                self.stdout.write(f"{read} read.")
        if mbox:
            kinds = [actions.take_message(raw) for raw in returns.mbox_messages(mbox)]
            self.stdout.write(f"{len(kinds)} read.")
        if not maildir and not mbox:
            self.read_pipe(recipient or os.environ.get("ORIGINAL_RECIPIENT", ""))

    def read_pipe(self, recipient):
        try:
            actions.take_message(sys.stdin.buffer.read(returns.MAX_BYTES), recipient=recipient)
        except Exception:
            # The database may be away for a moment. Whatever it was, the mail server keeps the message.
            logger.exception("A returned message could not be taken now")
            sys.exit(TRY_LATER)
        # The rest of a huge message, so that the mail server is not cut off while it writes.
        while sys.stdin.buffer.read(returns.MAX_BYTES):
            pass

"""What all commands have in common that load a file."""

from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from sanctuary.places import onspd
from sanctuary.places.actions import Progress


class LoadCommand(BaseCommand):
    """Says in a sentence what is wrong with a file, and that nothing has changed."""

    dated = True

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="The CSV file.")
        if self.dated:
            parser.add_argument(
                "--as-of",
                type=date.fromisoformat,
                help="The day whose state the file shows, such as 2025-11-01. Not needed if its name tells the month.",
            )

    def handle(self, *args, path: Path, **options):
        if self.dated:
            options["as_of"] = options["as_of"] or onspd.date_in(path.name)
            if options["as_of"] is None:
                raise CommandError("Say how old the data is, for example --as-of 2025-11-01.")
        try:
            self.load(path, options)
        except (onspd.WrongFile, ValidationError) as error:
            words = "; ".join(getattr(error, "messages", [str(error)]))
            raise CommandError(f"{words} Nothing has changed.") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing has changed.", returncode=130) from None

    def load(self, path: Path, options: dict) -> None:
        """Call the action and say what it did."""
        raise NotImplementedError

    def say(self, done: Progress) -> None:
        """How far a long load has come."""
        self.stdout.write(
            f"{done.fraction:4.0%}  {done.postcodes:9,} postcodes  {done.postcodes_a_second:7,.0f} a second"
            f"  {done.seconds_left:.0f} s left"
        )
        if done.fraction == 1:
            self.stdout.write("Building the index…")

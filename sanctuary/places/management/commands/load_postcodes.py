from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from sanctuary.places import actions


class Command(BaseCommand):
    help = (
        "Load places. Alone: the first halves of all postcodes, which come with the house. "
        "With --areas or --all: whole postcodes too, from the optional package."
    )

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--areas", help="Postcode areas, for example LS,BD.")
        which.add_argument("--all", action="store_true", help="All 2.7 million postcodes.")

    def handle(self, *args, areas, all, **options):
        if not areas and not all:
            self.stdout.write(f"{actions.load_outward_codes():,} outward codes loaded.")
            return
        try:
            done = actions.load_postcodes((areas or "").split(",") if areas else (), progress=self._say)
        except (actions.DirectoryMissing, ValidationError) as error:
            raise CommandError("; ".join(getattr(error, "messages", [str(error)]))) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. The postcodes are as they were.", returncode=130) from None
        self.stdout.write(f"{done.postcodes:,} postcodes loaded.")

    def _say(self, done: actions.Progress) -> None:
        self.stdout.write(
            f"{done.fraction:4.0%}  {done.postcodes:9,} postcodes  {done.postcodes_a_second:7,.0f} a second"
            f"  {done.seconds_left:.0f} s left"
        )
        if done.fraction == 1:
            self.stdout.write("Building the index…")

from django.core.management.base import BaseCommand, CommandError

from groups.models import LocalGroup
from sanctuary.people.models import Supporter
from sanctuary.places.actions import place_again

TABLES = [LocalGroup, Supporter]


class Command(BaseCommand):
    help = (
        "Put groups and supporters into the places and constituencies that are loaded now. After every load. "
        "Stopped on its way it goes on when run again, and touches nobody twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--most", type=int, default=5000, help="How many rows in one transaction.")

    def handle(self, *args, most, **options):
        try:
            for model in TABLES:
                self._place(model, max(most, 1))
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from None

    def _place(self, model, most: int) -> None:
        last = changed = 0
        name = model._meta.verbose_name_plural
        while True:
            last, count = place_again(model, after=last, most=most)
            if not last:
                break
            changed += count
            self.stdout.write(f"{name}: to number {last:,}, {changed:,} changed")
        self.stdout.write(f"{name}: done, {changed:,} changed.")

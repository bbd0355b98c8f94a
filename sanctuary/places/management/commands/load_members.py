from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from sanctuary.places import actions
from sanctuary.places.models import House
from sanctuary.places.parliament import PUBLIC, ParliamentError


class Command(BaseCommand):
    help = "Take over from the UK Parliament's members API who sits in the Commons or the Lords. Takes some minutes."

    def add_arguments(self, parser):
        parser.add_argument("--house", choices=[House.COMMONS.value, House.LORDS.value], default=House.COMMONS.value)
        parser.add_argument("--url", default=settings.PARLIAMENT_API_URL or PUBLIC, help="Where the service is.")
        parser.add_argument("--replace", action="store_true", help="Even if over a tenth fewer sit than before.")

    def handle(self, *args, house, url, replace, **options):
        try:
            done = actions.load_members(actions.parliament_of(url), house, replace=replace, progress=self.stdout.write)
        except (ParliamentError, ValidationError) as error:
            words = "; ".join(getattr(error, "messages", [str(error)]))
            raise CommandError(f"{words} Nothing has changed.") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing has changed.", returncode=130) from None
        self.stdout.write(f"{done.sitting:,} sit, {done.new:,} are new, {done.left:,} have left.")
        if house == House.COMMONS:
            self.stdout.write(f"{done.vacant:,} seats vacant.")
        for name in done.unknown:
            self.stdout.write(f"We know no constituency {name}.")

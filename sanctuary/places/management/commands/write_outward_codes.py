from django.core.management.base import BaseCommand, CommandError

from sanctuary.places import actions


class Command(BaseCommand):
    help = "Make the shipped file of outward codes afresh. Only needed after a new release of the postcodes."
    requires_system_checks = []

    def handle(self, *args, **options):
        try:
            count = actions.write_outward_codes()
        except actions.DirectoryMissing as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count:,} outward codes written.")

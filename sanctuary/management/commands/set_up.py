from django.core.management.base import BaseCommand

from groups.actions import set_up_groups
from pledges.actions import set_up_declaration, set_up_pledges
from sanctuary.people.actions import set_up_people
from sanctuary.places.actions import load_outward_codes
from streams.actions import set_up_streams


class Command(BaseCommand):
    help = "Make the rows without which nothing works: the national charity, wordings, streams, places. Safe to repeat."

    def handle(self, **options):
        set_up_people()
        set_up_pledges()
        set_up_declaration()
        set_up_streams()
        set_up_groups()
        self.stdout.write(
            f"{load_outward_codes():,} first halves of postcodes, and everything else that must be there."
        )

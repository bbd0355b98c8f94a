from sanctuary.places import actions
from sanctuary.places.management.loading import LoadCommand
from sanctuary.places.models import Constituency


class Command(LoadCommand):
    help = "Load names and codes of constituencies, from the list that comes with the ONS Postcode Directory."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--replace", action="store_true", help="The boundaries are new: forget the old ones.")

    def load(self, path, options):
        for kind, count in actions.load_constituencies(
            path, as_of=options["as_of"], replace=options["replace"]
        ).items():
            self.stdout.write(f"{Constituency.Kind(kind).label}: {count:,} names loaded.")

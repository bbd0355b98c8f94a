from sanctuary.places import actions
from sanctuary.places.management.loading import LoadCommand


class Command(LoadCommand):
    help = (
        "Add constituencies to postcodes, from a CSV file of two columns: a postcode, and the code of a constituency. "
        "Instead of a postcode it may name another constituency that lies wholly within. Load the directory first."
    )
    dated = False

    def load(self, path, options):
        self.stdout.write(f"{actions.load_pairs(path):,} lines loaded.")

from sanctuary.places import actions
from sanctuary.places.actions.representatives import HEADER, NEEDED
from sanctuary.places.management.loading import LoadCommand
from sanctuary.places.models import House


class Command(LoadCommand):
    help = (
        f"Take over from a CSV file who sits in a house. Its first line is {','.join(HEADER)}; "
        f"only {' and '.join(NEEDED)} must be there. Whoever is not in the file has left."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--house", choices=House.values, required=True)
        parser.add_argument("--replace", action="store_true", help="Even if over a tenth fewer sit than before.")

    def load(self, path, options):
        done = actions.load_representatives(path, options["house"], as_of=options["as_of"], replace=options["replace"])
        self.stdout.write(f"{done.sitting:,} sit, {done.new:,} are new, {done.left:,} have left.")

from sanctuary.places import actions
from sanctuary.places.management.loading import LoadCommand


class Command(LoadCommand):
    help = (
        "Load the ONS Postcode Directory: every postcode with its position, district and constituency. "
        "The path is its large CSV file, or the folder of a release."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--replace", action="store_true", help="Even if it holds far fewer postcodes than before.")

    def load(self, path, options):
        done = actions.load_directory(path, as_of=options["as_of"], replace=options["replace"], progress=self.say)
        for name, title in done.columns.items():
            self.stdout.write(f"Column {title}: {name}")
        self.stdout.write(f"{done.postcodes:,} postcodes loaded.")
        if done.nameless:
            self.stdout.write(
                f"{done.nameless:,} constituencies have no name yet: load_constituencies gives it to them."
            )
        self.stdout.write("Now run place_people, so that those we know are in their constituency.")

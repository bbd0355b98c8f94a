from django.core.management.base import BaseCommand

from sanctuary.demo.build import build, is_built


class Command(BaseCommand):
    help = "Fill an empty database with a made-up network."

    def add_arguments(self, parser):
        parser.add_argument("--supporters", type=int, default=20_000)

    def handle(self, *, supporters, **options):
        if is_built():
            self.stdout.write("The demonstration is already there. Use `make demo-reset` to start afresh.")
        else:
            build(supporters, self.stdout.write)

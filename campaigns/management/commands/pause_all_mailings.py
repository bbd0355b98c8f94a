from django.core.management.base import BaseCommand

from campaigns.actions import pause_all_mailings

REASON = "The database was restored from a backup. Some people may have had this email already."


class Command(BaseCommand):
    help = (
        "Run this after the database was restored to an earlier point, before the workers start: what was being sent"
        " is paused, and what was scheduled is a draft again, because it may have been sent since the backup."
    )

    def handle(self, **options):
        count = pause_all_mailings(reason=REASON)
        self.stdout.write(f"{count} mailing{'' if count == 1 else 's'} paused or taken back. Look at each on the desk.")

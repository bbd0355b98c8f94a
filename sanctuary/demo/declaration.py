"""Who endorsed the Declaration in the made-up network, and two goals that its campaigns serve."""

from datetime import timedelta

from django.utils import timezone

from campaigns.models import Campaign
from pledges.actions import EMAIL_QUESTION_SLUG, set_up_declaration
from pledges.models import Endorsement, SummitGoal
from sanctuary.people.models import Supporter, User, Wording

PEOPLE, ORGANISATIONS = 640, 90
# Left for whoever tries the queue of names.
UNSEEN = 8


def fill(staff: User, campaigns: list[Campaign]) -> None:
    declaration = set_up_declaration()
    campaigns[0].goals.set(SummitGoal.objects.filter(slug__in=["dignity", "welcome"]))
    campaigns[0].principles.set(declaration.principles.filter(slug="integration"))
    organisations = Supporter.objects.organisations().exclude(email="").order_by("pk")[:ORGANISATIONS]
    people = Supporter.objects.people().exclude(email="").order_by("pk")[:PEOPLE]
    words = {
        "declaration": declaration,
        "wording": declaration.wording(),
        "permission_wording": Wording.objects.current(EMAIL_QUESTION_SLUG),
    }
    rows = [_endorsed(words, each, number, "full") for number, each in enumerate(organisations)]
    rows += [_endorsed(words, each, number, _choice(number)) for number, each in enumerate(people)]
    for row in rows[UNSEEN:]:
        row.name_checked_at, row.name_checked_by = row.confirmed_at, staff
    Endorsement.objects.bulk_create(rows)


def _choice(number: int) -> str:
    """Most are only counted; every fifth is shown by first name, a few by the whole of it."""
    return "full" if number % 23 == 0 else "first" if number % 5 == 0 else ""


def _endorsed(words: dict, supporter: Supporter, number: int, shown: str) -> Endorsement:
    at = timezone.now() - timedelta(days=number % 90, hours=number % 24)
    told = {"kind": supporter.kind, "supporter": supporter, "wants_email": False, "shown": shown}
    return Endorsement(**words, **told, created_at=at, confirmed_at=at)

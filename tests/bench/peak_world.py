"""The database of the peak: everybody, a live campaign with many names, and what must be found afterwards."""

from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from campaigns.models import Action, ActionTaken, Campaign, Delivery, LetterAsk, Mailing
from sanctuary.people.models import Supporter
from sanctuary.post.models import Email
from tests.bench import world

SIGNED_ONE_IN = 4


@dataclass
class Lost:
    """Acknowledged, and not there."""

    signed: int
    letters: int
    confirmed: int


def build(people: int) -> str:
    """Returns the slug of a live campaign that a quarter of them have signed."""
    call_command("collectstatic", interactive=False, verbosity=0)
    world.build(people)
    campaign = Campaign.objects.live().first()
    action = campaign.actions.get(kind=Action.Kind.SIGN)
    write, _ = Action.objects.get_or_create(campaign=campaign, kind=Action.Kind.WRITE, defaults={"rank": 1})
    LetterAsk.objects.get_or_create(action=write, defaults={"question": "Will you support it?"})
    signers = Supporter.objects.filter(pk__lte=people // SIGNED_ONE_IN).values_list("pk", flat=True)
    at = campaign.approved_at
    rows = (ActionTaken(action=action, supporter_id=pk, created_at=at, confirmed_at=at) for pk in signers.iterator())
    ActionTaken.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    return campaign.slug


def begin_mailing() -> Mailing:
    mailing = world.new_mailing()
    connection.close()
    return mailing


def left(mailing: Mailing) -> int:
    count = Delivery.objects.filter(mailing=mailing, outcome=Delivery.Outcome.PENDING).count()
    connection.close()
    return count


def lost(signed: list[str], confirmed: list[int]) -> Lost:
    """How many of the acknowledged addresses and acts the database does not know."""
    connection.close()
    waiting = set(ActionTaken.objects.filter(confirmed_at=None).values_list("email", flat=True))
    waiting |= set(Supporter.objects.filter(email__startswith="peak.").values_list("email", flat=True))
    letters = set(Email.objects.filter(kind="campaigns/confirm").values_list("to", flat=True))
    counted = set(ActionTaken.objects.filter(confirmed_at__isnull=False, pk__in=confirmed).values_list("pk", flat=True))
    return Lost(
        signed=len(set(signed) - waiting), letters=len(set(signed) - letters), confirmed=len(set(confirmed) - counted)
    )

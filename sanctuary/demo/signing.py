"""Names put to the made-up campaigns."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.utils import timezone

from campaigns.models import Action, ActionTaken, Campaign
from sanctuary.people.models import Supporter

SHARE = {"live": 0.03, "resting": 0.02, "closed": 0.01}
HOURS = 700


def sign(campaigns: list[Campaign], dice: Random) -> None:
    """A share of all people signs, spread over the last month."""
    people = list(Supporter.objects.filter(kind=Supporter.Kind.PERSON).values_list("pk", "constituency_code"))
    signing = Action.objects.filter(campaign__in=campaigns, kind=Action.Kind.SIGN).select_related("campaign")
    for action in signing:
        ActionTaken.objects.bulk_create(_names(action, people, dice), batch_size=1000)


def _names(action: Action, people: list[tuple[int, str]], dice: Random) -> Iterator[ActionTaken]:
    now = timezone.now() - timedelta(hours=1)
    for supporter, constituency in people:
        if dice.random() < SHARE[action.campaign.state]:
            at = now - timedelta(hours=dice.randrange(HOURS))
            yield ActionTaken(
                action=action, supporter_id=supporter, constituency_code=constituency, created_at=at, confirmed_at=at
            )

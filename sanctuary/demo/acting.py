"""More ways to act on a made-up campaign, events that belong to it, and names of those who chose to be shown."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from campaigns import actions
from campaigns.models import Action, ActionTaken, Campaign
from groups.models import Activity, LocalGroup
from sanctuary.people.models import Supporter, User

Kind, Shown = Action.Kind, ActionTaken.Shown
JOINING, SHOWN_FIRST, SHOWN_FULL = 24, 60, 15
STATEMENT = "Our organisation asks the Minister to fund a welcome desk in every town hall by the spring."


def ask(campaign: Campaign, coordinator: User) -> None:
    """Before anybody acts: what else this campaign asks."""
    Action.objects.create(campaign=campaign, kind=Kind.JOIN, statement=STATEMENT, rank=1)
    Action.objects.create(campaign=campaign, kind=Kind.SHARE, rank=9)
    attend = Action.objects.create(campaign=campaign, kind=Kind.ATTEND, rank=2)
    upcoming = Activity.objects.public().upcoming(timezone.now())
    ours = upcoming.filter(group__in=LocalGroup.objects.run_by(coordinator))[:2]
    attend.activities.set([*ours, *upcoming[:6]])


def fill(campaign: Campaign, staff: User, dice: Random) -> None:
    """Some of those who acted are shown; three organisations wait for a look at their names."""
    join = campaign.actions.get(kind=Kind.JOIN)
    now = timezone.now()
    schools = list(Supporter.objects.organisations().exclude(email="").order_by("pk")[:JOINING])
    ActionTaken.objects.bulk_create(
        ActionTaken(
            action=join,
            supporter=school,
            kind=school.kind,
            constituency_code=school.constituency_code,
            created_at=now - timedelta(hours=dice.randrange(1, 700)),
            confirmed_at=now,
        )
        for school in schools
    )
    for number, taken in enumerate(ActionTaken.objects.filter(action=join).order_by("pk")):
        actions.show_as(taken, Shown.FULL, tell=False)
        if number >= 3:
            actions.check_name(taken, by=staff, tell=False)
    signed = ActionTaken.objects.confirmed().filter(action__campaign=campaign, action__kind=Kind.SIGN).order_by("pk")
    for number, taken in enumerate(signed[: SHOWN_FIRST + SHOWN_FULL]):
        actions.show_as(taken, Shown.FULL if number >= SHOWN_FIRST else Shown.FIRST, tell=False)

"""Activities that repeat, what helps to choose among them, and made-up people who mean to come."""

import random
from datetime import timedelta

from django.utils import timezone

from groups import actions
from groups.models import Activity, Booking, LocalGroup
from sanctuary.demo.network import COORDINATED
from sanctuary.people.models import User

NAMES = ["Amira", "Bilal", "Carys", "Dawit", "Elin", "Farid", "Grace", "Hana", "Idris", "Jana"]
FOOD = ["", "Tea and cake", "Halal and vegetarian supper"]


SEED = 14


def fill(coordinator: User) -> None:
    dice = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    _enrich(dice)
    _coordinated(coordinator, dice)


def _enrich(dice: random.Random) -> None:
    """What the public calendar can be asked for, for everything that is to come."""
    coming = list(Activity.objects.upcoming(timezone.now()).with_group())
    for activity in coming:
        activity.cost = "" if dice.random() < 0.9 else "£2, or what you can"
        activity.is_for_children = dice.random() < 0.5
        activity.is_women_only = dice.random() < 0.1
        activity.is_step_free = dice.random() < 0.6
        activity.food = dice.choice(FOOD)
        activity.travel_help = "We pay bus fares" if dice.random() < 0.3 else ""
        activity.languages = activity.group.languages
        activity.capacity = dice.choice([None, None, 20, 40])
    fields = [
        "cost",
        "is_for_children",
        "is_women_only",
        "is_step_free",
        "food",
        "travel_help",
        "languages",
        "capacity",
    ]
    Activity.objects.bulk_update(coming, fields, batch_size=500)


def _coordinated(coordinator: User, dice: random.Random) -> None:
    """The demonstration coordinator's group: a weekly club, one date cancelled, and a supper that is full."""
    group = LocalGroup.objects.get(slug=COORDINATED)
    starts = timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=2)
    told = {"area": f"Central {group.area}", "venue": "Example Hall, 1 Example Road", "languages": group.languages}
    club = actions.plan_activity(
        group,
        by=coordinator,
        repeat="weekly",
        times=8,
        title="Conversation club",
        kind=Activity.Kind.CONVERSATION,
        about="An hour of English and tea. Come once or every week, and bring a friend.",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        is_step_free=True,
        is_for_children=True,
        **told,
    )
    actions.cancel_activity(club[3], by=coordinator, reason="The hall is closed that day.")
    supper = actions.plan_activity(
        group,
        by=coordinator,
        title="Welcome supper",
        kind=Activity.Kind.MEAL,
        about="We cook together and eat at one long table.",
        starts_at=starts + timedelta(days=1),
        ends_at=starts + timedelta(days=1, hours=2),
        capacity=8,
        food=FOOD[2],
        travel_help="We pay bus fares on the night",
        **told,
    )[0]
    _book(supper, NAMES[:6], dice)
    for activity in club[:3]:
        _book(activity, dice.sample(NAMES, 4), dice)


def _book(activity: Activity, names: list[str], dice: random.Random) -> None:
    """Those who fit come; the rest wait. No letters: nobody made up reads them."""
    now, taken, made = timezone.now(), 0, []
    for name in names:
        guests = dice.choice([0, 0, 1, 2])
        fits = activity.capacity is None or taken + 1 + guests <= activity.capacity
        taken += (1 + guests) * fits
        made.append(
            Booking(
                activity=activity,
                name=f"{name} Example",
                email=f"{name.lower()}@example.org",
                guests=guests,
                access_wish="A seat near the door" if dice.random() < 0.2 else "",
                state=Booking.State.COMING if fits else Booking.State.WAITING,
                confirmed_at=now,
            )
        )
    Booking.objects.bulk_create(made)

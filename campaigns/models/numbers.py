"""Numbers as they may be shown: the truth, but none so small that it discourages or singles somebody out."""

from dataclasses import dataclass

from campaigns.models.action import Action, ActionTaken
from campaigns.models.campaign import Campaign
from campaigns.models.tally import Tally
from sanctuary.places.models import Constituency
from sanctuary.templatetags.ui import GOALS, LOCAL_COUNT_SHOWN_FROM, NATIONAL_COUNT_SHOWN_FROM

CONSTITUENCIES = 650
CONSTITUENCIES_SHOWN_FROM = 100

Kind = Action.Kind
NOUNS = {
    Kind.SIGN: "names",
    Kind.WRITE: "letters",
    Kind.ATTEND: "people coming",
    Kind.SHARE: "people passing it on",
    Kind.JOIN: "organisations",
}


@dataclass(frozen=True)
class Line:
    """“4,812 of 5,000 names”: with the next goal, as long as there is one."""

    count: int
    noun: str

    @property
    def goal(self) -> int | None:
        return next((goal for goal in GOALS if goal > self.count), None)


def national(count: int) -> int:
    """The number, or 0 where it must not be shown."""
    return count if count >= NATIONAL_COUNT_SHOWN_FROM else 0


def local(count: int) -> int:
    """The number of one place or one group, or 0 where it must not be shown."""
    return count if count >= LOCAL_COUNT_SHOWN_FROM else 0


def lines_of(campaign: Campaign, first: Action | None = None) -> list[Line]:
    """What may be said of a campaign, of one kind of deed after the other; `first` comes first."""
    asks = sorted(campaign.counted, key=lambda action: first is not None and action.pk != first.pk)
    return [Line(action.acts_count, NOUNS[action.kind]) for action in asks if national(action.acts_count)]


def constituencies_of(campaign: Campaign) -> int:
    """In how many constituencies somebody acted."""
    return Tally.objects.filter(action__in=campaign.counted).by_place().values("constituency_code").distinct().count()


def reach_of(campaign: Campaign) -> int:
    """The same for everybody to read; 0 as long as it is few, or the numbers are not shown at all."""
    if not lines_of(campaign):
        return 0
    count = constituencies_of(campaign)
    return count if count >= CONSTITUENCIES_SHOWN_FROM else 0


@dataclass(frozen=True)
class Standing:
    """Where one act stands among the others: which it was in its constituency, and how many there are now.

    `rank` looks back only, so that it is the same whenever the page is opened again, and nobody learns from it who came
    after. It is 0 for the first few, and so is `count` as long as it is not shown.
    """

    place: str
    rank: int
    count: int


def standing_of(taken: ActionTaken, campaign: Campaign) -> Standing:
    place = Constituency.objects.filter(code=taken.constituency_code).first() if taken.constituency_code else None
    rank = ActionTaken.objects.in_place_until(taken).count() if place else 0
    count = next((action.acts_count for action in campaign.counted if action.pk == taken.action_id), 0)
    return Standing(place.name if place else "", local(rank), national(count))

"""What to offer somebody after an act: ordered rules, and the first that fits wins.

It depends only on who somebody is, where they are, what they have done and what is on; nobody need be known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import models
from django.urls import NoReverseMatch, reverse

from campaigns.models.action import Action, ActionTaken
from campaigns.models.campaign import Campaign
from groups.models import Activity, Booking, LocalGroup
from sanctuary.people.models import Supporter
from sanctuary.places.models import OutwardCode

SOON = timedelta(days=14)
NEAR_MILES = 20


class Rule(models.TextChoices):
    """In the usual order."""

    OWN = "own", "The next thing this campaign asks"
    ACTIVITY = "activity", "An activity near them"
    OTHER = "other", "Another campaign"
    SHARE = "share", "Pass it on"
    GROUP = "group", "Their local group"


@dataclass(frozen=True)
class Step:
    """One thing to do: `lead` says why, `button` is the verb, `link` what it is called among others."""

    rule: Rule
    lead: str
    button: str
    link: str
    href: str
    by: date | None = None
    on: datetime | None = None
    place: str = ""


@dataclass(frozen=True)
class Situation:
    """Who acted, where they are, and on what. All of it may be empty.

    `share_href` is where on the page, or elsewhere, they can pass it on.
    """

    now: datetime
    supporter: Supporter | None = None
    postcode: str = ""
    group: LocalGroup | None = None
    campaign: Campaign | None = None
    taken: ActionTaken | None = None
    share_href: str = ""

    @property
    def is_organisation(self) -> bool:
        return self.supporter is not None and self.supporter.kind == Supporter.Kind.ORGANISATION

    @cached_property
    def spot(self) -> tuple[float, float] | None:
        """The person's own position, or else the middle of their outward code."""
        if self.supporter and self.supporter.has_position:
            return self.supporter.latitude, self.supporter.longitude
        outward = OutwardCode.objects.find(self.postcode) if self.postcode else None
        return (outward.latitude, outward.longitude) if outward else None

    @cached_property
    def own_group(self) -> LocalGroup | None:
        if self.group and self.group.is_live:
            return self.group
        if self.supporter is None:
            return None
        return LocalGroup.objects.live().filter(memberships__in=self.supporter.memberships.current()).first()

    def to_do(self) -> models.QuerySet:
        """Actions of any campaign that are open to this person and not yet done."""
        open_ones = Action.objects.to_offer(self.now, to_organisation=self.is_organisation)
        open_ones = open_ones.select_related("campaign")
        if self.taken:
            open_ones = open_ones.exclude(pk=self.taken.action_id)
        return open_ones.not_done_by(self.supporter) if self.supporter else open_ones


def next_steps(situation: Situation) -> list[Step]:
    """The step to offer, then the others that fit too. Never empty: the last rule always fits."""
    found = (FINDERS[rule](situation) for rule in in_order(situation.campaign))
    return [step for step in found if step]


def in_order(campaign: Campaign | None) -> list[Rule]:
    """What staff chose first for this campaign, then the rest in the usual order."""
    chosen = campaign.next_steps if campaign else []
    wanted = [Rule(name) for name in dict.fromkeys(chosen) if name in Rule.values]
    return wanted + [rule for rule in Rule if rule not in wanted]


ASKS = {
    Action.Kind.SIGN: ("Add your name", "Put your name to it too."),
    Action.Kind.WRITE: ("Write to your representative", "A letter in your own words does the most."),
    Action.Kind.ATTEND: ("Come to an event", "Come and ask for it together."),
    Action.Kind.JOIN: ("Add your organisation", "Your organisation can stand with us."),
}


def _own(situation: Situation) -> Step | None:
    if situation.campaign is None:
        return None
    action = situation.to_do().filter(campaign=situation.campaign).first()
    href = action and _page_of(action)
    if not href:
        return None
    button, lead = ASKS[action.kind]
    return Step(Rule.OWN, lead, button, button, href, by=action.campaign.deadline)


def _activity(situation: Situation) -> Step | None:
    near = models.Q(group__in=[situation.own_group.pk] if situation.own_group else [])
    if situation.spot:
        near |= models.Q(pk__in=Activity.objects.near(*situation.spot, NEAR_MILES).values("pk"))
    soon = Activity.objects.open_to_all(situation.now).filter(near, starts_at__lt=situation.now + SOON)
    if situation.supporter:
        booked = Booking.objects.live().filter(supporter=situation.supporter)
        soon = soon.exclude(pk__in=booked.values("activity"))
    activity = soon.with_group().first()
    if activity is None:
        return None
    return Step(
        Rule.ACTIVITY,
        f"{activity.title}, with {activity.group.name}.",
        "Come along",
        f"Come along: {activity.title}",
        activity.get_absolute_url(),
        on=activity.starts_at,
        place=activity.public_place,
    )


def _other(situation: Situation) -> Step | None:
    others = situation.to_do()
    if situation.campaign:
        others = others.exclude(campaign=situation.campaign)
    if situation.supporter:
        done = ActionTaken.objects.confirmed().filter(supporter=situation.supporter)
        others = others.exclude(campaign__in=done.values("action__campaign"))
    action = others.order_by("-campaign__created_at", "rank", "pk").first()
    if action is None:
        return None
    campaign = action.campaign
    href = campaign.get_absolute_url()
    return Step(Rule.OTHER, campaign.ask, "Read it and take part", campaign.ask, href, by=campaign.deadline)


def _share(situation: Situation) -> Step | None:
    campaign, supporter = situation.campaign, situation.supporter
    if not situation.share_href or (campaign and not campaign.is_live):
        return None
    if campaign and supporter:
        shared = ActionTaken.objects.confirmed().for_campaign(campaign)
        if shared.filter(action__kind=Action.Kind.SHARE, supporter=supporter).exists():
            return None
    return Step(
        Rule.SHARE, "Send it to one person who would want to know.", "Pass it on", "Pass it on", situation.share_href
    )


def _group(situation: Situation) -> Step:
    group = situation.own_group
    if group:
        lead = f"Meet the people who make a welcome in {group.area}."
        return Step(Rule.GROUP, lead, "See what is on", group.name, group.get_absolute_url())
    lead = "Meet the people who make a welcome where you live."
    return Step(Rule.GROUP, lead, "Find your local group", "Find your local group", reverse("groups:list"))


FINDERS: dict[Rule, Callable[[Situation], Step | None]] = {
    Rule.OWN: _own,
    Rule.ACTIVITY: _activity,
    Rule.OTHER: _other,
    Rule.SHARE: _share,
    Rule.GROUP: _group,
}


def _page_of(action: Action) -> str:
    """Where it is done. Empty for what has no page."""
    try:
        return reverse(f"campaigns:{action.kind}", args=[action.campaign.slug])
    except NoReverseMatch:
        return ""

"""What is shown of acts: how many there are, as far as it may be said, and the links that bring more."""

from django import template

from campaigns import actions
from campaigns.actions import showing
from campaigns.models import Action, ActionTaken, numbers
from sanctuary.people import links

register = template.Library()


@register.inclusion_tag("campaigns/panels/numbers.html")
def campaign_numbers(campaign, action=None):
    """How many did what a campaign asks, each kind by itself; below the threshold nothing but an invitation."""
    lines = numbers.lines_of(campaign, action)
    return {"lines": lines, "reach": numbers.reach_of(campaign), "all": numbers.CONSTITUENCIES, "campaign": campaign}


@register.simple_tag
def first_number(campaign):
    """The one line that a card has room for; None where no number may be shown."""
    return next(iter(numbers.lines_of(campaign)), None)


@register.simple_tag
def members_acted(group, campaign) -> int:
    """How many of the group's members have acted on a campaign; 0 as long as they are few."""
    return numbers.local(ActionTaken.objects.of_members(group).for_campaign(campaign).people_count())


@register.simple_tag
def own_link(campaign, taken=None) -> str:
    """A campaign's address to pass on; of somebody who acted, their own."""
    address = links.absolute("campaigns:detail", campaign.slug)
    return f"{address}?with={taken.share_code}" if taken and taken.share_code else address


@register.simple_tag
def my_name(taken) -> str:
    """Where somebody who acted changes how they are shown."""
    return showing.name_path(taken)


@register.simple_tag
def reply_link(taken) -> str:
    """Where somebody who wrote says what came back; empty after anything else."""
    return actions.reply_url(taken) if taken.action.kind == Action.Kind.WRITE else ""


@register.simple_tag
def whole_link(name, *args) -> str:
    """The address of one of our pages with the name of the site, for passing on."""
    return links.absolute(name, *args)


@register.filter
def ordinal(number: int) -> str:
    """23 → 23rd, 11 → 11th, 1204 → 1,204th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"

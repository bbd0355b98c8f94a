"""What other pages show of campaigns, and how campaigns are written out."""

from datetime import date

from django import template
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from campaigns.models import ActionTaken, Campaign, Relay, Stance, next_step, numbers
from sanctuary.people import links
from sanctuary.post import markup

register = template.Library()

ASKS_SHOWN = LINKS_SHOWN = 3
STANDS = [
    (Stance.Position.SUPPORTS, "said they will support it"),
    (Stance.Position.UNCLEAR, "did not say yes or no"),
    (Stance.Position.OPPOSES, "said they will not support it"),
]


@register.inclusion_tag("campaigns/panels/live_campaign.html")
def live_campaign_panel():
    """A band with the newest live campaign; nothing when there is none."""
    return {"campaign": Campaign.objects.live().first()}


@register.inclusion_tag("campaigns/panels/next_step.html")
def campaigns_next_step(supporter=None, title="One more thing you can do", **about):
    """One button, and small links to what else fits. The others are those of a Situation; all may be left out."""
    situation = next_step.Situation(now=timezone.now(), supporter=supporter, **about)
    step, *others = next_step.next_steps(situation)
    elsewhere = [other for other in others if not other.href.startswith("#")]  # what is further down is seen anyway
    return {"title": title, "step": step, "others": elsewhere[:LINKS_SHOWN]}


@register.inclusion_tag("campaigns/panels/national_asks.html")
def national_asks_panel(group):
    """The live calls that this group can pass on, newest first, and whether it has."""
    live = Campaign.objects.live().prefetch_related(Prefetch("relays", Relay.objects.for_group(group), to_attr="ours"))
    return {"group": group, "campaigns": live[:ASKS_SHOWN]}


@register.inclusion_tag("campaigns/panels/stances.html")
def stances_panel(campaign):
    """Where representatives stand, as far as staff have read it."""
    counts = Stance.objects.checked().for_campaign(campaign).counts()
    stands = [(words, counts.get(position, 0)) for position, words in STANDS]
    return {"campaign": campaign, "stands": stands, "count": sum(counts.values())}


@register.simple_tag
def acted_lately(group, since) -> int:
    """How many of the group's members have acted on a campaign since then; 0 as long as they are few."""
    return numbers.local(ActionTaken.objects.of_members(group).filter(confirmed_at__gte=since).people_count())


@register.filter
def markdown(text: str) -> SafeString:
    """What staff wrote, as clean HTML."""
    return mark_safe(markup.to_html(text))  # noqa: S308 - cleaned by markup


@register.filter
def days_left(day: date) -> str:
    """How long until a deadline, in words."""
    days = (day - timezone.localdate()).days
    if days < 0:
        return "the date has passed"
    return {0: "today is the last day", 1: "one day left"}.get(days, f"{days} days left")


@register.filter
def whole_address(campaign: Campaign) -> str:
    """The page's address with the name of the site, for sharing."""
    return links.absolute("campaigns:detail", campaign.slug)

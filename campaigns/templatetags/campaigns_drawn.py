"""What the server draws of a campaign: its poster, and the picture beside its links."""

from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils.formats import date_format

from campaigns.models import Action, Campaign
from sanctuary.people import links
from sanctuary.printing import Drawing, picture, poster

register = template.Library()

# What is asked, as something to do: beside a square code, and in lists.
TO_DO = {
    Action.Kind.SIGN: "Add your name",
    Action.Kind.WRITE: "Write to your representative",
    Action.Kind.ATTEND: "Come along",
    Action.Kind.SHARE: "Pass it on",
    Action.Kind.JOIN: "Add your organisation",
}
WELCOME = "A welcome in every town"


def poster_of(campaign: Campaign, *, code: str = "") -> Drawing:
    """`code` is that of a source link, so that whoever scans the poster counts as coming from it."""
    address = links.absolute("campaigns:detail", campaign.slug)
    first = campaign.actions.first() if campaign.is_live else None
    return poster(
        title=campaign.ask,
        over=campaign.title,
        lead=whom_and_when(campaign),
        sort=TO_DO[first.kind] if first else "Read more",
        address=address,
        code_address=f"{address}?from={code}" if code else "",
        hand="Where and when to meet us, or whom to ask",
        foot=WELCOME,
    )


def picture_of(campaign: Campaign) -> Drawing:
    """No numbers and nobody's name: a picture is kept by other sites for longer than we could answer for."""
    return picture(title=campaign.ask, over=campaign.title, foot=whom_and_when(campaign))


def whom_and_when(campaign: Campaign) -> str:
    by_when = f" by {date_format(campaign.deadline, 'j F Y')}" if campaign.deadline and campaign.is_live else ""
    return f"We are asking {campaign.decision_maker}{by_when}."


@register.filter
def to_do(action: Action) -> str:
    """What an action asks, as something to do."""
    return TO_DO[action.kind]


@register.filter
def poster_for(campaign: Campaign, link: str) -> str:
    """The poster whose square code leads where this link to the campaign leads."""
    query = urlsplit(link).query
    return reverse("campaigns:poster", args=[campaign.slug]) + (f"?{query}" if query else "")


@register.inclusion_tag("components/social.html")
def campaign_social(campaign):
    """What other sites show beside a link to this campaign."""
    drawn = links.absolute("campaigns:picture", campaign.slug)
    return {
        "title": campaign.ask,
        "description": whom_and_when(campaign),
        "url": links.absolute("campaigns:detail", campaign.slug),
        "picture": f"{drawn}?v={picture_of(campaign).key}",
        "picture_words": f"{campaign.title}: {campaign.ask}",
    }

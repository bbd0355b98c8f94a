"""What other pages show of pledges."""

from django import template

from pledges.models import Endorsement, Pledge
from sanctuary.templatetags.ui import LOCAL_COUNT_SHOWN_FROM, NATIONAL_COUNT_SHOWN_FROM

register = template.Library()

LISTED_AT_MOST = 50


@register.inclusion_tag("pledges/panels/count.html")
def pledge_count(group=None):
    """How many people have pledged; small numbers stay hidden."""
    pledges = Pledge.objects.confirmed().of_people()
    local = pledges.for_group(group).count() if group else 0
    return {"count": pledges.count(), "local": local, "place": group.area if group else ""}


@register.inclusion_tag("pledges/panels/group.html")
def pledges_panel(group):
    """Organisations that stand with a group, by names staff have looked at; and how many people pledged there."""
    pledges = Pledge.objects.public().for_group(group).select_related("supporter").order_by("supporter__name")
    count = Pledge.objects.confirmed().of_people().for_group(group).count()
    return {"group": group, "pledges": pledges[:LISTED_AT_MOST], "count": count}


@register.simple_tag
def count_to_greet(group, user) -> int:
    """How many new pledgers wait for a greeting from this group."""
    return Pledge.objects.visible_to(user).for_group(group).to_greet().count()


@register.inclusion_tag("pledges/panels/endorsement_count.html")
def endorsement_count(region=""):
    """How many endorse the Declaration today, all in all and in one region; small numbers stay hidden."""
    everywhere = Endorsement.objects.counts()
    there = Endorsement.objects.filter(supporter__region=region).counts() if region else {}
    return {
        "everywhere": {who: count for who, count in everywhere.items() if count >= NATIONAL_COUNT_SHOWN_FROM},
        "there": {who: count for who, count in there.items() if count >= LOCAL_COUNT_SHOWN_FROM},
        "region": region,
    }

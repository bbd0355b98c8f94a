"""What of the Declaration campaigns serve: on its own page, and on theirs."""

from django import template
from django.db.models import Prefetch, Value

from campaigns.models import Campaign

register = template.Library()


@register.simple_tag
def goals_with_campaigns(goals) -> list[tuple]:
    """Each goal with the live campaigns that serve it, newest first."""
    live = Prefetch("goals", queryset=goals, to_attr="served")
    serving = Campaign.objects.live().filter(goals__in=goals).distinct().prefetch_related(live)
    by_goal = {}
    for campaign in serving:
        for goal in campaign.served:
            by_goal.setdefault(goal.pk, []).append(campaign)
    return [(goal, by_goal.get(goal.pk, [])) for goal in goals]


@register.inclusion_tag("campaigns/_goals.html")
def campaign_goals(campaign):
    """What of the Declaration a campaign serves; nothing when it says nothing."""
    principles = campaign.principles.order_by().annotate(part=Value("Principle"))
    goals = campaign.goals.order_by().annotate(part=Value("Goal"))
    parts = [rows.values_list("part", "number", "name") for rows in (principles, goals)]
    return {"parts": parts[0].union(parts[1], all=True).order_by("-part", "number")}

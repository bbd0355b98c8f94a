"""Which campaigns serve the goals of the Sanctuary Summit, for the page of the Declaration."""

from django import template
from django.db.models import Prefetch

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

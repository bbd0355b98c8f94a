"""What staff read of a campaign's numbers: all of them, small ones too."""

from django.contrib import admin
from django.utils.html import format_html_join

from campaigns.models import ActionTaken, numbers


class NumbersMixin:
    """Two figures for the page of a campaign."""

    @admin.display(description="How many took part")
    def counts(self, campaign):
        lines = ((f"{action.acts_count:,}", numbers.NOUNS[action.kind]) for action in campaign.counted)
        through = ActionTaken.objects.confirmed().for_campaign(campaign).filter(via__isnull=False).count()
        shared = [(f"{through:,}", "came through somebody’s own link")] if through else []
        return format_html_join("\n", "<div>{} {}</div>", [*lines, *shared]) or "Nobody yet"

    @admin.display(description="Constituencies")
    def constituencies(self, campaign):
        return f"{numbers.constituencies_of(campaign)} of {numbers.CONSTITUENCIES}"

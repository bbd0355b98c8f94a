"""Where people came from: a short code in the link that somebody passed on."""

import re

from django.conf import settings
from django.db import models

from campaigns.models.action import ActionTaken
from campaigns.models.campaign import Campaign
from campaigns.models.coalition import Partner
from groups.models import LocalGroup
from streams.models import Stream

LONGEST_CODE = 40
CODE = re.compile(rf"[a-z0-9-]{{1,{LONGEST_CODE}}}")
# Of whom a link may be, and how their codes begin: no other code may begin so.
OWNERS = {"group": LocalGroup, "partner": Partner, "stream": Stream}
OWN_WORDS = tuple(f"{kind}-" for kind in OWNERS)


class SourceLinkQuerySet(models.QuerySet):
    def with_results(self):
        """Annotate `acts_count` and `first_count`: of the acts, those that are the person's first with us."""
        from_here = models.Q(acts__confirmed_at__isnull=False)
        earlier = ActionTaken.objects.filter(
            supporter=models.OuterRef("acts__supporter"), confirmed_at__lt=models.OuterRef("acts__confirmed_at")
        )
        is_first = from_here & models.Q(acts__supporter__isnull=False) & ~models.Exists(earlier)
        return self.annotate(
            acts_count=models.Count("acts", filter=from_here, distinct=True),
            first_count=models.Count("acts", filter=is_first, distinct=True),
        )


class SourceLink(models.Model):
    """One way to a campaign's page that is counted by itself. Says nothing about the person who uses it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="sources")
    code = models.SlugField(max_length=110, help_text="The end of the link: ?from=…")
    label = models.CharField(max_length=120, help_text="What it is, for us: poster in libraries, spring newsletter.")
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(LocalGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    stream = models.ForeignKey(Stream, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SourceLinkQuerySet.as_manager()

    class Meta:
        ordering = ["label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="campaigns_each_code_once"),
            models.UniqueConstraint(fields=["campaign", "group"], name="campaigns_each_group_has_one_link"),
            models.UniqueConstraint(fields=["campaign", "stream"], name="campaigns_each_stream_has_one_link"),
            models.UniqueConstraint(fields=["campaign", "partner"], name="campaigns_each_partner_has_one_link"),
            models.CheckConstraint(
                condition=models.Q(partner=None, group=None)
                | models.Q(partner=None, stream=None)
                | models.Q(group=None, stream=None),
                name="campaigns_a_link_belongs_to_one",
            ),
        ]

    def __str__(self):
        return f"{self.label} ({self.code})"

"""A form of ours on somebody else's website."""

import re
import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse

from campaigns.models.campaign import Campaign
from groups.models import LocalGroup

MOST_HOSTS = 20
# What may stand in a header: one name of a website, as browsers write it, and a port if it has one of its own.
HOST = re.compile(
    r"(?=.{1,253}(?::|\Z))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::[0-9]{1,5})?\Z"
)


def new_token() -> str:
    return secrets.token_urlsafe(12)


class EmbedQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user):
        """Those of the groups this person helps to run."""
        return self.filter(group__in=LocalGroup.objects.visible_to(user))

    def for_group(self, group):
        return self.filter(group=group)


class Embed(models.Model):
    """The form of a campaign, or the pledge, shown in a frame on the websites that are named here and on no other."""

    label = models.CharField(max_length=100, help_text="Whose website it is for. Only we see this.")
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="embeds",
        help_text="Empty: the welcome pledge.",
    )
    group = models.ForeignKey(
        LocalGroup,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="embeds",
        help_text="The group whose form it is. A pledge made here joins it.",
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    allowed_hosts = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EmbedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        return reverse("campaigns:embed", args=[self.token])

    @property
    def ancestors(self) -> list[str]:
        """The websites that may show it, as the browser is told; what is no website's name is never told."""
        return [host for host in self.allowed_hosts if isinstance(host, str) and HOST.match(host)][:MOST_HOSTS]

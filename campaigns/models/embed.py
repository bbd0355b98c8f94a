"""A form of ours on somebody else's website."""

import re
import secrets
from html import escape

from django.conf import settings
from django.db import models
from django.urls import reverse

from campaigns.models.campaign import Campaign
from groups.models import LocalGroup
from sanctuary.people import links

MOST_HOSTS = 20
# Tall enough for the form on a narrow phone; what does not fit scrolls within.
HEIGHT = 1300
# Our page stays at home behind another site's page: a key to our own origin opens nothing of theirs.
SANDBOX = "allow-forms allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
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
        """Those of the groups whose people this person looks after; every one for national staff."""
        return self if user.is_staff else self.filter(group__in=LocalGroup.objects.coordinated_by(user))

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

    @property
    def look_url(self) -> str:
        """How it will look, for those who hand it out."""
        return reverse("campaigns:embed_look", args=[self.token])

    @property
    def title(self) -> str:
        """What a screen reader calls the frame."""
        return self.campaign.ask if self.campaign else "Make the welcome pledge"

    @property
    def snippet(self) -> str:
        """What goes into the other website's page, as it is typed there."""
        parts = {
            "src": links.absolute("campaigns:embed", self.token),
            "title": f"{self.title} (City of Sanctuary UK)",
            "width": "100%",
            "height": str(HEIGHT),
            "loading": "lazy",
            "sandbox": SANDBOX,
        }
        return "<iframe " + " ".join(f'{name}="{escape(value)}"' for name, value in parts.items()) + "></iframe>"

"""What representatives said to the question of a campaign: a ledger, each line with its source and date."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.action import Action, ActionTaken
from campaigns.models.campaign import Campaign
from sanctuary.people.models import Supporter
from sanctuary.places.models import House, Representative

ASK_AFTER = timedelta(days=14)
ASK_UNTIL = timedelta(days=28)
KEEP_WORDS = timedelta(days=365)


class StanceQuerySet(models.QuerySet):
    def checked(self) -> Self:
        """Read by staff, and good enough to say in public."""
        return self.filter(checked_at__isnull=False, refused_at__isnull=True)

    def unchecked(self) -> Self:
        return self.filter(checked_at__isnull=True, refused_at__isnull=True)

    def for_campaign(self, campaign) -> Self:
        return self.filter(campaign=campaign)

    def latest(self) -> Self:
        """Of each representative only what was said last; those of the same name in one seat are one."""
        who = ["campaign_id", "house", "constituency_code", "name"]
        newest = self.order_by(*who, "-said_on", "-pk").distinct(*who)
        return self.filter(pk__in=newest.values("pk"))

    def counts(self) -> dict[str, int]:
        """How many stand where, by what they said last."""
        return dict(self.latest().order_by().values_list("position").annotate(models.Count("pk")))

    def told_by(self, supporter) -> Self:
        return self.filter(taken__supporter=supporter)

    def wordy(self, now) -> Self:
        """Old ones that still hold what somebody wrote."""
        return self.filter(recorded_at__lte=now - KEEP_WORDS).exclude(words="")


class Stance(models.Model):
    """One line. A later line of the same representative takes its place; nothing is written over."""

    class Position(models.TextChoices):
        SUPPORTS = "supports", "Will support it"
        UNCLEAR = "unclear", "Did not say yes or no"
        OPPOSES = "opposes", "Will not support it"

    class Source(models.TextChoices):
        LETTER = "letter", "A letter or email"
        MEETING = "meeting", "A meeting"
        PUBLIC = "public", "Something they said in public"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="stances")
    representative = models.ForeignKey(
        Representative, null=True, blank=True, on_delete=models.SET_NULL, related_name="stances"
    )
    # Kept beside the key: after an election the line stays true of the one who said it.
    name = models.CharField("representative", max_length=120)
    house = models.CharField(max_length=12, choices=House)
    constituency_code = models.CharField(max_length=9, blank=True)
    place = models.CharField("constituency", max_length=80, blank=True)
    position = models.CharField("where they stand", max_length=8, choices=Position)
    said_on = models.DateField("when they said it")
    source = models.CharField("where it is from", max_length=7, choices=Source)
    source_url = models.URLField("web address of the source", blank=True)
    words = models.TextField("what they said", blank=True, help_text="Never shown in public.")
    taken = models.ForeignKey(
        ActionTaken, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="stances"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    refused_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StanceQuerySet.as_manager()

    class Meta:
        ordering = ["-said_on", "-pk"]
        indexes = [
            models.Index(
                fields=["campaign", "house", "constituency_code", "name", "-said_on"],
                condition=Q(checked_at__isnull=False, refused_at__isnull=True),
                name="campaigns_stance_latest",
            )
        ]

    def __str__(self):
        return f"{self.name}: {self.get_position_display()}"

    def clean(self):
        if self.source == self.Source.PUBLIC and not self.source_url:
            raise ValidationError({"source_url": "Give the web address of what they said in public."})

    @property
    def is_checked(self) -> bool:
        return self.checked_at is not None and self.refused_at is None


class ReplyAskQuerySet(models.QuerySet):
    def old(self, now) -> Self:
        return self.filter(at__lte=now - KEEP_WORDS)


class ReplyAsk(models.Model):
    """Somebody who wrote a letter was asked, once, whether there was an answer."""

    taken = models.OneToOneField(ActionTaken, on_delete=models.CASCADE, related_name="reply_ask")
    at = models.DateTimeField()

    objects = ReplyAskQuerySet.as_manager()

    def __str__(self):
        return f"Asked about {self.taken_id}"

    @staticmethod
    def waiting(now) -> models.QuerySet[ActionTaken]:
        """Letters sent two to four weeks ago by people who were not asked and have told nothing by themselves."""
        sent = ActionTaken.objects.confirmed().filter(
            action__kind=Action.Kind.WRITE,
            confirmed_at__lte=now - ASK_AFTER,
            confirmed_at__gt=now - ASK_UNTIL,
            supporter__kind=Supporter.Kind.PERSON,
        )
        return sent.filter(reply_ask=None, stances=None).exclude(action__campaign__state=Campaign.State.CLOSED)

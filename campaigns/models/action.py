from datetime import timedelta

from django.db import models
from django.utils import timezone

from campaigns.models.campaign import Campaign
from sanctuary.people.models import Supporter, Wording

CONFIRM_WITHIN = timedelta(days=14)

# Asked beside every action. A change of words needs a new version: people agreed to what they were shown.
EMAIL_QUESTION = (
    "Can City of Sanctuary UK email you about campaigns like this one? "
    "About two emails a month. You can stop at any time."
)
EMAIL_QUESTION_SLUG, EMAIL_QUESTION_VERSION = "action-email-question", 1


class ActionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(campaign__state=Campaign.State.LIVE)


class Action(models.Model):
    """Something a campaign asks people to do."""

    class Kind(models.TextChoices):
        SIGN = "sign", "Sign"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SIGN)
    statement = models.TextField(help_text="The words people put their name to.")

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="campaigns_each_kind_once")]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.campaign}"


class ActionTakenQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def overdue(self, now):
        return self.filter(confirmed_at__isnull=True, created_at__lt=now - CONFIRM_WITHIN)

    def for_campaign(self, campaign):
        return self.filter(action__campaign=campaign)


class ActionTaken(models.Model):
    """One person's act. Counts once per person, and only when confirmed from their mailbox."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="taken")
    supporter = models.ForeignKey(
        Supporter,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="actions_taken",
    )
    permission_wording = models.ForeignKey(Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mailing = models.ForeignKey(
        "campaigns.Mailing",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="actions_taken",
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    wants_email = models.BooleanField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ActionTakenQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "actions taken"
        constraints = [
            models.UniqueConstraint(
                fields=["action", "supporter"],
                condition=models.Q(confirmed_at__isnull=False),
                name="campaigns_each_person_once",
            )
        ]

    def __str__(self):
        return f"{self.action} ({'confirmed' if self.confirmed_at else 'unconfirmed'})"

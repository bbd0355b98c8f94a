"""People who let us tell a partner about them. The ledger says whether they still do; here, on which campaign."""

import secrets
from datetime import timedelta

from django.db import models
from django.utils import timezone

from campaigns.models.action import ActionTaken
from campaigns.models.coalition import CampaignPartner
from sanctuary.people.models import CurrentPermission, Permission, Supporter, Suppression, Wording

# Read aloud and typed without mistakes: no vowels, so no words; nothing that looks like something else.
_LETTERS = "23456789bcdfghjkmnpqrstvwxz"
PURPOSE = Permission.Purpose.CAMPAIGNS
# In a year a partner that still has a list has had the next one, which names whom to delete.
KEEP_REFERENCE = timedelta(days=365)


def new_reference() -> str:
    """Names a row to the partner, and means nothing to anybody else."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


class PartnerTick(models.Model):
    """A partner's box, ticked on a form that nobody has confirmed yet. Goes with the wish it belongs to."""

    taken = models.ForeignKey(ActionTaken, on_delete=models.CASCADE, related_name="partner_ticks")
    link = models.ForeignKey(CampaignPartner, on_delete=models.CASCADE, related_name="+")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    with_postcode = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taken", "link"], name="campaigns_each_box_once")]

    def __str__(self):
        return f"{self.link} ticked"


class PartnerYesQuerySet(models.QuerySet):
    def standing(self):
        """Those to whom the yes still belongs: neither ended, nor its person forgotten."""
        return self.filter(ended_at__isnull=True, supporter__isnull=False)

    def live(self):
        """Whom a partner may be told about: the ledger says yes to this very partner, and the address is not silenced.

        A silence from before the yes does not undo it, for the person asked anew; a complaint always does.
        """
        controller = models.OuterRef("link__partner__controller")
        permission = CurrentPermission.objects.live().filter(
            supporter=models.OuterRef("supporter"), controller=controller, purpose=PURPOSE, channel="email"
        )
        for_all, since = models.Q(controller__isnull=True), models.Q(created_at__gt=models.OuterRef("given_at"))
        silence = Suppression.objects.filter(
            for_all | models.Q(controller=controller),
            since | models.Q(reason=Suppression.Reason.COMPLAINED),
            email_mac=models.OuterRef("supporter__email_mac"),
        )
        rows = self.standing().exclude(supporter__email="")
        return rows.filter(models.Exists(permission), ~models.Exists(silence))

    def passed_on(self):
        """Those the partner has had in a list."""
        return self.filter(passed_at__isnull=False)

    def outlived(self, now):
        """Bare references of people who were forgotten long ago."""
        return self.filter(supporter__isnull=True, ended_at__lte=now - KEEP_REFERENCE)

    def left(self):
        """Those the partner has had and must not keep."""
        return self.passed_on().exclude(pk__in=self.live().values("pk"))


class PartnerYes(models.Model):
    """One person's yes to one partner, given on one campaign and confirmed from the mailbox."""

    link = models.ForeignKey(CampaignPartner, on_delete=models.PROTECT, related_name="yeses")
    supporter = models.ForeignKey(
        Supporter, null=True, blank=True, on_delete=models.SET_NULL, related_name="partner_yeses"
    )
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    with_postcode = models.BooleanField()
    source = models.CharField(max_length=60)
    # All that is kept when the person is forgotten, so that the partner can be told which row to delete.
    reference = models.CharField(max_length=12, unique=True, default=new_reference)
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)

    objects = PartnerYesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "partner yeses"
        constraints = [
            models.UniqueConstraint(
                fields=["link", "supporter"],
                condition=models.Q(ended_at__isnull=True),
                name="campaigns_one_yes_to_each_partner",
            ),
        ]

    def __str__(self):
        return f"{self.link} ({self.reference})"

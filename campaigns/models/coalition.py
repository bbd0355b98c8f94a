"""Campaigns that others own with us: coalitions, partners, and what a partner asks people itself."""

from django.db import models

from sanctuary.people.models import Controller, Wording


class Coalition(models.Model):
    """Organisations that campaign together under one name."""

    name = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=300, blank=True, help_text="One sentence, for people who never heard of it.")
    website = models.URLField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class PartnerQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Partner(models.Model):
    """An organisation that owns a campaign with us. It decides by itself about the people who say yes to it."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=40, unique=True, help_text="In links that it passes on: ?from=partner-…")
    website = models.URLField(blank=True)
    controller = models.OneToOneField(Controller, on_delete=models.PROTECT, related_name="partner", editable=False)
    # The newest version of its words. A campaign keeps the version that was approved with it.
    wording = models.ForeignKey(
        Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    with_postcode = models.BooleanField("gets the postcode too", default=False)
    privacy_url = models.URLField("privacy notice", blank=True)
    contact_email = models.EmailField(
        "address for questions", blank=True, help_text="Where people ask it to forget them. A role mailbox."
    )
    is_active = models.BooleanField(default=True, help_text="Off: nobody is asked for it, and it gets no list.")
    may_export = models.BooleanField("may get a list", default=False)
    agreement_on = models.DateField("agreement signed on", null=True, blank=True)
    agreement_note = models.TextField("where the agreement is kept", blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(may_export=False)
                | models.Q(agreement_on__isnull=False) & ~models.Q(agreement_note=""),
                name="campaigns_a_list_needs_an_agreement",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def words_slug(self) -> str:
        """Under which the ledger keeps the versions of its question."""
        return f"partner-{self.pk}"

    @property
    def question(self) -> str:
        return self.wording.text if self.wording else ""


class CampaignPartnerQuerySet(models.QuerySet):
    def shown(self):
        """Those the campaign's page names."""
        return self.filter(partner__is_active=True).select_related("partner", "wording").order_by("order", "pk")


class CampaignPartner(models.Model):
    """One organisation's part in one campaign."""

    class Role(models.TextChoices):
        TOGETHER = "together", "Together with"
        SUPPORTED = "supported", "Supported by"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="partners")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="campaigns")
    role = models.CharField(max_length=9, choices=Role, default=Role.TOGETHER)
    order = models.PositiveSmallIntegerField(default=0)
    shows_consent = models.BooleanField(
        "asks people itself", default=False, help_text="Puts its own question, unticked, on the forms."
    )
    # Kept when the campaign is approved: what stands on the page is what somebody approved.
    wording = models.ForeignKey(
        Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    with_postcode = models.BooleanField(default=False, editable=False)

    objects = CampaignPartnerQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "partner"], name="campaigns_each_partner_once"),
        ]

    def __str__(self):
        return f"{self.partner} · {self.campaign}"

    @property
    def role_rank(self) -> int:
        """Owners before supporters."""
        return self.Role.values.index(self.role)

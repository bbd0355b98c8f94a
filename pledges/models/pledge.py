"""Pledges of welcome: words promised, and what somebody means to do about them."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from groups.models import LocalGroup
from pledges.models.naming import Named, NamedQuerySet, refused_by_looking
from sanctuary.people.models import CurrentPermission, Supporter, Suppression, Wording

CONFIRM_WITHIN = timedelta(days=14)


class PledgeQuerySet(NamedQuerySet):
    def unconfirmed(self):
        return self.filter(confirmed_at__isnull=True)

    def overdue(self, now):
        """Never confirmed in time: to be forgotten."""
        return self.unconfirmed().filter(created_at__lt=now - CONFIRM_WITHIN)

    def for_group(self, group):
        return self.filter(group=group)

    def visible_to(self, user):
        """Confirmed pledges to the groups this person coordinates."""
        return self.confirmed().filter(group__in=LocalGroup.objects.coordinated_by(user))

    def to_greet(self):
        return self.confirmed().filter(greeted_at__isnull=True, supporter__isnull=False)

    def to_check(self):
        """Organisations that agreed to be named, and whose names nobody has looked at."""
        return self.name_waits().of_organisations().filter(is_listed=True)

    def public(self):
        """Organisations that may be named: they agreed, and staff have looked at the name."""
        return self.confirmed().of_organisations().name_may_stand().filter(is_listed=True)

    def with_supporter(self):
        return self.select_related("supporter", "group").prefetch_related("intended_actions")

    def with_may_email(self, controller):
        """Annotate `may_email`: this sender may write to the pledger today."""
        live = CurrentPermission.objects.live().filter(supporter=models.OuterRef("supporter"), controller=controller)
        silent = Suppression.objects.filter(
            models.Q(controller__isnull=True) | models.Q(controller=controller),
            email_mac=models.OuterRef("supporter__email_mac"),
        )
        return self.annotate(may_email=models.Exists(live) & ~models.Exists(silent))


class Pledge(Named):
    """One pledge by a person or an organisation. Unconfirmed, it counts nowhere and its details live only here."""

    kind = models.CharField(max_length=12, choices=Supporter.Kind, default=Supporter.Kind.PERSON)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    permission_wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        LocalGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pledges",
    )
    supporter = models.ForeignKey(
        Supporter,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pledges",
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    organisation_type = models.CharField(max_length=12, choices=Supporter.OrganisationType, blank=True)
    contact_name = models.CharField(max_length=150, blank=True)
    job_role = models.CharField(max_length=100, blank=True)
    wants_email = models.BooleanField()
    is_listed = models.BooleanField(default=False, help_text="The organisation agreed to be named in public.")
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    greeted_at = models.DateTimeField(null=True, blank=True)
    greeted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = PledgeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["group", "confirmed_at"],
                condition=models.Q(greeted_at__isnull=True, confirmed_at__isnull=False),
                name="pledges_to_greet",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["supporter", "kind"],
                condition=models.Q(confirmed_at__isnull=False, withdrawn_at__isnull=True),
                name="pledges_one_live_pledge_each",
            ),
            models.CheckConstraint(
                condition=models.Q(greeted_at__isnull=True) | models.Q(confirmed_at__isnull=False),
                name="pledges_greeted_only_if_confirmed",
            ),
            refused_by_looking("pledges_pledge_refused_by_looking"),
        ]

    def __str__(self):
        return f"Pledge {self.pk}"

    @property
    def may_be_looked_at(self) -> bool:
        return super().may_be_looked_at and self.kind == Supporter.Kind.ORGANISATION


class IntendedActionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at__isnull=True)


class IntendedAction(models.Model):
    """What a pledger means to do, and whether it happened."""

    class Kind(models.TextChoices):
        MEET = "meet", "Come to an activity and meet people"
        VOLUNTEER = "volunteer", "Volunteer with my local group"
        CAMPAIGN = "campaign", "Speak up: write to my MP, sign, share"
        INVITE = "invite", "Invite my school, workplace or faith group to join in"
        WELCOME = "welcome", "Welcome and include people in what we already do"
        AWARD = "award", "Work towards a Sanctuary Award"

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="intended_actions")
    kind = models.CharField(max_length=12, choices=Kind)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = IntendedActionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pledge", "kind"], name="pledges_each_intention_once")]

    def __str__(self):
        return self.get_kind_display()

"""The permission ledger: who agreed to what, in which words, when. Rows are only ever added."""

from django.conf import settings
from django.db import models

from sanctuary.people.models.controller import Controller
from sanctuary.people.models.merge import Merge
from sanctuary.people.models.supporter import Supporter


class WordingQuerySet(models.QuerySet):
    def current(self, slug: str) -> "Wording":
        """The newest version of a wording. Raises Wording.DoesNotExist."""
        return self.filter(slug=slug).latest("version")


class Wording(models.Model):
    """The exact words somebody was shown. A change of words is a new version, never an edit."""

    slug = models.SlugField(max_length=50)
    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=8, default="en-gb")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version", "language"],
                name="people_wording_version_unique",
            )
        ]

    def __str__(self):
        return f"{self.slug} v{self.version}"


class Purpose(models.TextChoices):
    NEWS = "news", "News"
    CAMPAIGNS = "campaigns", "Campaigns"
    ACTIVITIES = "activities", "Activities"
    AWARDS = "awards", "Awards"


class PermissionQuerySet(models.QuerySet):
    def history(self, supporter):
        """All they ever answered, also by way of entries that were put together with this one."""
        them = {supporter.pk, *Merge.objects.gone_into(supporter.pk)}
        return self.filter(supporter__in=them).select_related("controller", "wording").order_by("occurred_at", "id")


class Permission(models.Model):
    """One entry of the append-only ledger. The database refuses to change or delete it."""

    Purpose = Purpose

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"

    class Change(models.TextChoices):
        GRANTED = "granted", "Agreed"
        DECLINED = "declined", "Said no"
        WITHDRAWN = "withdrawn", "Withdrew"

    class Basis(models.TextChoices):
        CONSENT = "consent", "Consent"
        SOFT_OPT_IN = "soft_opt_in", "Charity soft opt-in"
        NONE = "none", "None"

    supporter = models.ForeignKey(Supporter, on_delete=models.PROTECT, related_name="permissions")
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    change = models.CharField(max_length=12, choices=Change)
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.CONSENT)
    wording = models.ForeignKey(Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60, help_text="The form, link or file it came from.")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = PermissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(change="granted") | ~models.Q(basis="none"),
                name="people_a_grant_has_a_basis",
            ),
            models.CheckConstraint(
                condition=~models.Q(change="granted") | models.Q(wording__isnull=False),
                name="people_a_grant_has_its_words",
            ),
        ]
        indexes = [
            # Through which email people left is asked every few seconds while it is being sent.
            models.Index(fields=["source"], condition=models.Q(change="withdrawn"), name="people_left_through"),
        ]

    def __str__(self):
        return f"{self.supporter_id}: {self.purpose} {self.change}"


class CurrentPermissionQuerySet(models.QuerySet):
    def live(self):
        return self.filter(is_live=True)

    def for_sender(self, controller, purpose):
        return self.filter(controller=controller, purpose=purpose)

    def ours(self):
        """Under which we or a group may write. What a partner has lets us tell it, and lets nobody here write."""
        return self.exclude(controller__kind=Controller.Kind.PARTNER)

    def of_partners(self):
        return self.filter(controller__kind=Controller.Kind.PARTNER)


class CurrentPermission(models.Model):
    """The ledger's last word for each supporter, controller, purpose and channel.

    Written by a database trigger on the ledger in the same transaction, so no code path can forget it.
    At the same moment a withdrawal beats a grant.
    """

    pk = models.CompositePrimaryKey("supporter_id", "controller_id", "purpose", "channel")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="current_permissions")
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    channel = models.CharField(max_length=8, default="email")
    is_live = models.BooleanField()
    occurred_at = models.DateTimeField()

    objects = CurrentPermissionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["controller", "purpose", "supporter"],
                condition=models.Q(is_live=True),
                name="people_live_permission",
            )
        ]

    def __str__(self):
        return f"{self.supporter_id}: {self.purpose} {'live' if self.is_live else 'not live'}"

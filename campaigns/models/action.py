from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from campaigns.models.campaign import Campaign
from groups.models import Activity, Shield
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

    def with_counts(self):
        """`acts_count`: how many people, or organisations, did it. Confirmed only, and each once."""
        tallies = self.model.tallies.rel.related_model.objects.whole().filter(action=models.OuterRef("pk"))
        total = tallies.order_by().values("action").annotate(total=models.Sum("number")).values("total")
        return self.annotate(acts_count=Coalesce(models.Subquery(total), 0))

    def to_offer(self, now, *, to_organisation=False):
        """What somebody can be sent to now: open, not past its day, and with room for one more where people come.

        Passing it on is offered in its own way, and one person is not asked to speak for an organisation.
        """
        kinds = [Action.Kind.SIGN, Action.Kind.WRITE, *([Action.Kind.JOIN] if to_organisation else [])]
        events = Action.activities.through.objects.filter(activity__in=Activity.objects.open_to_all(now).values("pk"))
        can_come = models.Q(kind=Action.Kind.ATTEND) & models.Exists(events.filter(action=models.OuterRef("pk")))
        on_time = models.Q(campaign__deadline=None) | models.Q(campaign__deadline__gte=timezone.localdate(now))
        return self.open().filter(on_time, models.Q(kind__in=kinds) | can_come)

    def not_done_by(self, supporter):
        done = ActionTaken.objects.confirmed().filter(action=models.OuterRef("pk"), supporter=supporter)
        return self.filter(~models.Exists(done))


class Action(models.Model):
    """Something a campaign asks people to do."""

    class Kind(models.TextChoices):
        SIGN = "sign", "Sign"
        WRITE = "write", "Write to your representative"
        ATTEND = "attend", "Come to an event"
        SHARE = "share", "Pass it on"
        JOIN = "join", "Our organisation joins"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SIGN)
    statement = models.TextField(
        blank=True, help_text="The words people, or organisations, put their name to. Only to sign or to join."
    )
    rank = models.PositiveSmallIntegerField(
        default=0, help_text="The lowest is what the campaign's page asks for; the others follow it."
    )
    activities = models.ManyToManyField(
        Activity, blank=True, related_name="+", help_text="Where people can come. Only of what asks them to come."
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind"], name="campaigns_each_kind_once"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["sign", "join"], statement=""), name="campaigns_names_are_put_to_words"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.campaign}"

    def get_absolute_url(self):
        """Where it is done."""
        return reverse(f"campaigns:{self.kind}", args=[self.campaign.slug])

    def clean(self):
        if self.kind in (self.Kind.SIGN, self.Kind.JOIN) and not self.statement.strip():
            raise ValidationError({"statement": "Write the words that people, or organisations, put their name to"})


class ActionTakenQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def overdue(self, now):
        return self.filter(confirmed_at__isnull=True, created_at__lt=now - CONFIRM_WITHIN)

    def for_campaign(self, campaign):
        return self.filter(action__campaign=campaign)

    def in_place_until(self, taken):
        """What was done of the same kind in the same constituency, up to this one: nothing of what came later."""
        theirs = self.confirmed().filter(action=taken.action_id, constituency_code=taken.constituency_code)
        return theirs.filter(confirmed_at__lte=taken.confirmed_at)

    def of_members(self, group):
        """By those who belong to the group today."""
        return self.confirmed().filter(supporter__in=group.memberships.current().values("supporter"))

    def people_count(self) -> int:
        """Each person or organisation once, however much they did."""
        return self.values("supporter").distinct().count()

    def wanting_to_be_shown(self):
        """Confirmed, and they chose it: nobody is shown without having said so."""
        return self.confirmed().exclude(shown="").exclude(shown_name="")

    def on_the_wall(self):
        """Whom a public page names today. Where the shield is up, no people are."""
        shown = self.wanting_to_be_shown().filter(name_checked_at__isnull=False, name_refused=False)
        return shown.filter(models.Q(kind=Supporter.Kind.ORGANISATION) | ~Shield.objects.over_home())

    def by_name(self):
        """Organisations first. Names alone give the order, so that it tells nobody when somebody signed."""
        return self.order_by("kind", models.functions.Lower("shown_name"), "shown_place")


class ActionTaken(models.Model):
    """One act of a person or an organisation. Counts once for each, and only when confirmed from the mailbox."""

    class Shown(models.TextChoices):
        NOT = "", "Do not show me, only count me"
        FIRST = "first", "First name and town"
        FULL = "full", "Full name"

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
    # By which link they came; unknown codes are ignored.
    source = models.ForeignKey(
        "campaigns.SourceLink", null=True, blank=True, on_delete=models.SET_NULL, related_name="acts"
    )
    kind = models.CharField(max_length=12, choices=Supporter.Kind, default=Supporter.Kind.PERSON)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    organisation_type = models.CharField(max_length=12, choices=Supporter.OrganisationType, blank=True)
    contact_name = models.CharField(max_length=150, blank=True)
    job_role = models.CharField(max_length=100, blank=True)
    wants_email = models.BooleanField(null=True)
    shown = models.CharField(max_length=5, choices=Shown, default=Shown.NOT, blank=True)
    name_checked_at = models.DateTimeField(null=True, blank=True)
    name_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The very words that stand in public: what was looked at is what is shown, whatever the register says later.
    shown_name = models.CharField(max_length=150, blank=True)
    shown_place = models.CharField(max_length=60, blank=True)
    name_refused = models.BooleanField("kept off the page", default=False)
    # Who booked, without saying who: nobody enters the register by coming once, and yet each counts once.
    person_mac = models.BinaryField(max_length=32, default=b"", editable=False)
    # Where it came from, kept when the person is forgotten: some 70,000 people live in one constituency.
    constituency_code = models.CharField(max_length=9, blank=True)
    # The end of this person's own link, `?with=…`: by chance, and nothing can be read out of it.
    share_code = models.CharField(max_length=12, null=True, blank=True, unique=True)
    via = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="brought")
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
            ),
            models.UniqueConstraint(
                fields=["action", "person_mac"],
                condition=~models.Q(person_mac=b""),
                name="campaigns_each_who_comes_once",
            ),
            models.CheckConstraint(
                condition=models.Q(name_refused=False) | models.Q(name_checked_at__isnull=False),
                name="campaigns_refused_by_somebody_who_looked",
            ),
        ]
        indexes = [
            models.Index(fields=["action", "kind", "shown_name"], condition=~models.Q(shown=""), name="campaigns_wall"),
            models.Index(
                fields=["action", "constituency_code", "confirmed_at"],
                condition=models.Q(confirmed_at__isnull=False),
                name="campaigns_taken_in_place",
            ),
        ]

    def __str__(self):
        return f"{self.action} ({'confirmed' if self.confirmed_at else 'unconfirmed'})"


class ShownName(ActionTaken):
    """A name as it stands, or would stand, on the page of a campaign, for staff to look at."""

    class Meta:
        proxy = True
        verbose_name = "name to show"
        verbose_name_plural = "names to show"

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property

from pledges.models import DeclarationPrinciple, SummitGoal


class CampaignQuerySet(models.QuerySet):
    def public(self):
        return self.filter(
            state__in=[
                Campaign.State.LIVE,
                Campaign.State.RESTING,
                Campaign.State.CLOSED,
            ]
        )

    def live(self):
        return self.filter(state=Campaign.State.LIVE)

    def over(self):
        """Resting or closed: still shown, for people who took part."""
        return self.filter(state__in=[Campaign.State.RESTING, Campaign.State.CLOSED])

    def with_names_count(self):
        """`names_count`, to sort by: how many did what the campaign asks first. Pages show `counted`."""
        first = self.model.actions.rel.related_model.objects.filter(campaign=models.OuterRef("pk")).with_counts()
        first = models.Subquery(first.order_by("rank", "pk").values("acts_count")[:1])
        return self.annotate(names_count=Coalesce(first, 0))

    def with_numbers(self):
        """`counted` for each of many."""
        actions = self.model.actions.rel.related_model.objects.with_counts()
        return self.prefetch_related(models.Prefetch("actions", actions, to_attr="counted"))

    def with_relay_count(self):
        """`relay_count`: how many groups have passed it on. Counted by itself, so that it multiplies no other count."""
        mine = self.model.objects.order_by().filter(pk=models.OuterRef("pk")).values("pk")
        return self.annotate(relay_count=models.Subquery(mine.annotate(n=models.Count("relays")).values("n")))

    def not_yet_done_by(self, supporter):
        """Campaigns that this person has not acted on."""
        done = self.model.objects.filter(
            actions__taken__supporter=supporter, actions__taken__confirmed_at__isnull=False
        )
        return self.exclude(pk__in=done.values("pk"))


class Campaign(models.Model):
    """A call to act: one ask, of one decision-maker, by a date. Somebody named approved it as within our purposes."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        LIVE = "live", "Live"
        RESTING = "resting", "Resting"
        CLOSED = "closed", "Closed"

    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    ask = models.CharField(max_length=200, help_text="One line that can be answered yes or no.")
    why = models.TextField(help_text="Why it matters, in about 120 words. Markdown.")
    decision_maker = models.CharField(max_length=150)
    deadline = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    purpose_note = models.TextField(blank=True, help_text="How this furthers the charity's purposes.")
    results_note = models.TextField(blank=True)
    coalition = models.ForeignKey(
        "campaigns.Coalition", null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )
    relay_text = models.TextField(
        blank=True, help_text="What local groups can send on to their own people. Empty: made of the ask."
    )
    next_steps = models.JSONField(
        default=list, blank=True, help_text="What to offer first after an act. Empty: the usual order."
    )
    goals = models.ManyToManyField(
        SummitGoal, blank=True, related_name="campaigns", help_text="Which goals of the Sanctuary Summit it serves."
    )
    principles = models.ManyToManyField(
        DeclarationPrinciple,
        blank=True,
        related_name="campaigns",
        help_text="Which principles of the Birmingham Declaration it serves.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True, approved_at__isnull=True)
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="campaigns_approved_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(approved_at__isnull=False) & ~models.Q(purpose_note=""),
                name="campaigns_beyond_draft_is_approved",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:detail", args=[self.slug])

    @cached_property
    def counted(self) -> list:
        """What it asks, the first thing first, each with `acts_count`. Asked once, so that a page shows one number."""
        return list(self.actions.with_counts())

    @property
    def words_to_pass_on(self) -> str:
        """What a group can send to its own people; the link goes below it."""
        if self.relay_text:
            return self.relay_text
        by_when = f" by {date_format(self.deadline, 'j F Y')}" if self.deadline else ""
        who = self.decision_maker[:1].upper() + self.decision_maker[1:]
        return f"{self.ask}\n\n{who} can say yes{by_when}. Will you take part? It takes a few minutes."

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

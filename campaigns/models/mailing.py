import hashlib
import json
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact, In

from campaigns.models.campaign import Campaign
from groups.models import LocalGroup
from sanctuary.people.models import Controller, Permission

KEEP_ADDRESSES = timedelta(days=90)
# A group's own limits. Above the first number a second person of the group must approve.
GROUP_FOUR_EYES_ABOVE = 500
GROUP_MOST, GROUP_WITHIN = 3, timedelta(days=7)
GROUP_PER_MINUTE = 600
# The audiences that a group may choose; their value is the number of the group.
GROUP_KINDS = ["group", "came", "never_came", "ticked"]


def _said(key: str) -> Coalesce:
    """A part of the audience as text, never null: a check that is null would pass."""
    return Coalesce(KT(f"audience__{key}"), models.Value(""), output_field=models.TextField())


class MailingQuerySet(models.QuerySet):
    def national(self):
        """From the charity to the network."""
        return self.filter(group__isnull=True)

    def of_group(self, group):
        return self.filter(group=group)

    def visible_to(self, user):
        """Emails of the groups this person coordinates. National ones are seen in the admin alone."""
        return self.filter(group__in=LocalGroup.objects.coordinated_by(user))

    def with_results(self):
        """Annotate what came of each: `sent_count`, `refused_count`, `doubt_count`, `returned_count`, `left_count`."""
        mine = self.model.objects.order_by().filter(pk=models.OuterRef("pk")).values("pk")
        left = Permission.objects.filter(
            source=Concat(models.Value("mailing:"), Cast(models.OuterRef("pk"), models.TextField())),
            change=Permission.Change.WITHDRAWN,
        ).values("source")
        counts = {
            "sent": mine.annotate(n=models.Sum("chunks__sent")),
            "refused": mine.annotate(n=models.Sum("chunks__refused")),
            "doubt": mine.annotate(n=models.Sum("chunks__in_doubt")),
            "returned": mine.annotate(n=models.Count("returned", filter=~models.Q(returned__door="relay"))),
            "left": left.annotate(n=models.Count("supporter", distinct=True)),
        }
        found = {f"{name}_count": Coalesce(models.Subquery(rows.values("n")), 0) for name, rows in counts.items()}
        return self.annotate(**found)

    def taking_place(self):
        """Scheduled, under way or over: everything but drafts."""
        return self.exclude(state=Mailing.State.DRAFT)

    def due(self, now):
        """Scheduled mailings whose time has come."""
        return self.filter(state=Mailing.State.SCHEDULED, starts_at__lte=now)

    def running(self):
        return self.filter(state=Mailing.State.SENDING)

    def stopped_in_the_middle(self):
        """Stopped, with people left who must be told apart as cancelled: also those who were to wait."""
        return self.filter(state=Mailing.State.STOPPED, chunks__state=0).distinct()

    def awake(self, *, at_night: bool):
        """Those that may go out now: at night only what cannot wait until morning."""
        return self.filter(is_urgent=True) if at_night else self

    def lately(self, now):
        """Running, or ended within a day."""
        return self.filter(frozen_at__isnull=False).exclude(finished_at__lt=now - timedelta(days=1))

    def long_over(self, now):
        """Ended so long ago that nobody will ask who had it at which address."""
        return self.filter(finished_at__lte=now - KEEP_ADDRESSES)

    def with_free_chunks(self, now):
        """Mailings with something that a worker could take now."""
        free = models.Q(chunks__state=0) & (models.Q(chunks__not_before=None) | models.Q(chunks__not_before__lte=now))
        return self.filter(free).distinct()


class Mailing(models.Model):
    """One email from one controller to one audience. What was approved is what is sent."""

    Purpose = Permission.Purpose

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "Done"

    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="mailings")
    # Whose own mail it is; empty for the national charity's.
    group = models.ForeignKey(
        LocalGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="mailings", editable=False
    )
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Permission.Purpose, default=Permission.Purpose.CAMPAIGNS)
    subject = models.CharField(max_length=150)
    preheader = models.CharField(
        max_length=150,
        blank=True,
        help_text="The line shown beside the subject in an inbox.",
    )
    body = models.TextField(help_text="Markdown, with ((merge fields)).")
    audience = models.JSONField(default=dict, blank=True)
    is_big_moment = models.BooleanField(
        default=False,
        help_text="Also goes to people who asked for big moments only, about four a year.",
    )
    per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="At most this many a minute. Empty: no limit."
    )
    is_urgent = models.BooleanField(
        "this cannot wait until morning",
        default=False,
        help_text="It also goes out at night. Only for what people must know tonight.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    tested_hash = models.CharField(max_length=64, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    next_send_at = models.DateTimeField(null=True, blank=True, editable=False)
    counts = models.JSONField(default=dict, blank=True, help_text="Matched, and why some will not get it.")
    pause_reason = models.CharField(max_length=300, blank=True)
    # What had come back when the guard paused it and somebody let it go on: only what comes after counts again.
    guard = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(starts_at__isnull=False),
                name="campaigns_scheduled_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "scheduled"]) | models.Q(frozen_at__isnull=False),
                name="campaigns_sending_is_frozen",
            ),
            models.CheckConstraint(
                condition=models.Q(campaign__isnull=False) | models.Q(group__isnull=False),
                name="campaigns_national_mail_has_a_campaign",
            ),
            models.CheckConstraint(
                condition=models.Q(group__isnull=True)
                | models.Q(In(_said("kind"), GROUP_KINDS), Exact(_said("value"), Cast("group", models.TextField()))),
                name="campaigns_group_mail_stays_in_the_group",
            ),
            models.CheckConstraint(
                condition=models.Q(group__isnull=True) | models.Q(is_big_moment=False, is_urgent=False),
                name="campaigns_group_mail_is_no_big_moment",
            ),
        ]
        indexes = [models.Index(fields=["group", "-created_at"], name="campaigns_mail_of_group")]

    def __str__(self):
        """What a group writes to its own people stays with the group, in every list of the admin too."""
        return self.subject if self.group_id is None else f"An email of a group ({self.pk})"

    @property
    def content_hash(self) -> str:
        """Changes whenever anything a reader or the audience would notice changes, which voids test and approval."""
        parts = [
            self.controller_id,
            self.purpose,
            self.subject,
            self.preheader,
            self.body,
            self.audience,
            self.is_big_moment,
            self.is_urgent,
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def bounced_count(self) -> int:
        """Refused at once or come back later. For a row read with its results."""
        return self.refused_count + self.returned_count

    def left_through_it(self):
        """What people withdrew by a link in this email."""
        return Permission.objects.filter(source=f"mailing:{self.pk}", change=Permission.Change.WITHDRAWN)

    @property
    def four_eyes_above(self) -> int:
        """To more people than this only what a second person has read."""
        return settings.FOUR_EYES_ABOVE if self.group_id is None else GROUP_FOUR_EYES_ABOVE

    @property
    def is_editable(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_tested(self) -> bool:
        return self.tested_hash == self.content_hash

    @property
    def is_approved(self) -> bool:
        return self.approved_hash == self.content_hash

"""Local groups: one live group per area."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from sanctuary.people.models import Controller
from sanctuary.places.models import Located, NearQuerySet

LIVE_STATUSES = ["registered", "active"]


class LocalGroupQuerySet(NearQuerySet):
    def live(self):
        """Groups the public can find and join."""
        return self.filter(status__in=LIVE_STATUSES)

    def run_by(self, user):
        """Groups in which this person holds a coordinating role today."""
        if not user.is_authenticated:
            return self.none()
        today = timezone.localdate()
        return self.filter(
            models.Q(roles__ended_on__isnull=True) | models.Q(roles__ended_on__gt=today),
            roles__user=user,
            roles__started_on__lte=today,
            roles__role__in=["coordinator", "deputy", "helper"],
        ).distinct()

    def visible_to(self, user):
        """Groups whose inside this person may look into. Everybody else's answer is: no such page."""
        return self.run_by(user)

    def in_region(self, region):
        return self.filter(region=region)

    def with_member_count(self):
        return self.annotate(
            member_count=models.Count(
                "memberships",
                filter=models.Q(memberships__left_on__isnull=True),
                distinct=True,
            )
        )


class LocalGroup(Located):
    """A City of Sanctuary group. Its name need not be its area's: Sanctuary on Sea covers Brighton."""

    class Status(models.TextChoices):
        ENQUIRY = "enquiry", "Enquiry"
        RESEARCHING = "researching", "Researching"
        FORMING = "forming", "Forming"
        REGISTERED = "registered", "Registered"
        ACTIVE = "active", "Active"
        DORMANT = "dormant", "Dormant"
        CLOSED = "closed", "Closed"

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    area = models.CharField(max_length=100, help_text="The city, town, borough or district it serves.")
    status = models.CharField(max_length=12, choices=Status, default=Status.ENQUIRY)
    controller = models.OneToOneField(Controller, on_delete=models.PROTECT, related_name="group")
    about = models.TextField(blank=True, help_text="What we do, in about 80 words.")
    languages = models.CharField(max_length=200, blank=True, help_text="Languages spoken, with commas between.")
    mailbox = models.EmailField(blank=True, help_text="A role mailbox, never a person's own.")
    founded_on = models.DateField(null=True, blank=True)

    objects = LocalGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["area"],
                condition=models.Q(status__in=LIVE_STATUSES),
                name="groups_one_live_group_per_area",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("groups:detail", args=[self.slug])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_STATUSES

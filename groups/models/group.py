"""Local groups: one live group per area."""

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from groups.models.shield import Shield
from sanctuary.people.models import Controller
from sanctuary.places.models import Located, NearQuerySet, Region

LIVE_STATUSES = ["registered", "active"]
BEGINNING_STATUSES = ["enquiry", "researching", "forming"]
REGION_SLUGS = {slugify(region): region for region in Region}


class LocalGroupQuerySet(NearQuerySet):
    def live(self):
        """Groups the public can find and join."""
        return self.filter(status__in=LIVE_STATUSES)

    def known_in_public(self):
        """Groups that have a page: the live ones, and those that were and now rest or have closed."""
        return self.filter(status__in=[*LIVE_STATUSES, "dormant", "closed"])

    def run_by(self, user):
        """Groups in which this person holds a coordinating role today."""
        return self.filter(pk__in=self._where_holding(user, ["coordinator", "deputy", "helper"]))

    def _where_holding(self, user, roles):
        if not user.is_authenticated:
            return []
        today = timezone.localdate()
        held = user.group_roles.filter(role__in=roles, started_on__lte=today)
        return held.filter(models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today)).values("group")

    def coordinated_by(self, user):
        """Groups whose people this person looks after today: as coordinator or deputy, not as a helper."""
        return self.filter(pk__in=self._where_holding(user, ["coordinator", "deputy"]))

    def visible_to(self, user):
        """Groups whose inside this person may look into. Everybody else's answer is: no such page."""
        return self.run_by(user)

    def overseen_by(self, user):
        """Groups of the regions that this person supports today; every group for national staff."""
        if user.is_staff:
            return self
        today = timezone.localdate()
        held = user.regional_roles.filter(started_on__lte=today)
        held = held.filter(models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today))
        return self.filter(region__in=held.values("region"))

    def in_region(self, region):
        return self.filter(region=region)

    def matching(self, words):
        """Each word is in the name or the area."""
        found = self
        for word in words.split():
            found = found.filter(models.Q(name__icontains=word) | models.Q(area__icontains=word))
        return found

    def with_shield(self):
        """`has_shield`: whether the national shield is up over the group. Without it, each group asks by itself."""
        return self.annotate(has_shield=Shield.objects.over())

    def with_part_of(self, user):
        """`is_coordinated`: by this person, today. So no tab leads a helper to a page that is closed to them."""
        held = models.Q(pk__in=self._where_holding(user, ["coordinator", "deputy"]))
        return self.annotate(is_coordinated=models.ExpressionWrapper(held, models.BooleanField()))

    def unshielded(self):
        return self.filter(~Shield.objects.over())

    def serving(self, area, district_code=""):
        """Groups of the place by this name, or of this district."""
        found = models.Q(area__iexact=area)
        if district_code:
            found |= models.Q(district_code=district_code)
        return self.filter(found).order_by("name")

    def spots(self):
        """Where the dots of a map go: pairs of latitude and longitude. A shielded group has no dot."""
        return self.unshielded().with_position().values_list("latitude", "longitude")

    def count_by_region(self):
        """Every region with its number of groups, also those with none; in the order people say them."""
        counts = dict(self.order_by().values_list("region").annotate(count=models.Count("pk")))
        return [
            {"slug": slug, "name": region.label, "count": counts.get(region, 0)}
            for slug, region in REGION_SLUGS.items()
        ]

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
        DECLINED = "declined", "Declined"
        MERGED = "merged", "Joined with another"

    class Offer(models.TextChoices):
        MEALS = "meals", "Shared meals"
        CONVERSATION = "conversation", "Conversation and English"
        BEFRIENDING = "befriending", "Befriending"
        DROP_IN = "drop_in", "A drop-in"
        WALKS = "walks", "Walks and trips"
        ARTS = "arts", "Music, arts and crafts"
        SPORT = "sport", "Sport and gardening"
        FAMILIES = "families", "Things for families"
        TALKS = "talks", "Talks in schools and workplaces"
        CAMPAIGNS = "campaigns", "Campaigning"

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    area = models.CharField(max_length=100, help_text="The city, town, borough or district it serves.")
    status = models.CharField(max_length=12, choices=Status, default=Status.ENQUIRY)
    controller = models.OneToOneField(Controller, on_delete=models.PROTECT, related_name="group")
    about = models.TextField(blank=True, help_text="What we do, in about 80 words.")
    offers = models.JSONField(default=list, blank=True, help_text="What people can join in with.")
    languages = models.CharField(max_length=200, blank=True, help_text="Languages spoken, with commas between.")
    mailbox = models.EmailField(blank=True, help_text="A role mailbox, never a person's own.")
    website = models.URLField(blank=True)
    founded_on = models.DateField(null=True, blank=True)

    objects = LocalGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("area"),
                condition=models.Q(status__in=LIVE_STATUSES),
                name="groups_one_live_group_per_place",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("groups:detail", args=[self.slug])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_STATUSES

    @property
    def is_shielded(self) -> bool:
        """Whether the national shield is up: then nothing public says where the group meets or who runs it."""
        known = self.__dict__.get("has_shield")
        return Shield.objects.covers(self) if known is None else known

    @property
    def offer_list(self) -> list[str]:
        """What the group offers, in the order of the choices; a word that is no choice any more is left out."""
        return [offer.label for offer in self.Offer if offer in self.offers]

    @property
    def initial(self) -> str:
        """The letter it stands under in an A to Z."""
        return self.name[:1].upper()

    @property
    def language_list(self) -> list[str]:
        return [language.strip() for language in self.languages.split(",") if language.strip()]

    @property
    def region_slug(self) -> str:
        return slugify(self.region)

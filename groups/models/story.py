"""Stories of people seeking sanctuary, told by themselves. Nobody reads one in public without their live consent."""

import hashlib
import json
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse

from groups.models.group import LocalGroup
from groups.models.shield import Shield
from sanctuary.people.models import Wording

FORGET_DRAFTS_AFTER = timedelta(days=183)
FORGET_AFTER = timedelta(days=30)
REMIND_BEFORE = timedelta(days=91)
MOST_PIXELS = 24_000_000
LARGEST_PICTURE = 45_000


def new_slug() -> str:
    """Says nothing about the teller, and cannot be guessed while the story is a draft."""
    return secrets.token_hex(8)


class StoryQuerySet(models.QuerySet):
    def public(self, today):
        """What everybody may read today: the teller agreed to this very text, on the web, and two people checked it."""
        agreed = StoryConsent.objects.live(today).filter(story=models.OuterRef("pk"), use=StoryConsent.Use.WEB)
        return self.agreed().filter(
            ~Shield.objects.over("group"),
            models.Exists(agreed),
            checked_hash=models.F("content_hash"),
            published_hash=models.F("content_hash"),
        )

    def agreed(self):
        """Those whose teller has agreed to this very text, and not taken it back."""
        return self.filter(withdrawn_at__isnull=True, approved_hash=models.F("content_hash")).exclude(content_hash="")

    def visible_to(self, user):
        """Stories of the groups this person coordinates, public or not."""
        return self.filter(group__in=LocalGroup.objects.coordinated_by(user))

    def with_parts(self):
        return self.select_related("group", "author", "picture", "teller").prefetch_related("consents")

    def forgotten_drafts(self, now):
        """Begun long ago, and never published."""
        return self.filter(published_at__isnull=True, changed_at__lt=now - FORGET_DRAFTS_AFTER)

    def over(self, now):
        """Withdrawn, or past every consent, for so long that nothing needs to be kept."""
        lately = now - FORGET_AFTER
        agreed = StoryConsent.objects.filter(story=models.OuterRef("pk"), expires_on__gt=lately.date())
        agreed = agreed.exclude(withdrawn_at__lt=lately)
        ended = models.Q(published_at__isnull=False) & ~models.Exists(agreed)
        return self.filter(models.Q(withdrawn_at__lt=lately) | ended)

    def ending_soon(self, today):
        """Public, and the consent ends within three months."""
        soon = StoryConsent.objects.live(today).filter(
            story=models.OuterRef("pk"), use=StoryConsent.Use.WEB, expires_on__lte=today + REMIND_BEFORE
        )
        return self.public(today).filter(models.Exists(soon), reminded_at__isnull=True)


class Story(models.Model):
    """One story. Who told it stands apart, sealed, in StoryTeller."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="stories")
    slug = models.SlugField(max_length=32, unique=True, default=new_slug, editable=False)
    title = models.CharField(max_length=120)
    shown_as = models.CharField("name to show", max_length=60)
    text = models.TextField()
    content_note = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # A fingerprint of all that a reader would see. Approval and checks name the one they saw: any edit voids them.
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    checked_hash = models.CharField(max_length=64, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_hash = models.CharField(max_length=64, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_hash="") | models.Q(published_at__isnull=False),
                name="groups_story_published_when",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("groups:story", args=[self.slug])

    def fingerprint(self) -> str:
        """Of the words and the picture as they stand now."""
        picture = StoryPicture.objects.filter(story=self.pk).first() if self.pk else None
        shown = [picture.digest, picture.words, picture.shows_face] if picture else []
        parts = [self.title, self.shown_as, self.text, self.content_note, shown]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_approved(self) -> bool:
        return bool(self.content_hash) and self.approved_hash == self.content_hash

    @property
    def is_checked(self) -> bool:
        return bool(self.content_hash) and self.checked_hash == self.content_hash

    @property
    def is_published(self) -> bool:
        return bool(self.content_hash) and self.published_hash == self.content_hash and not self.is_withdrawn


class StoryTeller(models.Model):
    """Whose story it is, so that they can be asked. Sealed; goes with the story, and never leaves the house."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="teller")
    sealed_name = models.TextField()
    sealed_email = models.TextField()
    email_mac = models.BinaryField(max_length=32, db_index=True)

    def __str__(self):
        return f"Teller of story {self.story_id}"


class StoryConsentQuerySet(models.QuerySet):
    def live(self, today):
        return self.filter(withdrawn_at__isnull=True, granted_on__lte=today, expires_on__gt=today)


class StoryConsent(models.Model):
    """The teller agreed to one use of the story, in these words, until this day."""

    class Use(models.TextChoices):
        WEB = "web", "On this website"
        EMAIL = "email", "In our emails"
        PRESS = "press", "In newspapers, radio or television"
        TALK = "talk", "Read out at meetings and talks"
        FACE = "face", "A picture in which people can know me"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="consents")
    use = models.CharField(max_length=5, choices=Use)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    granted_on = models.DateField()
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = StoryConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story", "use"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="groups_one_live_consent_per_use",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("granted_on")), name="groups_story_consent_ends"
            ),
        ]

    def __str__(self):
        return f"{self.get_use_display()} until {self.expires_on}"


# What the teller is shown beside each box. A change of words needs a new version: people agreed to what they read.
CONSENT_VERSION = 1
CONSENTS = {
    StoryConsent.Use.WEB: "My story may be on this website, where everybody can read it.",
    StoryConsent.Use.EMAIL: "My story may be in emails to people who support the network.",
    StoryConsent.Use.PRESS: "My story may be given to newspapers, radio and television. They keep what they print.",
    StoryConsent.Use.TALK: "My story may be read out at meetings and talks.",
    StoryConsent.Use.FACE: "The picture may be shown, although people may know me by it.",
}
MOST_YEARS = 2


class StoryPicture(models.Model):
    """A picture, drawn anew from its pixels alone: no place, no time, no camera in it."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="picture")
    data = models.BinaryField(max_length=LARGEST_PICTURE)
    digest = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    words = models.CharField("what the picture shows", max_length=200)
    shows_face = models.BooleanField()

    def __str__(self):
        return self.words

"""What a group says about itself in public: every text that was published, and the drafts that are not yet."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from groups.models.group import LocalGroup

# What the page says, in the order of its form. A group carries the same fields: what stands now.
WORDS = ["about", "offers", "languages", "mailbox", "website"]


def fingerprint(page) -> str:
    """Stands for the words of a group or a version: who edits can be told when somebody else changed them."""
    words = json.dumps([getattr(page, name) for name in WORDS])
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()


class PageVersionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False).order_by("-published_at", "-pk")

    def drafts(self):
        return self.filter(published_at__isnull=True)

    def draft_of(self, user, group) -> "PageVersion | None":
        return self.drafts().filter(author=user, group=group).first()

    def with_author(self):
        return self.select_related("author")


class PageVersion(models.Model):
    """The words of a group's page at one time. Without a day of publishing it is its author's draft."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="page_versions")
    about = models.TextField(blank=True)
    offers = models.JSONField(default=list, blank=True)
    languages = models.CharField(max_length=200, blank=True)
    mailbox = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    stands_on = models.CharField(max_length=24, help_text="The fingerprint of what it was written over.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="page_versions",
        help_text="Empty for words that came from the national desk.",
    )
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PageVersionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["group", "-published_at"], name="groups_page_when")]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "author"], condition=Q(published_at__isnull=True), name="groups_one_draft_each"
            )
        ]

    def __str__(self):
        return f"Page of {self.group_id} of {self.saved_at:%d %B %Y}"

    def words(self) -> dict:
        return {name: getattr(self, name) for name in WORDS}

"""Streams of sanctuary, the organisations in them, and the seven network principles."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from sanctuary.people.models import Supporter


class PrincipleQuerySet(models.QuerySet):
    pass


class Principle(models.Model):
    """One of the seven network principles of the Charter. They tag activities, plans and evidence.

    Source: cityofsanctuary.org/about/what-do-groups-do/.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    explanation = models.TextField(blank=True)

    objects = PrincipleQuerySet.as_manager()

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return self.name


class StreamQuerySet(models.QuerySet):
    def open(self):
        return self.filter(is_open=True)

    def with_organisation_count(self):
        """`organisation_count`: those that may be named. The rest are nobody's business, not even as a number."""
        return self.annotate(
            organisation_count=models.Count(
                "organisations",
                filter=models.Q(organisations__left_on__isnull=True, organisations__is_listed=True),
            )
        )


class Stream(models.Model):
    """A field of life that can become a place of sanctuary: schools, libraries, health and so on. The list is open."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    member_title = models.CharField(
        max_length=80,
        help_text="What one of its organisations is called: School of Sanctuary",
    )
    purpose = models.TextField()
    audience = models.CharField(max_length=200, blank=True, help_text="Who it is for, in one line.")
    is_open = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=100)

    objects = StreamQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("streams:detail", args=[self.slug])


class ConvenorQuerySet(models.QuerySet):
    def current(self, today):
        return self.filter(
            models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today),
            started_on__lte=today,
        )


class Convenor(models.Model):
    """Somebody who leads a stream, from one date to another."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="convenors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="convenes")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = ConvenorQuerySet.as_manager()

    def __str__(self):
        return f"{self.user} · {self.stream}"


class StreamOrganisationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_on__isnull=True)

    def listed(self):
        return self.current().filter(is_listed=True)

    def in_order(self):
        """By name, with the organisation at hand."""
        return self.select_related("organisation").order_by("organisation__name", "pk")


class StreamOrganisation(models.Model):
    """An organisation's place in a stream."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="organisations")
    organisation = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="streams")
    is_listed = models.BooleanField(default=False, help_text="May be named in public.")
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    objects = StreamOrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "organisation"],
                condition=models.Q(left_on__isnull=True),
                name="streams_one_current_place",
            )
        ]

    def __str__(self):
        return f"{self.organisation} · {self.stream}"


class ResourceQuerySet(models.QuerySet):
    def current(self):
        return self.filter(is_current=True)

    def in_order(self):
        return self.order_by("title", "-version")


class Resource(models.Model):
    """A document a stream offers. A new version is a new row; the old one stays for those who cited it."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="resources")
    title = models.CharField(max_length=150)
    version = models.PositiveSmallIntegerField(default=1)
    summary = models.TextField(blank=True)
    link = models.URLField(blank=True)
    is_current = models.BooleanField(default=True)
    published_on = models.DateField()

    objects = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "title", "version"],
                name="streams_resource_version_unique",
            )
        ]

    def __str__(self):
        return f"{self.title} (version {self.version})"

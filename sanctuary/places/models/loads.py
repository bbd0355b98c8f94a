"""What is loaded, from where, and how old it is."""

from __future__ import annotations

from django.db import models


class LoadQuerySet(models.QuerySet):
    def of(self, what: str) -> Load | None:
        """The last load of this, or None: it is not loaded."""
        return self.filter(what=what).first()


class Load(models.Model):
    """The last time that a table was filled. Where there is no row, it is not loaded."""

    class What(models.TextChoices):
        POSTCODES = "postcodes", "Postcodes with their constituencies"
        WESTMINSTER = "westminster", "Names of UK Parliament constituencies"
        SCOTTISH = "scottish_seats", "Names of Scottish Parliament constituencies"
        SCOTTISH_REGION = "scottish_regions", "Names of Scottish Parliament regions"
        SENEDD = "senedd_seats", "Names of Senedd constituencies"
        COMMONS = "commons", "MPs"
        LORDS = "lords", "Peers"
        MSPS = "scottish", "MSPs"
        MSS = "senedd", "MSs"
        MLAS = "assembly", "MLAs"
        COUNCILLORS = "council", "Councillors"

    what = models.CharField(choices=What, max_length=20, primary_key=True)
    source = models.CharField(max_length=160)
    as_of = models.DateField("as it was on")
    loaded_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    objects = LoadQuerySet.as_manager()

    class Meta:
        ordering = ["what"]

    def __str__(self) -> str:
        return self.get_what_display()

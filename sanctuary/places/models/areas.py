"""The nations, regions and local authority districts of the United Kingdom."""

from __future__ import annotations

from django.db import models


class Nation(models.TextChoices):
    ENGLAND = "England", "England"
    SCOTLAND = "Scotland", "Scotland"
    WALES = "Wales", "Wales"
    NORTHERN_IRELAND = "Northern Ireland", "Northern Ireland"


class Region(models.TextChoices):
    """The nine English regions and three other nations, as the Office for National Statistics names them."""

    NORTH_EAST = "North East", "North East"
    NORTH_WEST = "North West", "North West"
    YORKSHIRE = "Yorkshire and the Humber", "Yorkshire and the Humber"
    EAST_MIDLANDS = "East Midlands", "East Midlands"
    WEST_MIDLANDS = "West Midlands", "West Midlands"
    EAST = "East of England", "East of England"
    LONDON = "London", "London"
    SOUTH_EAST = "South East", "South East"
    SOUTH_WEST = "South West", "South West"
    WALES = "Wales", "Wales"
    SCOTLAND = "Scotland", "Scotland"
    NORTHERN_IRELAND = "Northern Ireland", "Northern Ireland"


class District(models.Model):
    """A local authority district, by its nine-character national code."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=60, blank=True)
    region = models.CharField(choices=Region, max_length=24)
    nation = models.CharField(choices=Nation, max_length=16)

    class Meta:
        ordering = ["name", "code"]

    def __str__(self) -> str:
        return self.name or self.code

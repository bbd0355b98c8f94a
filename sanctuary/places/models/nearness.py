"""Positions, and distances between them: in miles, and WGS84 degrees."""

from __future__ import annotations

import math
from typing import Self

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Abs, ATan2, Cos, Power, Radians, Sin, Sqrt

from sanctuary.places.models.areas import Nation, Region
from sanctuary.places.models.fields import BareCharField

EARTH_DIAMETER_MILES = 2 * 3958.7613


def distance_miles(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in miles between two positions in degrees."""
    half_lat = math.radians(lat2 - lat1) / 2
    half_lon = math.radians(lon2 - lon1) / 2
    cosines = math.cos(math.radians(lat1)) * math.cos(math.radians(lat2))
    haversine = math.sin(half_lat) ** 2 + cosines * math.sin(half_lon) ** 2
    return EARTH_DIAMETER_MILES * math.atan2(math.sqrt(haversine), math.sqrt(abs(1 - haversine)))


class NearQuerySet(models.QuerySet):
    """Questions about distance, for any model with `latitude` and `longitude`."""

    def with_position(self) -> Self:
        """Only rows that are somewhere."""
        return self.filter(latitude__isnull=False, longitude__isnull=False)

    def with_distance_from(self, lat: float | None, lon: float | None) -> Self:
        """Annotate `distance_miles`; None where either end is nowhere."""
        if lat is None or lon is None:
            return self.annotate(distance_miles=Value(None, output_field=models.FloatField()))
        half_lat = (Radians(F("latitude")) - math.radians(lat)) / 2.0
        half_lon = (Radians(F("longitude")) - math.radians(lon)) / 2.0
        cosines = Cos(Radians(F("latitude"))) * math.cos(math.radians(lat))
        haversine = Power(Sin(half_lat), 2.0) + cosines * Power(Sin(half_lon), 2.0)
        # ATAN2, because LEAST(1, …) before ASIN would turn a missing position into the far side of the world.
        # Rounding can leave 1 − haversine just below nought there, where SQRT would fail; hence ABS.
        angle = ATan2(Sqrt(haversine), Sqrt(Abs(1.0 - haversine)), output_field=models.FloatField())
        return self.annotate(distance_miles=angle * EARTH_DIAMETER_MILES)

    def nearest(self, lat: float | None, lon: float | None) -> Self:
        """Nearest first, with `distance_miles`. Rows that are nowhere are left out."""
        if lat is None or lon is None:
            return self.none()
        return self.with_position().with_distance_from(lat, lon).order_by("distance_miles", "pk")


class Located(models.Model):
    """What a supporter or a group keeps of where it is. Fill it with `actions.place_fields`."""

    postcode = models.CharField(max_length=8, blank=True)
    outward_code = models.CharField(max_length=4, blank=True, db_index=True)
    district_code = models.CharField(max_length=9, blank=True)
    region = models.CharField(choices=Region, max_length=24, blank=True, db_index=True)
    nation = models.CharField(choices=Nation, max_length=16, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    # With a default in the database too, for rows that are written by COPY.
    constituency_code = BareCharField(max_length=9, blank=True, default="", db_default="", db_index=True)

    class Meta:
        abstract = True

    @property
    def has_position(self) -> bool:
        return self.latitude is not None and self.longitude is not None

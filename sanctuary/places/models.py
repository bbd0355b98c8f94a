"""Where people and groups are: postcodes, outward codes, districts, and distances between them.

Distances are in miles, positions in WGS84 degrees. Every table may be empty: nothing here fails then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Abs, ATan2, Cos, Power, Radians, Sin, Sqrt

from sanctuary.places.postcode import InvalidPostcode, Postcode, parse

EARTH_DIAMETER_MILES = 2 * 3958.7613


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

    class Meta:
        abstract = True

    @property
    def has_position(self) -> bool:
        return self.latitude is not None and self.longitude is not None


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


class OutwardCodeQuerySet(NearQuerySet):
    def find(self, postcode: Postcode | str) -> OutwardCode | None:
        """The row for the first half of this postcode, or None."""
        try:
            outward = parse(str(postcode)).outward
        except InvalidPostcode:
            return None
        return self.filter(code=outward).first()

    def is_loaded(self) -> bool:
        return self.exists()


class OutwardCode(models.Model):
    """The first half of a postcode, such as LS7: a neighbourhood, and all we need to find a group."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60, blank=True, help_text="The district most of it lies in.")
    latitude = models.FloatField()
    longitude = models.FloatField()
    district_code = models.CharField(max_length=9, blank=True)
    region = models.CharField(choices=Region, max_length=24, blank=True)
    nation = models.CharField(choices=Nation, max_length=16, blank=True)
    postcode_count = models.PositiveIntegerField(default=0)

    objects = OutwardCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class RealField(models.FloatField):
    """A four-byte float: half a metre is near enough, and there are 2.7 million rows."""

    def db_type(self, connection) -> str:
        return "real"


class BareCharField(models.CharField):
    """A text key without Django's second index for LIKE, which a C-collated key does not need."""

    def db_type(self, connection) -> str:
        return f"character varying({self.max_length})"


class FullPostcodeQuerySet(NearQuerySet):
    def find(self, postcode: Postcode | str) -> FullPostcode | None:
        """The row for this whole postcode, or None if it is unknown or only a first half."""
        try:
            found = parse(str(postcode))
        except InvalidPostcode:
            return None
        return self.filter(code=found.compact).first() if found.inward else None

    def is_loaded(self) -> bool:
        return self.exists()


class FullPostcode(models.Model):
    """One whole postcode, such as LS7 3HJ, kept as LS73HJ. Filled by `load_postcodes`; may be empty."""

    code = BareCharField(max_length=7, primary_key=True, db_collation="C")
    latitude = RealField()
    longitude = RealField()
    district_code = BareCharField(max_length=9, blank=True)

    objects = FullPostcodeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.code[:-3]} {self.code[-3:]}"


@dataclass(frozen=True)
class Place:
    """What we know of a postcode. `is_exact` is False when it is only the middle of the outward code."""

    outward_code: str
    name: str
    latitude: float
    longitude: float
    district_code: str
    region: str
    nation: str
    is_exact: bool


def is_loaded() -> bool:
    """Whether we can place any postcode at all."""
    return OutwardCode.objects.is_loaded()


def locate(postcode: Postcode | str) -> Place | None:
    """The place of a postcode: its own position if loaded, else the middle of its outward code."""
    outward = OutwardCode.objects.find(postcode)
    if outward is None:
        return None
    full = FullPostcode.objects.find(postcode)
    spot = full or outward
    district_code = spot.district_code or outward.district_code
    district = District.objects.filter(code=district_code).first() or outward
    return Place(
        outward_code=outward.code,
        name=outward.name,
        latitude=spot.latitude,
        longitude=spot.longitude,
        district_code=district_code,
        region=district.region,
        nation=district.nation,
        is_exact=full is not None,
    )

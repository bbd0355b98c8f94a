"""Postcodes and their first halves, with where they are. Every table may be empty: nothing here fails then."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from sanctuary.places.models.areas import District, Nation, Region
from sanctuary.places.models.fields import BareCharField, RealField
from sanctuary.places.models.nearness import NearQuerySet
from sanctuary.places.models.seats import UNKNOWN, SeatSet
from sanctuary.places.postcode import InvalidPostcode, Postcode, parse


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
    seats = models.SmallIntegerField(default=UNKNOWN, help_text="The set of all constituencies it reaches into.")

    objects = OutwardCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


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
    # The number of a SeatSet: two bytes that fit where a row was padded, so the table is no larger for them.
    seats = models.SmallIntegerField(default=UNKNOWN)

    objects = FullPostcodeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.code[:-3]} {self.code[-3:]}"


@dataclass(frozen=True)
class Place:
    """What we know of a postcode. `is_exact` is False when it is only the middle of the outward code.

    `constituency_code` is blank unless there is only one it can be.
    """

    outward_code: str
    name: str
    latitude: float
    longitude: float
    district_code: str
    region: str
    nation: str
    is_exact: bool
    constituency_code: str = ""


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
        constituency_code=_only_constituency((full and full.seats) or outward.seats),
    )


def seats_of(postcode: Postcode | str) -> int:
    """The number of its SeatSet: the postcode's own, else that of its first half, else 0."""
    full = FullPostcode.objects.find(postcode)
    if full and full.seats:
        return full.seats
    outward = OutwardCode.objects.find(postcode)
    return outward.seats if outward else UNKNOWN


def _only_constituency(seats: int) -> str:
    """Only what is certain is kept of anybody: nothing where two constituencies are possible."""
    found = SeatSet.objects.filter(number=seats).first() if seats else None
    return found.constituency_code if found else ""

"""Constituencies: where somebody's representatives are elected."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

from sanctuary.places.models.areas import Nation
from sanctuary.places.models.postcodes import seats_of
from sanctuary.places.models.seats import SeatSet
from sanctuary.places.postcode import Postcode

NATIONS = {
    "E": Nation.ENGLAND,
    "S": Nation.SCOTLAND,
    "W": Nation.WALES,
    "N": Nation.NORTHERN_IRELAND,
}


class ConstituencyQuerySet(models.QuerySet):
    def westminster(self) -> Self:
        return self.filter(kind=Constituency.Kind.WESTMINSTER)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def of_postcode(self, postcode: Postcode | str, kind: str | None = None) -> list[Constituency]:
        """The constituencies of a postcode, in order of name; Westminster's unless another kind is asked for.

        None if nothing is known; several if the postcode is split, or if it is new to us or only a first half.
        """
        codes = SeatSet.objects.codes_of(seats_of(postcode))
        if not codes:
            return []
        return list(self.filter(code__in=codes, kind=kind or Constituency.Kind.WESTMINSTER).order_by("name", "code"))

    def is_loaded(self) -> bool:
        return self.exists()


class Constituency(models.Model):
    """An area that elects somebody, by its nine-character national code."""

    class Kind(models.TextChoices):
        WESTMINSTER = "westminster", "UK Parliament constituency"
        SCOTTISH = "scottish", "Scottish Parliament constituency"
        SCOTTISH_REGION = "scottish_region", "Scottish Parliament region"
        SENEDD = "senedd", "Senedd constituency"

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(choices=Kind, max_length=16)
    nation = models.CharField(choices=Nation, max_length=16)

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        verbose_name_plural = "constituencies"
        indexes = [models.Index(fields=["kind", "name"], name="places_constituency_by_name")]

    def __str__(self) -> str:
        return self.name


_KINDS = {
    **dict.fromkeys(["E14", "W07", "S14", "N05", "N06"], Constituency.Kind.WESTMINSTER),
    "S16": Constituency.Kind.SCOTTISH,
    "S17": Constituency.Kind.SCOTTISH_REGION,
    "W09": Constituency.Kind.SENEDD,
}


def kind_of(code: str) -> Constituency.Kind:
    """What a national code stands for. Raises ValidationError(code="not_a_constituency")."""
    if code[:3] not in _KINDS or len(code) != 9 or not code[3:].isdecimal():
        raise ValidationError(f"{code!r} is not the code of a constituency.", code="not_a_constituency")
    return _KINDS[code[:3]]


def nation_of(code: str) -> Nation:
    """The nation that a national code begins with."""
    return NATIONS[code[0]]

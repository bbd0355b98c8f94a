"""Which constituencies postcodes lie in, kept small: two bytes a postcode."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from sanctuary.places.models.fields import BareCharField

# How the national codes of Westminster constituencies begin: England, Wales, Scotland, Northern Ireland before and
# since 2024.
WESTMINSTER = ("E14", "W07", "S14", "N06", "N05")
UNKNOWN = 0


def only_westminster(codes: Iterable[str]) -> str:
    """The one Westminster constituency among these codes; "" if there is none or more than one."""
    found = {code for code in codes if code.startswith(WESTMINSTER)}
    return found.pop() if len(found) == 1 else ""


class SeatSetQuerySet(models.QuerySet):
    def codes_of(self, number: int) -> list[str]:
        """The national codes of the constituencies of one set; none of the unknown one."""
        found = self.filter(number=number).first() if number else None
        return found.codes.split() if found else []


class SeatSet(models.Model):
    """Constituencies that lie over one another, or that share a postcode. Millions of postcodes have some thousand."""

    number = models.SmallIntegerField(primary_key=True)
    codes = models.TextField(unique=True, help_text="National codes in order, with a space between.")
    constituency_code = BareCharField(max_length=9, blank=True, help_text="Westminster, if it is the only one.")

    objects = SeatSetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.codes

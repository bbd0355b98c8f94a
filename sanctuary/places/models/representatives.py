"""Those whom people may write to: in Parliament, in the parliaments of the nations, on a council."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from django.db import models
from django.db.models import Q

from sanctuary.places.models.areas import Nation
from sanctuary.places.models.constituencies import Constituency
from sanctuary.places.models.fields import BareCharField


class House(models.TextChoices):
    COMMONS = "commons", "House of Commons"
    LORDS = "lords", "House of Lords"
    SCOTTISH = "scottish", "Scottish Parliament"
    SENEDD = "senedd", "Senedd"
    ASSEMBLY = "assembly", "Northern Ireland Assembly"
    COUNCIL = "council", "Council"


ROLES = {
    House.COMMONS: "MP",
    House.LORDS: "peer",
    House.SCOTTISH: "MSP",
    House.SENEDD: "MS",
    House.ASSEMBLY: "MLA",
    House.COUNCIL: "councillor",
}
HOUSES = {
    Constituency.Kind.WESTMINSTER: House.COMMONS,
    Constituency.Kind.SCOTTISH: House.SCOTTISH,
    Constituency.Kind.SCOTTISH_REGION: House.SCOTTISH,
    Constituency.Kind.SENEDD: House.SENEDD,
}


def elects(constituency: Constituency, house: str) -> bool:
    """Whether members of this house are chosen there. Those of the Assembly are, in Westminster's seats over there."""
    if house == House.ASSEMBLY:
        return HOUSES[constituency.kind] == House.COMMONS and constituency.nation == Nation.NORTHERN_IRELAND
    return HOUSES[constituency.kind] == house


@dataclass(frozen=True)
class Seat:
    """Who represents a constituency in one house, or why we can name nobody."""

    constituency: Constituency
    house: House
    representatives: list[Representative] = field(default_factory=list)
    is_loaded: bool = True

    @property
    def is_vacant(self) -> bool:
        """We know the house, and nobody sits there for this constituency."""
        return self.is_loaded and not self.representatives


class RepresentativeQuerySet(models.QuerySet):
    def sitting(self) -> Self:
        """In office, as far as we were told."""
        return self.filter(until=None)

    def of_house(self, house: str) -> Self:
        return self.filter(house=house)

    def for_constituency(self, constituency: Constituency, house: str | None = None) -> Self:
        """Who sits for it, in the house it elects unless another is asked for."""
        return self.sitting().filter(constituency=constituency, house=house or HOUSES[constituency.kind])

    def for_district(self, code: str) -> Self:
        """The councillors of a local authority district."""
        return self.sitting().filter(house=House.COUNCIL, district_code=code) if code else self.none()

    def is_loaded(self, house: str) -> bool:
        return self.filter(house=house).exists()

    def seat_of(self, constituency: Constituency, house: str | None = None) -> Seat:
        """Who sits for it; if nobody, whether the seat is vacant or we have no data of that house."""
        house = House(house or HOUSES[constituency.kind])
        found = list(self.for_constituency(constituency, house))
        return Seat(constituency, house, found, bool(found) or (elects(constituency, house) and self.is_loaded(house)))


class Representative(models.Model):
    """Somebody elected or appointed. Public facts only: no party, no picture, no private address."""

    house = models.CharField(choices=House, max_length=12)
    name = models.CharField(max_length=120)
    address_as = models.CharField("how to address them", max_length=120, blank=True)
    constituency = models.ForeignKey(
        Constituency, null=True, blank=True, on_delete=models.CASCADE, related_name="representatives"
    )
    district_code = BareCharField(max_length=9, blank=True, db_index=True, help_text="Of a councillor.")
    ward = models.CharField(max_length=80, blank=True, help_text="Of a councillor.")
    email = models.EmailField("public email of the office", blank=True)
    external_id = models.CharField(max_length=40, help_text="Their number in the source.")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)
    as_of = models.DateField("as they were on")

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["house", "external_id"], name="places_each_representative_once"),
            models.UniqueConstraint(
                fields=["constituency"],
                condition=Q(house=House.COMMONS, until=None),
                name="places_one_mp_a_constituency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> str:
        """MP, MSP, MS, MLA, peer or councillor."""
        return ROLES[House(self.house)]

    @property
    def salutation(self) -> str:
        """What follows "Dear"."""
        return self.address_as or self.name

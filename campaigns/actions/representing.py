"""Whom somebody can write to, from where they live: found in what was imported, and plainly said when it is not."""

from dataclasses import dataclass, field

from campaigns.models import DevolvedNote, LetterAsk
from sanctuary.places.models import Constituency, House, Representative, Seat, locate
from sanctuary.places.models.representatives import ROLES

# Whom each house's members are elected by. Peers are elected by nobody, councillors by a ward.
_SEATS = {
    House.COMMONS: [Constituency.Kind.WESTMINSTER],
    House.SCOTTISH: [Constituency.Kind.SCOTTISH, Constituency.Kind.SCOTTISH_REGION],
    House.SENEDD: [Constituency.Kind.SENEDD],
    House.ASSEMBLY: [Constituency.Kind.WESTMINSTER],
}
PEERS_OFFERED = 5
COUNCILLORS_OFFERED = 12


@dataclass(frozen=True)
class Reader:
    """Somebody who could read the letter. Nobody by name, when we can only say which house."""

    house: House
    person: Representative | None = None
    constituency: Constituency | None = None

    @property
    def role(self) -> str:
        return ROLES[self.house]

    @property
    def key(self) -> str:
        """Stands for this reader in a form."""
        code = self.constituency.code if self.constituency else ""
        return f"{self.house}/{code}/{self.person.pk if self.person else 0}"


@dataclass(frozen=True)
class Offer:
    """Whom one house offers to somebody who lives here."""

    house: House
    readers: list[Reader] = field(default_factory=list)
    vacant: list[Constituency] = field(default_factory=list)
    is_known: bool = True

    @property
    def role(self) -> str:
        """MP, MSP, MS, MLA, peer or councillor."""
        return ROLES[self.house]

    @property
    def is_split(self) -> bool:
        """The postcode lies in more than one constituency of a kind."""
        places = [each.constituency for each in self.readers if each.constituency] + self.vacant
        kinds = [place.kind for place in {place.code: place for place in places}.values()]
        return len(kinds) > len(set(kinds))

    @property
    def unnamed(self) -> Reader:
        return Reader(self.house)


@dataclass(frozen=True)
class Whom:
    """Everything the page about somebody's representative says."""

    offers: list[Offer]
    devolved: DevolvedNote | None = None

    @property
    def only(self) -> Reader | None:
        """The one person who can be meant, if it is as simple as that."""
        readers = [reader for offer in self.offers for reader in offer.readers]
        simple = len(readers) == 1 and len(self.offers) == 1 and not self.offers[0].vacant
        return readers[0] if simple and self.offers[0].is_known else None

    @property
    def can_write(self) -> bool:
        return any(offer.readers or not offer.is_known for offer in self.offers)

    def find(self, key: str) -> Reader | None:
        """The reader that a form chose, if we offered them."""
        offered = [reader for offer in self.offers for reader in offer.readers]
        offered += [offer.unnamed for offer in self.offers if not offer.is_known]
        return next((reader for reader in offered if reader.key == key), None)


def whom_to_write(ask: LetterAsk, postcode: str, number: int) -> Whom:
    """Who represents this postcode in the house that is asked, and who decides instead where that is devolved.

    `number` chooses among peers, so that each of them gets some letters.
    """
    note = _note_for(ask, postcode)
    houses = [note.house] if note and note.house else []
    houses += [house for house in (ask.house,) if house not in houses]
    return Whom([_offer(House(house), postcode, number) for house in houses], note)


def _note_for(ask: LetterAsk, postcode: str) -> DevolvedNote | None:
    notes = {note.nation: note for note in ask.devolved_notes.all()}
    if not notes:
        return None
    nations = {each.nation for each in Constituency.objects.of_postcode(postcode)}
    if not nations and (place := locate(postcode)):
        nations = {place.nation}
    return next((notes[nation] for nation in sorted(nations) if nation in notes), None)


def _offer(house: House, postcode: str, number: int) -> Offer:
    if house == House.LORDS:
        return _peers(number)
    if house == House.COUNCIL:
        return _councillors(postcode)
    seats = [
        Representative.objects.seat_of(constituency, house)
        for kind in _SEATS[house]
        for constituency in Constituency.objects.of_postcode(postcode, kind)
    ]
    return Offer(
        house,
        readers=[Reader(house, person, seat.constituency) for seat in seats for person in seat.representatives],
        vacant=[seat.constituency for seat in seats if seat.is_vacant],
        is_known=_is_known(seats),
    )


def _is_known(seats: list[Seat]) -> bool:
    return bool(seats) and all(seat.is_loaded for seat in seats)


def _peers(number: int) -> Offer:
    everyone = Representative.objects.sitting().of_house(House.LORDS).order_by("pk")
    count = everyone.count()
    start = number * PEERS_OFFERED % count if count else 0
    chosen = list(everyone[start : start + PEERS_OFFERED])
    return Offer(House.LORDS, [Reader(House.LORDS, person) for person in chosen], is_known=bool(chosen))


def _councillors(postcode: str) -> Offer:
    place = locate(postcode)
    found = Representative.objects.for_district(place.district_code if place else "")
    chosen = [Reader(House.COUNCIL, person) for person in found[:COUNCILLORS_OFFERED]]
    return Offer(House.COUNCIL, chosen, is_known=bool(chosen))

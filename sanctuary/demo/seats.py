"""Made-up constituencies, one for each district, and made-up people who sit for them. None of it is true."""

from collections import Counter
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

from sanctuary.places.models import (
    HOUSES,
    Constituency,
    District,
    FullPostcode,
    House,
    Load,
    OutwardCode,
    Representative,
    SeatSet,
    kind_of,
    only_westminster,
)

SOURCE = "made up for the demonstration"
# Numbers that the Office for National Statistics has not come to.
PREFIXES = {"E": ["E149"], "S": ["S149", "S169"], "W": ["W079", "W099"], "N": ["N059"]}
REGION = "S17900001"
VACANT = "Wakefield"
SPLIT_FIRST_HALF, SPLIT_BETWEEN = "LS8", ("Leeds", "Bradford")
TITLES = {House.COMMONS: "MP", House.SCOTTISH: "MSP", House.SENEDD: "MS"}
_SEAT = """
    UPDATE {table} t SET seats = n.seats
    FROM unnest(%s::text[], %s::int[]) n(code, seats) WHERE t.district_code = n.code
"""


def fill() -> None:
    """Nothing happens where real constituencies are loaded."""
    if Constituency.objects.exists():
        return
    districts = list(District.objects.order_by("code"))
    seats = [Constituency(code=REGION, name="Scotland (demo region)", kind=kind_of(REGION), nation="Scotland")]
    sets = {}
    for place, district in enumerate(districts, start=1):
        codes = [f"{prefix}{place:05d}" for prefix in PREFIXES[district.code[0]]]
        name = f"{district.name} (demo)"
        seats += [Constituency(code=code, name=name, kind=kind_of(code), nation=district.nation) for code in codes]
        sets[district.code] = codes + [REGION] * (district.code[0] == "S")
    Constituency.objects.bulk_create(seats)
    _seat_postcodes(sets, {district.name: district.code for district in districts})
    _elect(seats)


def _seat_postcodes(sets: dict[str, list[str]], named: dict[str, str]) -> None:
    numbers = {district: number for number, district in enumerate(sets, start=1)}
    split, between = len(sets) + 1, [code for name in SPLIT_BETWEEN for code in sets[named[name]]]
    rows = {numbers[district]: codes for district, codes in sets.items()} | {split: between}
    SeatSet.objects.bulk_create(
        SeatSet(number=number, codes=" ".join(sorted(codes)), constituency_code=only_westminster(codes))
        for number, codes in rows.items()
    )
    with connection.cursor() as cursor:
        for table in ("places_fullpostcode", "places_outwardcode"):
            cursor.execute(_SEAT.format(table=table), [list(numbers), list(numbers.values())])
    OutwardCode.objects.filter(code=SPLIT_FIRST_HALF).update(seats=split)
    first = FullPostcode.objects.filter(code__regex=f"^{SPLIT_FIRST_HALF}[0-9][A-Z]{{2}}$").order_by("code").first()
    FullPostcode.objects.filter(pk=first and first.pk).update(seats=split)


def _elect(seats: list[Constituency]) -> None:
    people = [
        _sits(HOUSES[seat.kind], seat.name.removesuffix(" (demo)"), seat) for seat in seats if seat.code != REGION
    ]
    people = [each for each in people if each.constituency.name != f"{VACANT} (demo)"]
    people += [_sits(House.SCOTTISH, f"the region, {n}", seats[0]) for n in ("first", "second")]
    people += [_sits(House.LORDS, name) for name in ("Exampleton", "Samplebury")]
    leeds = District.objects.filter(name="Leeds").first()
    people += [_sits(House.COUNCIL, f"Leeds, {n}", None, leeds and leeds.code) for n in ("first", "second", "third")]
    Representative.objects.bulk_create(people)
    now, today = timezone.now(), timezone.localdate()
    loads = {
        Load.What.POSTCODES: FullPostcode.objects.count(),
        Load.What.WESTMINSTER: sum(seat.kind == Constituency.Kind.WESTMINSTER for seat in seats),
        **{Load.What(house): count for house, count in Counter(each.house for each in people).items()},
    }
    Load.objects.bulk_create(
        Load(what=what, source=SOURCE, as_of=today, loaded_at=now, count=count) for what, count in loads.items()
    )


def _sits(house: House, of: str, seat: Constituency | None = None, district: str | None = None) -> Representative:
    if house == House.LORDS:
        name = f"Demo peer of {of}"
    elif house == House.COUNCIL:
        name = f"Demo councillor for {of}"
    else:
        name = f"Demo {TITLES[house]} for {of}"
    return Representative(
        house=house,
        name=name,
        constituency=seat,
        district_code=district or "",
        ward="Demo ward" if district else "",
        email=f"{slugify(name)}@example.org",
        external_id=f"demo-{seat.code if seat else ''}-{slugify(of)[:20]}",
        since=date(2024, 7, 4),
        source=SOURCE,
        as_of=timezone.localdate(),
    )

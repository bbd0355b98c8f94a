"""Places and distances."""

import math

import pytest
from django.db import connection, models

from sanctuary.places import actions
from sanctuary.places.models import (
    District,
    FullPostcode,
    Located,
    Nation,
    NearQuerySet,
    OutwardCode,
    Place,
    Region,
    distance_miles,
    is_loaded,
    locate,
)

pytestmark = pytest.mark.django_db

LONDON = (51.5074, -0.1278)
EDINBURGH = (55.9533, -3.1883)


class Spot(Located):
    """Something that is somewhere, or nowhere."""

    name = models.CharField(max_length=20)

    objects = NearQuerySet.as_manager()

    class Meta:
        app_label = "tests_places"


@pytest.fixture
def spots():
    with connection.schema_editor() as editor:
        editor.create_model(Spot)
    for name, (lat, lon) in {
        "Edinburgh": EDINBURGH,
        "London": LONDON,
        "nowhere": (None, None),
        "half": (51.0, None),
        "far side": (-LONDON[0], 180 + LONDON[1]),
    }.items():
        Spot.objects.create(name=name, latitude=lat, longitude=lon)
    return Spot.objects


@pytest.fixture
def leeds():
    District.objects.create(code="E08000035", name="Leeds", region=Region.YORKSHIRE, nation=Nation.ENGLAND)
    District.objects.create(code="E07000001", name="Elsewhere", region=Region.NORTH_WEST, nation=Nation.ENGLAND)
    return OutwardCode.objects.create(
        code="LS7",
        name="Leeds",
        latitude=53.82,
        longitude=-1.54,
        district_code="E08000035",
        region=Region.YORKSHIRE,
        nation=Nation.ENGLAND,
        postcode_count=2,
    )


def test_distance_miles_london_to_edinburgh():
    assert distance_miles(*LONDON, *EDINBURGH) == pytest.approx(331.6, abs=0.5)
    assert distance_miles(*LONDON, *LONDON) == 0


def test_nearest_orders_by_distance_and_leaves_out_what_is_nowhere(spots):
    found = [(spot.name, spot.distance_miles) for spot in spots.nearest(52.0, -0.2)]
    assert [name for name, _ in found] == ["London", "Edinburgh", "far side"]
    assert found[1][1] == pytest.approx(distance_miles(52.0, -0.2, *EDINBURGH), abs=1e-6)


@pytest.mark.parametrize("here", [LONDON, (49.3054, -2.5859), (55.0634, -2.11), (53.4964, -3.6104)])
def test_with_distance_from_the_far_side_of_the_world_does_not_fail(spots, here):
    """At these points rounding takes the haversine above 1."""
    Spot.objects.filter(name="far side").update(latitude=-here[0], longitude=round(180 + here[1], 4))
    distance = spots.with_distance_from(*here).get(name="far side").distance_miles
    assert distance == pytest.approx(math.pi * 3958.7613, abs=0.01)
    assert distance_miles(*here, -here[0], round(180 + here[1], 4)) == pytest.approx(distance, abs=0.01)


def test_nearest_to_nowhere_is_nothing(spots):
    assert list(spots.nearest(None, None)) == []


def test_with_distance_from_keeps_every_row(spots):
    found = {spot.name: spot.distance_miles for spot in spots.with_distance_from(*LONDON)}
    assert found["London"] == 0
    assert (found["nowhere"], found["half"]) == (None, None)
    assert {spot.distance_miles for spot in spots.with_distance_from(None, None)} == {None}


def test_has_position(spots):
    assert {spot.name for spot in spots.all() if spot.has_position} == {"Edinburgh", "London", "far side"}


def test_locate_whole_postcode_takes_its_own_position_and_district(leeds):
    FullPostcode.objects.create(code="LS73HJ", latitude=53.8, longitude=-1.5, district_code="E07000001")
    assert locate("ls7 3hj") == Place(
        outward_code="LS7",
        name="Leeds",
        latitude=pytest.approx(53.8, abs=1e-5),
        longitude=pytest.approx(-1.5, abs=1e-5),
        district_code="E07000001",
        region="North West",
        nation="England",
        is_exact=True,
    )


@pytest.mark.parametrize("postcode", ["LS7 3HJ", "LS7"])
def test_locate_without_the_whole_postcode_takes_the_middle_of_its_first_half(leeds, postcode):
    FullPostcode.objects.create(code="LS73HH", latitude=53.8, longitude=-1.5)
    place = locate(postcode)
    assert (place.latitude, place.longitude, place.is_exact) == (53.82, -1.54, False)
    assert (place.district_code, place.region) == ("E08000035", "Yorkshire and the Humber")


@pytest.mark.parametrize("postcode", ["LS8 1AA", "JE2 3AB", "BFPO 57", "nonsense", "", "LS7\x00"])
def test_locate_what_we_do_not_know_is_none(leeds, postcode):
    assert locate(postcode) is None


def test_nothing_loaded_finds_nothing_and_says_so():
    assert is_loaded() is False
    assert FullPostcode.objects.is_loaded() is False
    assert locate("LS7 3HJ") is None
    assert OutwardCode.objects.find("LS7") is None
    assert list(OutwardCode.objects.nearest(*LONDON)) == []


def test_loaded_outward_codes_lie_in_the_united_kingdom_and_know_their_region():
    actions.load_outward_codes()
    assert is_loaded() is True
    codes = OutwardCode.objects.all()
    assert {code.region for code in codes} == set(Region.values)
    assert {code.nation for code in codes} == set(Nation.values)
    assert all(49.8 < code.latitude < 60.9 and -8.2 < code.longitude < 1.8 for code in codes)


@pytest.mark.parametrize(
    ("code", "name", "region", "nation"),
    [
        ("LS7", "Leeds", "Yorkshire and the Humber", "England"),
        ("S10", "Sheffield", "Yorkshire and the Humber", "England"),
        ("NE1", "Newcastle upon Tyne", "North East", "England"),
        ("M14", "Manchester", "North West", "England"),
        ("CA1", "Cumberland", "North West", "England"),
        ("NG7", "Nottingham", "East Midlands", "England"),
        ("B1", "Birmingham", "West Midlands", "England"),
        ("NR1", "Norwich", "East of England", "England"),
        ("E8", "Hackney", "London", "England"),
        ("OX1", "Oxford", "South East", "England"),
        ("TA1", "Somerset", "South West", "England"),
        ("SA1", "Swansea", "Wales", "Wales"),
        ("G1", "Glasgow City", "Scotland", "Scotland"),
        ("BT7", "Belfast", "Northern Ireland", "Northern Ireland"),
    ],
)
def test_loaded_outward_code_lies_where_everybody_knows_it_does(code, name, region, nation):
    actions.load_outward_codes()
    found = OutwardCode.objects.find(code)
    assert (found.name, found.region, found.nation) == (name, region, nation)

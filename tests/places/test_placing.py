"""Placing everybody again after a load: as one by one, in runs, and nobody twice."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from groups.models import LocalGroup
from sanctuary.people.models import Supporter
from sanctuary.places.actions import place_again, place_fields
from sanctuary.places.models import FullPostcode
from tests import factories as make

pytestmark = pytest.mark.django_db
WRITTEN = ["LS7 3HJ", "LS7 3HH", "LS7 9ZZ", "LS7", "BD1 1HU", "BFPO", "JE2 3AB", "LS79", ""]


@pytest.fixture
def loaded(places):
    """Everybody was placed before any constituency was loaded."""
    for postcode in WRITTEN:
        make.SupporterFactory(**place_fields(postcode))
        make.LocalGroupFactory(**place_fields(postcode))
    north, south = make.ConstituencyFactory(), make.ConstituencyFactory()
    make.put_in("LS7", north, south)
    make.put_in("LS7 3HJ", north)
    make.put_in("LS7 3HH", north, south)
    make.put_in("BD1", south)
    FullPostcode.objects.update(latitude=53.5, longitude=-1.25)
    return north, south


def placed(model):
    names = list(place_fields(""))
    return [{name: getattr(row, name) for name in names} for row in model.objects.order_by("pk")]


def test_everybody_is_where_they_would_be_if_they_came_today(loaded):
    call_command("place_people", most=4, stdout=StringIO())
    expected = [place_fields(postcode) for postcode in WRITTEN]
    assert placed(Supporter) == placed(LocalGroup) == expected
    north, south = loaded
    assert [row["constituency_code"] for row in expected[:5]] == [north.code, "", "", "", south.code]


def test_who_is_in_place_is_not_touched(loaded):
    call_command("place_people", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin FROM people_supporter ORDER BY id")
        before = cursor.fetchall()
        out = StringIO()
        call_command("place_people", stdout=out)
        cursor.execute("SELECT xmin FROM people_supporter ORDER BY id")
        assert cursor.fetchall() == before
    assert out.getvalue().splitlines()[-1].endswith("done, 0 changed.")


def test_runs_go_on_where_the_last_one_ended(loaded):
    first, *_, end = Supporter.objects.order_by("pk").values_list("pk", flat=True)
    assert place_again(Supporter, after=0, most=1) == (first, 1)
    last, _ = place_again(Supporter, after=first, most=100)
    assert (last, place_again(Supporter, after=last, most=100)) == (end, (0, 0))


def test_a_postcode_that_was_never_written_stays_away(loaded):
    nowhere = make.SupporterFactory(region="Wales", outward_code="CF1")
    call_command("place_people", stdout=StringIO())
    nowhere.refresh_from_db()
    assert (nowhere.region, nowhere.outward_code, nowhere.constituency_code) == ("Wales", "CF1", "")

"""A file of those who sit in the other houses: taken over as a whole, or not at all."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from sanctuary.places import actions
from sanctuary.places.models import Constituency, House, Load, Representative
from sanctuary.places.onspd import WrongFile
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
HEAD = "id,name,address_as,constituency_code,district_code,ward,email,since\n"
MSPS = (
    HEAD
    + "1,Ailsa Example,Ms Example,S16000099,,,ailsa@example.org,2026-05-08\n"
    + "2,Bram Example,,S17000099,,,,\n3,Cat Example,,S17000099,,,,\n"
)


@pytest.fixture
def file(tmp_path):
    make.ConstituencyFactory(code="S16000099", name="Leith and North")
    make.ConstituencyFactory(code="S17000099", name="Lothian")

    def write(text, name="msps.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))
        return path

    return write


def rows():
    names = ("house", "external_id", "name", "constituency", "email", "until", "source", "as_of")
    return list(Representative.objects.order_by("pk").values_list(*names))


def test_msps_of_a_constituency_and_of_its_region(file):
    done = actions.load_representatives(file(MSPS), House.SCOTTISH, as_of=DAY)
    assert (done.sitting, done.new, done.left) == (3, 3, 0)
    of = Representative.objects.for_constituency
    one, region = Constituency.objects.order_by("code")
    assert [(each.name, each.salutation, each.role, each.since) for each in of(one)] == [
        ("Ailsa Example", "Ms Example", "MSP", date(2026, 5, 8))
    ]
    assert [each.name for each in of(region)] == ["Bram Example", "Cat Example"]
    assert Load.objects.of(Load.What.MSPS).as_of == DAY


def test_the_same_file_twice_is_the_same(file):
    actions.load_representatives(file(MSPS), House.SCOTTISH, as_of=DAY)
    before = rows()
    actions.load_representatives(file(MSPS), House.SCOTTISH, as_of=DAY)
    assert rows() == before


def test_who_is_left_out_has_left_and_may_come_back(file):
    many = MSPS + "".join(f"{n},Example {n},,S17000099,,,,\n" for n in range(4, 20))
    actions.load_representatives(file(many), House.SCOTTISH, as_of=DAY)
    fewer = many.replace("2,Bram Example,,S17000099,,,,\n", "")
    assert actions.load_representatives(file(fewer), House.SCOTTISH, as_of=date(2026, 7, 1)).left == 1
    assert Representative.objects.get(name="Bram Example").until == date(2026, 7, 1)
    actions.load_representatives(file(many), House.SCOTTISH, as_of=date(2026, 8, 1))
    assert Representative.objects.sitting().count() == Representative.objects.count() == 19


def test_councillors_know_their_district_and_ward(file):
    text = "id,name,district_code,ward\nleeds-1,Cora Example,E08000035,Chapel Example\n"
    call_command("load_representatives", file(text), house="council", as_of=DAY, stdout=StringIO())
    (found,) = Representative.objects.for_district("E08000035")
    assert (found.name, found.ward, found.constituency) == ("Cora Example", "Chapel Example", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first line"),
        ("name,party\nAda,Example", "first line"),
        (HEAD, "empty"),
        (HEAD + "1,,,,,,,", "line 2"),
        (HEAD + "1,Ada,,,,,no address,", "line 2"),
        (HEAD + "1,Ada,,,,,,yesterday", "line 2"),
        (HEAD + "1,Ada,,,,,,\n1,Bea,,,,,,", "twice"),
        (HEAD + "1,Ada,,,,,,,,,", "too much"),
        (HEAD + "1,Ada,,S16000001,,,,", "not loaded"),
        (HEAD + f"1,{'A' * 121},,,,,,", "line 2"),
        (HEAD + "1,A\0da,,,,,,", "line 2|not a CSV"),
        (HEAD + "1,Ada,,S16000099,,,,", "Only 1"),
        (b"id,name\n1,\xff\xfe", "UTF-8"),
        (HEAD + "1," + "A" * 200_000, "not a CSV"),
    ],
)
def test_a_wrong_file_changes_nothing(file, text, words):
    actions.load_representatives(file(MSPS), House.SCOTTISH, as_of=DAY)
    before = rows()
    with pytest.raises(CommandError, match=words) as caught:
        call_command("load_representatives", file(text, "wrong.csv"), house="scottish", as_of=DAY)
    assert rows() == before
    assert str(caught.value).endswith("Nothing has changed.")


def test_one_house_leaves_the_others_alone(file):
    actions.load_representatives(file(MSPS), House.SCOTTISH, as_of=DAY)
    before = rows()
    peers = file("id,name\n1,Lady Example\n", "peers.csv")
    actions.load_representatives(peers, House.LORDS, as_of=DAY)
    assert rows()[:3] == before
    assert Representative.objects.of_house(House.LORDS).get().role == "peer"


def test_two_mps_for_one_constituency_are_refused_before_the_database(file):
    make.ConstituencyFactory(code="E14000099")
    text = "id,name,constituency_code\n1,Ada,E14000099\n2,Bea,E14000099\n"
    with pytest.raises(WrongFile, match="two MPs"):
        actions.load_representatives(file(text), House.COMMONS, as_of=DAY)


def test_only_a_house_that_elects_there_takes_a_constituency(file):
    with pytest.raises((WrongFile, ValidationError)):
        actions.load_representatives(file("id,name,constituency_code\n1,Ada,S16000099\n"), House.SENEDD, as_of=DAY)


@pytest.mark.django_db(transaction=True)
def test_two_takeovers_at_once_follow_one_another():
    seats = [make.ConstituencyFactory() for _ in range(2)]

    def take(order):
        rows = [
            Representative(house="commons", external_id=str(n), name=f"Ada {n}", constituency=seat)
            for n, seat in zip(order, seats, strict=True)
        ]
        return actions.replace_representatives("commons", rows, source="test", as_of=DAY)

    take((1, 2))
    done = race(lambda: take((2, 1)), lambda: take((3, 1)), after='"places_representative"."external_id"')
    assert [type(each) for each in done] == [actions.Seated, actions.Seated]
    held = sorted(Representative.objects.sitting().values_list("external_id", flat=True))
    assert held in (["1", "2"], ["1", "3"])

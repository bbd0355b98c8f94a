"""From a postcode to its constituencies, and from those to who sits for them."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from sanctuary.people.actions import erase_supporter, held_about, merge_supporters, undo_merge
from sanctuary.people.models import Controller
from sanctuary.places.actions import place_fields
from sanctuary.places.models import Constituency, FullPostcode, House, Representative
from tests import factories as make
from tests.factories import put_in

pytestmark = pytest.mark.django_db
of_postcode = Constituency.objects.of_postcode


@pytest.fixture
def leeds():
    return [make.ConstituencyFactory(name=name) for name in ("Alder", "Beech")]


def test_of_postcode_that_lies_in_one(leeds, django_assert_num_queries):
    put_in("LS7 3HJ", leeds[0])
    put_in("LS7 9ZZ", leeds[1])
    with django_assert_num_queries(3):
        assert of_postcode("ls7 3hj") == [leeds[0]]


def test_of_split_postcode_gives_both_by_name(leeds):
    put_in("LS7 3HJ", *reversed(leeds))
    assert of_postcode("LS7 3HJ") == leeds


def test_of_first_half_or_new_postcode_gives_all_of_the_first_half(leeds):
    make.ConstituencyFactory(name="Elsewhere")
    put_in("LS7", *leeds)
    put_in("LS7 3HJ", leeds[0])
    assert of_postcode("LS7") == of_postcode("LS7 9ZZ") == leeds


def test_a_postcode_whose_constituency_is_not_known_takes_those_of_its_first_half(leeds):
    put_in("LS7", *leeds)
    FullPostcode.objects.create(code="LS73HJ", latitude=53.8, longitude=-1.5)
    assert of_postcode("LS7 3HJ") == leeds
    put_in("LS7", leeds[1])
    assert of_postcode("LS7 3HJ") == [leeds[1]]
    assert place_fields("LS7 3HJ")["constituency_code"] == leeds[1].code


@pytest.mark.parametrize("typed", ["", "nonsense", "ZZ99 9ZZ", "JE2 3AB", "LS7 1AA", "LS7\0", "L" * 1_000_000])
def test_of_what_we_do_not_know_gives_none(typed, leeds):
    put_in("BD1 1HU", leeds[0])
    assert of_postcode(typed) == []


def test_other_parliaments_are_asked_for_by_kind():
    leith = make.ConstituencyFactory(code="S14000099", name="Leith")
    holyrood = make.ConstituencyFactory(code="S16000099", name="Leith and North")
    region = make.ConstituencyFactory(code="S17000099", name="Lothian")
    put_in("EH6 6AA", leith, holyrood, region)
    assert of_postcode("EH6 6AA") == [leith]
    assert of_postcode("EH6 6AA", Constituency.Kind.SCOTTISH) == [holyrood]
    assert of_postcode("EH6 6AA", Constituency.Kind.SCOTTISH_REGION) == [region]
    assert of_postcode("EH6 6AA", Constituency.Kind.SENEDD) == []
    assert place_fields("EH6 6AA")["constituency_code"] == "S14000099"


def test_place_fields_keeps_only_the_certain_constituency(leeds):
    put_in("LS7", *leeds)
    put_in("LS7 3HJ", leeds[0])
    put_in("LS7 3HH", *leeds)
    kept = [place_fields(code)["constituency_code"] for code in ("LS7 3HJ", "LS7 3HH", "LS7", "LS7 1AA", "")]
    assert kept == [leeds[0].code, "", "", "", ""]


def test_a_seat_is_held_vacant_or_unknown(leeds):
    alder, beech = leeds
    seat_of = Representative.objects.seat_of
    assert (seat_of(alder).is_loaded, seat_of(alder).is_vacant) == (False, False)
    mp = make.RepresentativeFactory(constituency=alder)
    assert (seat_of(alder).representatives, seat_of(alder).is_vacant) == ([mp], False)
    assert (seat_of(beech).representatives, seat_of(beech).is_loaded, seat_of(beech).is_vacant) == ([], True, True)
    assert seat_of(alder, House.ASSEMBLY).is_loaded is False


def test_who_has_left_no_longer_sits(leeds):
    make.RepresentativeFactory(constituency=leeds[0], until="2026-01-01")
    assert Representative.objects.seat_of(leeds[0]).is_vacant
    new = make.RepresentativeFactory(constituency=leeds[0])
    assert list(Representative.objects.for_constituency(leeds[0])) == [new]


def test_two_mps_for_one_constituency_is_refused(leeds):
    make.RepresentativeFactory(constituency=leeds[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        make.RepresentativeFactory(constituency=leeds[0])


def test_councillors_are_found_by_district():
    ours = make.RepresentativeFactory(house=House.COUNCIL, district_code="E08000035", ward="Chapel")
    make.RepresentativeFactory(house=House.COUNCIL, district_code="E08000032")
    make.RepresentativeFactory(house=House.COUNCIL)
    assert list(Representative.objects.for_district("E08000035")) == [ours]
    assert list(Representative.objects.for_district("")) == []
    assert (ours.role, ours.salutation) == ("councillor", ours.name)


def test_the_assembly_is_elected_in_northern_ireland_alone(leeds):
    belfast = make.ConstituencyFactory(code="N05000099")
    mla = make.RepresentativeFactory(house=House.ASSEMBLY, constituency=belfast)
    seat_of = Representative.objects.seat_of
    assert (seat_of(belfast, House.ASSEMBLY).representatives, seat_of(belfast).representatives) == ([mla], [])
    there, here = make.ConstituencyFactory(code="N05000098"), seat_of(leeds[0], House.ASSEMBLY)
    assert seat_of(there, House.ASSEMBLY).is_vacant
    assert (here.is_vacant, here.is_loaded) == (False, False)


def test_a_person_may_read_which_constituency_we_keep_and_erasing_clears_it(leeds, superuser):
    put_in("LS7 3HJ", leeds[0])
    person = make.SupporterFactory(**place_fields("LS7 3HJ"))
    assert held_about(person)["About you"][0]["Constituency"] == "Alder"
    erase_supporter(person, by=superuser)
    person.refresh_from_db()
    assert (person.postcode, person.constituency_code) == ("", "")


def test_two_entries_of_one_person_keep_the_constituency_and_part_again(leeds, superuser):
    put_in("LS7 3HJ", leeds[0])
    kept, gone = make.SupporterFactory(email="ada@example.org"), make.SupporterFactory(**place_fields("LS7 3HJ"))
    merge = merge_supporters(kept, gone, name=kept.name, controller=Controller.objects.national(), by=superuser)
    kept.refresh_from_db(), gone.refresh_from_db()
    assert (kept.constituency_code, gone.constituency_code) == (leeds[0].code, "")
    undo_merge(merge, by=superuser)
    kept.refresh_from_db(), gone.refresh_from_db()
    assert (kept.constituency_code, gone.constituency_code) == ("", leeds[0].code)


def test_a_merge_of_before_constituencies_is_taken_apart_all_the_same(leeds, superuser):
    kept, gone = make.SupporterFactory(), make.SupporterFactory(**place_fields("LS7 3HJ"))
    merge = merge_supporters(kept, gone, name=kept.name, controller=Controller.objects.national(), by=superuser)
    for values in merge.before.values():
        values.pop("constituency_code", None)
    merge.save()
    put_in("LS7 3HJ", leeds[0])
    call_command("place_people", stdout=StringIO())
    undo_merge(merge, by=superuser)
    kept.refresh_from_db(), gone.refresh_from_db()
    assert (kept.constituency_code, gone.constituency_code) == ("", leeds[0].code)

"""The statistics office's files: found by pattern, loaded all or nothing, and the same again."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from sanctuary.places import actions, onspd
from sanctuary.places.models import Constituency, FullPostcode, Load, OutwardCode, SeatSet
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2025, 11, 1)
OLD = "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,pcon,lat,long"
NEW = "\ufeffpcd7,pcd8,pcds,dointr,doterm,lad25cd,pcon10cd,pcon24cd,lat,long,SPC26CD,spr26cd"
LEEDS = [
    ("LS7 3HJ", "", "E08000035", "E14001321", 53.8182, -1.5371),
    ("LS7 3HH", "", "E08000035", "E14001322", 53.8183, -1.5372),
    ("LS7 1AA", "199606", "E08000035", "E14001999", 53.9, -1.6),
    ("IM1 1AA", "", "M99999999", "M99999999", 99.999999, 0.0),
]
NAMES = "PCON24CD,PCON24NM,PCON24NMW,ObjectId\nE14001321,Alder,,1\nE14001322,Ynys Bŷch,,2\n"


def old_line(postcode, ended, district, pcon, lat, long):
    return f'"{postcode}","{postcode}","{postcode}","198001","{ended}","E99999999","{district}","{pcon}",{lat},{long}'


@pytest.fixture
def directory(tmp_path):
    path = tmp_path / "ONSPD_NOV_2025_UK.csv"
    path.write_text("\n".join([OLD, *(old_line(*line) for line in LEEDS)]), encoding="utf-8-sig")
    return path


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "Westminster Parliamentary Constituency names and codes UK as at 07_24 (July 2024).csv"
    path.write_text(NAMES, encoding="utf-8-sig")
    return path


def everything():
    tables = (FullPostcode, SeatSet, Constituency)
    seated = OutwardCode.objects.exclude(seats=0).values_list()
    return [sorted(table.objects.values_list()) for table in tables] + [list(seated)]


def test_load_directory_gives_postcodes_their_constituency(directory, names):
    done = actions.load_directory(directory, as_of=DAY)
    assert (done.postcodes, done.nameless) == (3, 3)
    actions.load_constituencies(names, as_of=DAY)
    of = Constituency.objects.of_postcode
    assert [str(each) for each in of("LS7 3HJ")] == ["Alder"]
    assert [str(each) for each in of("LS7")] == ["Alder", "Ynys Bŷch"]
    place = actions.place_fields("LS7 3HJ")
    assert (place["constituency_code"], place["district_code"]) == ("E14001321", "E08000035")
    assert place["latitude"] == pytest.approx(53.8182, abs=1e-4)
    load = Load.objects.of(Load.What.POSTCODES)
    assert (load.source, load.as_of, load.count) == (directory.name, DAY, 3)


def test_first_half_reaches_only_where_living_postcodes_lie(directory, names):
    actions.load_directory(directory, as_of=DAY)
    seats = OutwardCode.objects.get(code="LS7").seats
    assert SeatSet.objects.get(number=seats).codes == "E14001321 E14001322"
    assert actions.place_fields("LS7 1AA")["constituency_code"] == "E14001999"


def test_load_directory_twice_is_the_same(directory, names):
    actions.load_directory(directory, as_of=DAY)
    actions.load_constituencies(names, as_of=DAY)
    before = everything()
    assert before[3]
    actions.load_directory(directory, as_of=DAY)
    actions.load_constituencies(names, as_of=DAY)
    assert everything() == before


def test_load_postcodes_of_the_package_keeps_the_constituencies(tmp_path):
    path = tmp_path / "all.csv"
    path.write_text("\n".join([OLD, old_line("ZE1 0AA", "", "S12000027", "S14000099", 60.15, -1.14)]))
    actions.load_directory(path, as_of=DAY)
    number = FullPostcode.objects.get(code="ZE10AA").seats
    actions.load_postcodes(["ZE"])
    assert FullPostcode.objects.count() == 758
    assert FullPostcode.objects.exclude(seats=0).get().code == "ZE10AA"
    assert OutwardCode.objects.get(code="ZE1").seats == FullPostcode.objects.get(code="ZE10AA").seats == number > 0


def test_load_directory_new_names_newest_year_and_other_parliaments(tmp_path):
    folder = tmp_path / "Data" / "multi_csv"
    folder.mkdir(parents=True)
    for area, postcode in (("EH", "EH6 6AA"), ("KW", "KW1 4AA")):
        row = f"{postcode},{postcode},{postcode},,,S12000036,S14000022,S14000099,55.9,-3.1,S16000099,S17000099"
        (folder / f"ONSPD_AUG_2026_UK_{area}.csv").write_text(f"{NEW}\n{row}\n", encoding="utf-8")
    done = actions.load_directory(tmp_path, as_of=DAY)
    assert done.columns == {
        "postcode": "pcds",
        "ended": "doterm",
        "latitude": "lat",
        "longitude": "long",
        "district": "lad25cd",
        "Westminster": "pcon24cd",
        "Scottish Parliament": "spc26cd",
        "Scottish Parliament region": "spr26cd",
    }
    assert SeatSet.objects.get().codes == "S14000099 S16000099 S17000099"
    assert SeatSet.objects.get().constituency_code == "S14000099"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,email\nAda,ada@example.org", "no column for postcode, ended"),
        ("", "no column for"),
        ("PK\x03\x04\0\0", "not a CSV file"),
        (f"{OLD}\nLS7 3HJ", "line 2"),
        (f"{OLD}\n" + old_line("LS7 3HJ", "", "E08000035", "Leeds", 53.8, -1.5), "line 2"),
        (f"{OLD}\n" + old_line("LS7 3HJ", "", "E08000035", "E14001321", 3.8, -1.5), "line 2"),
        (f"{OLD}\n" + old_line("LS7 3HJ", "", "E08000035", "E09000001", 53.8, -1.5), "E09000001"),
        (f"{OLD}\n" + "\n".join(old_line(*line) for line in [*LEEDS, LEEDS[0]]), "twice"),
        (f"{OLD}\n" + old_line(*LEEDS[0]), "only 1 postcodes"),
    ],
)
def test_a_wrong_file_changes_nothing(text, words, directory, names, tmp_path):
    actions.load_directory(directory, as_of=DAY)
    before = everything()
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(text)
    with pytest.raises(CommandError, match=words):
        call_command("load_directory", wrong, as_of=DAY)
    assert everything() == before


def test_fewer_postcodes_are_taken_if_that_is_said(directory, tmp_path):
    actions.load_directory(directory, as_of=DAY)
    few = tmp_path / "few.csv"
    few.write_text(f"{OLD}\n" + old_line(*LEEDS[0]))
    assert actions.load_directory(few, as_of=DAY, replace=True).postcodes == 1
    assert SeatSet.objects.get().codes == "E14001321"


def test_names_take_away_what_is_left_out_only_within_reason(names, tmp_path):
    actions.load_constituencies(names, as_of=DAY)
    make.ConstituencyFactory(code="S16000099")
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("PCON24CD,PCON24NM\nE14001321,Alder\n")
    with pytest.raises(ValidationError) as caught:
        actions.load_constituencies(fewer, as_of=DAY)
    assert (caught.value.code, Constituency.objects.count()) == ("too_few", 3)
    assert actions.load_constituencies(fewer, as_of=DAY, replace=True) == {"westminster": 1}
    assert set(Constituency.objects.values_list("code", flat=True)) == {"E14001321", "S16000099"}


@pytest.mark.parametrize(
    "text",
    ["A,B\n1,2\n", "", "PCON24CD,PCON24NM\n", "PCON24CD,PCON24NM\nE14001321\n", "LAD25CD,LAD25NM\nE08000035,Leeds\n"],
)
def test_wrong_names_change_nothing(text, names, tmp_path):
    actions.load_constituencies(names, as_of=DAY)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(text)
    with pytest.raises((onspd.WrongFile, ValidationError)):
        actions.load_constituencies(wrong, as_of=DAY)
    assert Constituency.objects.count() == 2


def test_pairs_split_a_postcode(directory, names, tmp_path):
    actions.load_directory(directory, as_of=DAY)
    actions.load_constituencies(names, as_of=DAY)
    pairs = tmp_path / "split.csv"
    pairs.write_text(
        "postcode,code\nls7 3hj,E14001322\nZZ99 9ZZ,E14001322\nLS7 3HJ,E14001321\n".replace("ZZ99 9ZZ", "BD1 1HU")
    )
    assert actions.load_pairs(pairs) == 2
    assert [str(each) for each in Constituency.objects.of_postcode("LS7 3HJ")] == ["Alder", "Ynys Bŷch"]
    assert [str(each) for each in Constituency.objects.of_postcode("LS7 3HH")] == ["Ynys Bŷch"]
    assert actions.place_fields("LS7 3HJ")["constituency_code"] == ""
    before = everything()
    assert actions.load_pairs(pairs) == 2
    assert everything() == before


def test_pairs_put_a_constituency_within_another(tmp_path):
    for postcode, code in (("CF10 1AA", "W07000099"), ("CF11 1AA", "W07000098"), ("LL11 1AA", "W07000097")):
        make.put_in(postcode, make.ConstituencyFactory(code=code))
    senedd = make.ConstituencyFactory(code="W09000099")
    pairs = tmp_path / "senedd.csv"
    pairs.write_text("PCON24CD,SENC26CD\nW07000099,W09000099\nW07000098,W09000099\n")
    for _ in range(2):
        assert actions.load_pairs(pairs) == 2
        of = [Constituency.objects.of_postcode(each, "senedd") for each in ("CF10 1AA", "CF11 1AA", "LL11 1AA")]
        assert of == [[senedd], [senedd], []]
        assert actions.place_fields("CF10 1AA")["constituency_code"] == "W07000099"


def test_commands_say_what_they_did(directory, names):
    out = StringIO()
    call_command("load_directory", directory, stdout=out)
    call_command("load_constituencies", names, stdout=out)
    lines = out.getvalue().splitlines()
    assert "Column pcon: Westminster" in lines
    assert "3 postcodes loaded." in lines
    assert "3 constituencies have no name yet: load_constituencies gives it to them." in lines
    assert lines[-1] == "UK Parliament constituency: 2 names loaded."
    assert Load.objects.of(Load.What.WESTMINSTER).as_of == date(2024, 7, 1)


def test_command_asks_how_old_the_data_is(directory, tmp_path):
    with pytest.raises(CommandError, match="--as-of 2025-11-01"):
        call_command("load_directory", directory.rename(tmp_path / "data.csv"))

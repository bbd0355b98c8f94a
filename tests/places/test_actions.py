"""Loading places and filling in where somebody is. Areas ZE and HS are the smallest whole ones."""

import threading
from io import StringIO

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from sanctuary.places import actions, directory
from sanctuary.places.actions import outward, postcodes
from sanctuary.places.models import District, FullPostcode, OutwardCode
from sanctuary.places.postcode import InvalidPostcode

pytestmark = pytest.mark.django_db

NOWHERE = {
    **dict.fromkeys(["district_code", "region", "nation", "constituency_code"], ""),
    **dict.fromkeys(["latitude", "longitude"]),
}


def count_in(area: str) -> int:
    return FullPostcode.objects.filter(code__startswith=area).count()


def test_place_fields_of_a_whole_postcode():
    actions.load_postcodes(["LS"])
    assert actions.place_fields("ls73hj") == {
        "postcode": "LS7 3HJ",
        "outward_code": "LS7",
        "district_code": "E08000035",
        "region": "Yorkshire and the Humber",
        "nation": "England",
        "latitude": pytest.approx(53.81818, abs=1e-4),
        "longitude": pytest.approx(-1.5371, abs=1e-4),
        "constituency_code": "",
    }


def test_place_fields_of_a_first_half():
    actions.load_outward_codes()
    found = actions.place_fields("bt7")
    assert (found["postcode"], found["outward_code"], found["region"]) == ("BT7", "BT7", "Northern Ireland")
    assert (found["latitude"], found["longitude"]) == (54.59, -5.92)


@pytest.mark.parametrize(
    ("typed", "postcode", "half"),
    [
        ("", "", ""),
        (None, "", ""),
        ("JE2 3AB", "JE2 3AB", "JE2"),
        ("BFPO 57", "BFPO", "BFPO"),
        ("LS79", "LS79", "LS79"),
    ],
)
def test_place_fields_of_what_we_cannot_place_are_blank(typed, postcode, half):
    actions.load_outward_codes()
    assert actions.place_fields(typed) == {"postcode": postcode, "outward_code": half, **NOWHERE}


def test_place_fields_of_nonsense_refuses():
    with pytest.raises(InvalidPostcode):
        actions.place_fields("nonsense")


def test_load_outward_codes_twice_changes_nothing():
    assert actions.load_outward_codes() == 3078
    before = list(OutwardCode.objects.values_list())
    assert actions.load_outward_codes() == 3078
    assert list(OutwardCode.objects.values_list()) == before
    assert District.objects.count() == 361


def test_shipped_northern_ireland_is_coarse():
    """The licence: no BT postcode, only a middle to a hundredth of a degree and no count."""
    lines = [line for line in outward.shipped("outward_codes.csv") if line["code"].startswith("BT")]
    assert len(lines) == 81
    assert {line["postcode_count"] for line in lines} == {"0"}
    assert all(len(line[name].split(".")[1]) == 2 for line in lines for name in ("latitude", "longitude"))


def test_write_outward_codes_gives_the_shipped_file(tmp_path):
    shipped = outward.DATA / "outward_codes.csv"
    fresh = tmp_path / "outward_codes.csv"
    fresh.write_text("".join(line for line in shipped.read_text().splitlines(True) if line.startswith("#")))
    assert actions.write_outward_codes(fresh) == 3078
    assert fresh.read_text() == shipped.read_text()


def test_load_postcodes_one_area_then_another_keeps_both():
    assert actions.load_postcodes(["ZE"]).postcodes == 758
    assert actions.load_postcodes([" hs "]).postcodes == 1117
    assert (count_in("ZE"), count_in("HS"), FullPostcode.objects.count()) == (758, 1117, 1875)


def test_load_postcodes_again_replaces_the_area_only():
    actions.load_postcodes(["ZE", "HS"])
    FullPostcode.objects.filter(code__startswith="HS").exclude(code="HS12AA").delete()
    FullPostcode.objects.create(code="ZE99ZZ", latitude=0, longitude=0)
    actions.load_postcodes(["ZE"])
    assert (count_in("ZE"), count_in("HS")) == (758, 1)
    assert not FullPostcode.objects.filter(code="ZE99ZZ").exists()


def test_load_postcodes_short_area_leaves_longer_ones():
    """L (Liverpool) must not take LA, LD, LE … with it."""
    actions.load_outward_codes()
    FullPostcode.objects.create(code="LD11AA", latitude=52, longitude=-3)
    FullPostcode.objects.create(code="L11ZZ", latitude=53, longitude=-3)
    actions.load_postcodes(["L"])
    assert FullPostcode.objects.filter(code="LD11AA").exists()
    assert not FullPostcode.objects.filter(code="L11ZZ").exists()
    assert count_in("LS") == 0


def test_load_postcodes_leaves_the_table_with_its_key_and_no_other_index():
    actions.load_postcodes(["ZE"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename LIKE 'places_fullpostcode%'")
        assert cursor.fetchall() == [("places_fullpostcode_pkey",)]
        cursor.execute("SELECT to_regclass('places_fullpostcode_new')")
        assert cursor.fetchone() == (None,)


def test_load_postcodes_gives_outward_codes_their_counts_and_middles():
    """Northern Ireland shows it: what is shipped of it is coarse."""
    actions.load_postcodes(["BT"])
    found = OutwardCode.objects.get(code="BT7")
    assert found.postcode_count == FullPostcode.objects.filter(code__regex="^BT7[0-9][A-Z]{2}$").count() == 622
    assert (found.name, found.region) == ("Belfast", "Northern Ireland")
    assert (found.latitude, found.longitude) == (pytest.approx(54.59, abs=0.005), pytest.approx(-5.92, abs=0.005))
    assert found.latitude != round(found.latitude, 2)


def test_load_postcodes_says_how_far_it_is():
    said = []
    actions.load_postcodes(["ZE", "HS"], progress=said.append)
    assert [step.postcodes for step in said] == [1117, 1875]
    assert 0 < said[0].fraction < said[1].fraction == 1
    assert said[0].seconds_left > said[1].seconds_left == 0


def test_load_postcodes_unknown_area_refuses_before_anything():
    with pytest.raises(ValidationError) as caught:
        actions.load_postcodes(["LS", "QQ"])
    assert (caught.value.code, caught.value.messages) == ("unknown_area", ["There is no postcode area QQ."])
    assert FullPostcode.objects.count() == 0


def test_load_postcodes_without_the_package_says_what_to_do(monkeypatch):
    monkeypatch.setattr(directory, "msgpack", None)
    with pytest.raises(actions.DirectoryMissing, match="dependency group 'postcodes'"):
        actions.load_postcodes(["ZE"])


def test_load_postcodes_interrupted_leaves_the_old_ones():
    actions.load_postcodes(["ZE"])

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.load_postcodes(["ZE", "HS"], progress=stop)
    assert (count_in("ZE"), count_in("HS")) == (758, 0)


@pytest.mark.django_db(transaction=True)
def test_load_postcodes_while_another_loads_refuses():
    inside, finish = threading.Event(), threading.Event()

    def wait(_):
        inside.set()
        finish.wait(20)

    def load_slowly():
        try:
            actions.load_postcodes(["ZE"], progress=wait)
        finally:
            connection.close()

    slow = threading.Thread(target=load_slowly)
    slow.start()
    try:
        assert inside.wait(20)
        with pytest.raises(ValidationError) as caught:
            actions.load_postcodes(["HS"])
        assert FullPostcode.objects.count() == 0  # readers do not wait, and see nothing half done
    finally:
        finish.set()
        slow.join(20)
    assert caught.value.code == "already_loading"
    assert FullPostcode.objects.count() == 758


@pytest.mark.django_db(transaction=True)
def test_load_postcodes_during_a_long_read_gives_up_and_keeps_the_old_ones(monkeypatch):
    monkeypatch.setattr(postcodes, "SECONDS_TO_WAIT_FOR_READERS", 1)
    actions.load_postcodes(["ZE"])
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as backup:
        backup.execute("LOCK TABLE places_fullpostcode IN ACCESS SHARE MODE")
        with pytest.raises(ValidationError) as caught:
            actions.load_postcodes(["HS"])
    assert caught.value.code == "in_use"
    assert FullPostcode.objects.count() == 758


def test_command_alone_loads_outward_codes():
    out = StringIO()
    call_command("load_postcodes", stdout=out)
    assert out.getvalue() == "3,078 outward codes loaded.\n"
    assert FullPostcode.objects.count() == 0


def test_command_with_areas_loads_them_and_shows_progress():
    out = StringIO()
    call_command("load_postcodes", areas="ZE,HS", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].endswith("s left")
    assert lines[-2:] == ["Building the index…", "1,875 postcodes loaded."]
    assert FullPostcode.objects.count() == 1875


def test_command_unknown_area_says_so():
    with pytest.raises(CommandError, match=r"^There is no postcode area QQ\.$"):
        call_command("load_postcodes", areas="QQ")

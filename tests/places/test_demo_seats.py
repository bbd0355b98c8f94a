"""The made-up constituencies of the demonstration: every case that the pages know, and plainly not true."""

import pytest

from sanctuary.demo import seats
from sanctuary.places.actions import place_fields
from sanctuary.places.models import Constituency, House, Representative

pytestmark = pytest.mark.django_db


def test_demo_has_every_case_and_looks_made_up(places):
    for _ in range(2):
        seats.fill()
    of, seat_of = Constituency.objects.of_postcode, Representative.objects.seat_of
    (leeds,) = of("LS7 3HJ")
    assert [each.name for each in seat_of(leeds).representatives] == ["Demo MP for Leeds"]
    assert [each.name for each in of("LS8")] == ["Bradford (demo)", "Leeds (demo)"]
    assert (place_fields("LS7")["constituency_code"], place_fields("LS8")["constituency_code"]) == (leeds.code, "")
    (vacant,) = of("WF1")
    assert seat_of(vacant).is_vacant
    (edinburgh,), (cardiff,) = of("EH1", "scottish"), of("CF10", "senedd")
    assert seat_of(edinburgh).representatives[0].name == "Demo MSP for City of Edinburgh"
    assert seat_of(cardiff).representatives[0].name == "Demo MS for Cardiff"
    assert seat_of(of("BT7")[0], House.ASSEMBLY).is_loaded is False
    assert len(of("EH1", "scottish_region")) == len(of("BT7")) == 1
    assert all(name.startswith("Demo ") for name in Representative.objects.values_list("name", flat=True))
    assert all(email.endswith("@example.org") for email in Representative.objects.values_list("email", flat=True))

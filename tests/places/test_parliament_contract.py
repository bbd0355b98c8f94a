"""One set of questions for our stand-in and, by hand, for the living service: that both answer in the same form."""

import os
from datetime import date
from itertools import islice

import pytest

from sanctuary.places import parliament
from sanctuary.places.parliament import Parliament
from tests.places.westminster import Westminster, serving

REAL = os.environ.get("PARLIAMENT_API_CONTRACT", "")


@pytest.fixture(
    params=["stand-in", pytest.param("real", marks=pytest.mark.skipif(not REAL, reason="set PARLIAMENT_API_CONTRACT"))]
)
def service(request, monkeypatch):
    if request.param == "real":
        yield Parliament(REAL, agent="Sanctuary contract test")
        return
    monkeypatch.setattr(parliament, "PAUSE", 0)
    westminster = Westminster()
    westminster.seats = {9000 + n: (f"Exampleton {n}", None if n == 3 else f"Ada Example {n}") for n in range(650)}
    westminster.peers = [f"Lord Example {n}" for n in range(801)]
    westminster.emails = {89_000: "ada@example.org"}
    with serving(westminster) as url:
        yield Parliament(url, agent="test")


def test_every_seat_is_named_once(service):
    seats = list(service.seats())
    assert len(seats) == len({seat.name for seat in seats}) == 650
    members = [seat.member for seat in seats if seat.member]
    assert 600 < len(members) == len({member.number for member in members})
    assert all(member.name and date(1950, 1, 1) < member.since <= date.today() for member in members)  # noqa: DTZ011


def test_an_office_has_an_address_and_nobody_has_none(service):
    member = next(seat.member for seat in service.seats() if seat.member)
    assert "@" in service.email_of(member.number)
    assert service.email_of(999_999_999) == ""


def test_peers_come_page_after_page(service):
    peers = list(islice(service.peers(), 45))
    assert len({peer.number for peer in peers}) == 45

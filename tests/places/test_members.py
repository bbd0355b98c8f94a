"""Taking over who sits in Parliament: what is odd changes nothing."""

from contextlib import suppress
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from sanctuary.places import actions, parliament, tasks
from sanctuary.places.models import Constituency, Load, Representative
from sanctuary.places.parliament import Parliament, ParliamentError
from tests import factories as make
from tests.places.westminster import Westminster, hang, say, serving

pytestmark = pytest.mark.django_db
SEATS = 30


@pytest.fixture
def westminster():
    found = Westminster()
    for number in range(SEATS):
        name = "Ynys Bŷch & Trecwm" if number == 5 else f"Exampleton {number}"
        found.seats[9000 + number] = (name, None if number == 7 else f"Ada Example {number}")
        found.emails[89_000 + number] = f"ada{number}@example.org"
        named = "Ynys Bych and Trecwm" if number == 5 else name
        make.ConstituencyFactory(code=f"E14{number:06d}", name=named)
    return found


@pytest.fixture
def ask(westminster, monkeypatch):
    """Takes over from the stand-in; its `moods` come first."""
    monkeypatch.setattr(parliament, "TIMEOUT", (0.3, 0.3))
    monkeypatch.setattr(parliament, "PAUSE", 0)
    monkeypatch.setattr(parliament, "BACK_OFF", (0, 0, 0))
    with serving(westminster) as url:

        def do(*args, **kwargs):
            return actions.load_members(Parliament(url, agent="test"), *args, **kwargs)

        do.url = url
        yield do


def sitting():
    rows = Representative.objects.sitting().order_by("external_id")
    return list(rows.values_list("external_id", "name", "constituency_id", "email"))


def test_takes_over_who_sits_and_which_seat_is_vacant(ask, westminster):
    done = ask()
    assert (done.sitting, done.new, done.left, done.vacant, done.unknown) == (29, 29, 0, 1, [])
    seat_of = Representative.objects.seat_of
    assert seat_of(Constituency.objects.get(pk="E14000007")).is_vacant
    mp = seat_of(Constituency.objects.get(pk="E14000005")).representatives[0]
    assert (mp.name, mp.email, str(mp.since), mp.role) == ("Ada Example 5", "ada5@example.org", "2024-07-04", "MP")
    assert Load.objects.of(Load.What.COMMONS).count == 29


def test_twice_is_the_same_and_asks_no_address_again(ask, westminster):
    ask()
    before, asked = sitting(), len(westminster.asked)
    done = ask()
    assert (sitting(), done.new, done.left) == (before, 0, 0)
    assert len(westminster.asked) - asked == 2


def test_a_by_election_and_two_who_change_places(ask, westminster):
    ask()
    old = Representative.objects.get(constituency="E14000001")
    westminster.seats[9100] = (westminster.seats.pop(9001)[0], "Nye New")
    westminster.emails[89_100] = "nye@example.org"
    two, three = westminster.seats[9002], westminster.seats[9003]
    westminster.seats[9002], westminster.seats[9003] = (three[0], two[1]), (two[0], three[1])
    done = ask()
    assert (done.sitting, done.new, done.left) == (29, 1, 1)
    of = {seat: name for _, name, seat, _ in sitting()}
    assert [of[f"E14{n:06d}"] for n in (1, 2, 3)] == ["Nye New", "Ada Example 3", "Ada Example 2"]
    old.refresh_from_db()
    assert old.until is not None


def many_vacant(westminster):
    for number in range(9010, 9014):
        westminster.seats[number] = (westminster.seats[number][0], None)


def renamed(westminster):
    westminster.seats[9002] = ("Somewhere else", "Ada Example 2")


def twice(westminster):
    westminster.seats[9002] = ("EXAMPLETON 3", "Ada Example 2")


def nameless(westminster):
    westminster.seats[9002] = ("Exampleton 2", "")


def with_controls(westminster):
    westminster.seats[9002] = ("Exampleton 2", "Ada\nBcc: everybody@example.org")


@pytest.mark.parametrize("spoil", [many_vacant, renamed, twice, nameless, with_controls])
def test_odd_data_changes_nothing(ask, westminster, spoil):
    ask()
    before = sitting()
    spoil(westminster)
    with pytest.raises((ParliamentError, ValidationError)):
        ask()
    assert sitting() == before


def test_many_may_lose_their_seat_if_that_is_said(ask, westminster):
    ask()
    many_vacant(westminster)
    assert ask(replace=True).vacant == 5


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        for _ in range(1000):
            handler.wfile.write(b" " * 65_536)


ODD = {
    "no JSON": lambda handler: say(handler, 200, b"<html>We are closed</html>"),
    "a list": lambda handler: say(handler, 200, b"[]"),
    "no total": lambda handler: say(handler, 200, b'{"items": []}'),
    "nobody": lambda handler: say(handler, 200, b'{"items": [], "totalResults": 0}'),
    "too many": lambda handler: say(handler, 200, b'{"items": [], "totalResults": 1000000}'),
    "a lost page": lambda handler: say(handler, 200, b'{"items": [], "totalResults": 650}'),
    "no number": lambda handler: say(handler, 200, b'{"items": [{"value": {"id": "1"}}], "totalResults": 1}'),
    "deep": lambda handler: say(handler, 200, b"[" * 200_000),
    "elsewhere": lambda handler: say(handler, 302, b"", Location="http://127.0.0.1:1/"),
    "forbidden": lambda handler: say(handler, 403, b"{}"),
    "later": lambda handler: say(handler, 429, b"{}", Retry_After=3123),
}


@pytest.mark.parametrize("mood", ODD)
def test_an_odd_answer_changes_nothing_and_is_not_asked_again(ask, westminster, mood):
    make.RepresentativeFactory(constituency=Constituency.objects.get(pk="E14000001"))
    before = sitting()
    westminster.moods = [ODD[mood]]
    with pytest.raises(ParliamentError):
        ask()
    assert (sitting(), len(westminster.asked)) == (before, 1)


def test_an_endless_answer_is_cut_off(ask, westminster):
    westminster.moods = [endless]
    with pytest.raises(ParliamentError, match="does not stop talking"):
        ask()
    assert (sitting(), len(westminster.asked)) == ([], 1)


@pytest.mark.parametrize("mood", [500, 503, 429, hang, lambda handler: handler.connection.close()])
def test_a_passing_fault_is_asked_again(ask, westminster, mood):
    westminster.moods = [mood, mood]
    assert ask().sitting == 29


def test_a_lasting_fault_gives_up_after_four_tries(ask, westminster):
    westminster.moods = [503] * 10
    with pytest.raises(ParliamentError, match="503"):
        ask()
    assert len(westminster.asked) == 4


def test_where_an_address_cannot_be_read_the_old_one_stays(ask, westminster):
    ask()
    cache.clear()
    westminster.moods = [0, 0, 403]
    del westminster.emails[89_003]
    ask()
    emails = {number: email for number, _, _, email in sitting()}
    assert (emails["89000"], emails["89003"], emails["89004"]) == ("ada0@example.org", "", "ada4@example.org")


def test_when_no_address_can_be_read_everything_stays(ask, westminster):
    ask()
    cache.clear()
    before = sitting()
    westminster.seats[9001] = ("Exampleton 1", "Somebody Else")
    westminster.moods = [0, 0, 403, 403, 403]
    with pytest.raises(ParliamentError):
        ask()
    assert sitting() == before


@pytest.mark.parametrize(
    ("blocks", "email"),
    [
        ([("Constituency office", "home@example.com")], ""),
        ([("Constituency office", "a.mp@parliament.uk")], "a.mp@parliament.uk"),
        ([("Constituency office", "a.mp@parliament.uk"), ("Parliamentary office", "b@example.org")], "b@example.org"),
        ([("Parliamentary office", "no address")], ""),
        ([("Parliamentary office", None), ("Website", None)], ""),
        ([], ""),
    ],
)
def test_only_an_office_is_written_to(blocks, email):
    assert parliament._office_email([{"type": kind, "email": address} for kind, address in blocks]) == email


def test_says_who_asks_and_leaks_nothing_of_the_machine(ask, westminster, settings, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    call_command("load_members", url=ask.url, stdout=StringIO())
    assert westminster.agents == {f"Sanctuary/1 (+{settings.PUBLIC_URL})"}
    assert all("@" not in path and "postcode" not in path.lower() for path in westminster.asked)


def test_the_clock_asks_only_if_told_where_and_keeps_what_is_there(ask, westminster, settings, caplog):
    settings.PARLIAMENT_API_URL = ""
    tasks.refresh_members()
    assert westminster.asked == []
    settings.PARLIAMENT_API_URL = ask.url
    tasks.refresh_members()
    assert len(before := sitting()) == 29
    westminster.moods = [403]
    tasks.refresh_members()
    assert sitting() == before
    assert "stays as it is" in caplog.text


def test_peers_are_taken_over_without_a_seat(ask, westminster):
    westminster.peers = [f"Lord Example {number}" for number in range(41)]
    assert ask("lords").sitting == 41
    assert set(Representative.objects.values_list("house", "constituency")) == {("lords", None)}


def test_command_says_what_it_did_or_that_nothing_changed(ask, westminster):
    out = StringIO()
    call_command("load_members", url=ask.url, stdout=out)
    assert out.getvalue().splitlines()[-2:] == ["29 sit, 29 are new, 0 have left.", "1 seats vacant."]
    westminster.moods = [403]
    with pytest.raises(CommandError, match="Nothing has changed"):
        call_command("load_members", url=ask.url, stdout=out)


def test_without_names_of_constituencies_parliament_is_not_asked(ask, westminster):
    Constituency.objects.all().delete()
    with pytest.raises(ValidationError) as caught:
        ask()
    assert (caught.value.code, westminster.asked) == ("no_constituencies", [])

"""The guard of public forms: what it asks of whom, what it keeps, and that it refuses nobody."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from pledges.models import Pledge
from sanctuary.people import forms, guard, tokens
from sanctuary.people.guard import judging, store
from sanctuary.people.guard.visitor import visitor
from sanctuary.people.models import Wording
from sanctuary.post.models import Email
from tests.conftest import client_of
from tests.pledges.answers import answers
from tests.stamps import stamp

pytestmark = pytest.mark.django_db
PLEDGE = "/pledge/"
BROWSER = {
    "HTTP_USER_AGENT": "Mozilla/5.0 (Android 9; Mobile) Firefox/115",
    "HTTP_ACCEPT_LANGUAGE": "en-GB",
    "HTTP_ACCEPT_ENCODING": "identity",
}


@pytest.fixture(autouse=True)
def _with_limits(settings):
    settings.FORM_LIMITS = True
    store._Rest.until = 0


def pledge_stamp(age=10):
    words = (Wording.objects.current(slug) for slug in ("individual-pledge", "email-question"))
    return stamp("pledge-form", *(wording.pk for wording in words), age=age)


def send(email, *, ip="198.51.100.7", client=None, **changes):
    given = answers(email=email) | {"stamp": pledge_stamp()} | changes
    return (client or Client()).post(PLEDGE, given, REMOTE_ADDR=ip, **BROWSER)


def crowd(ip="198.51.100.7"):
    """A flood from one place, in no time. Returns the last answer."""
    with time_machine.travel(timezone.now(), tick=False):
        return [send(f"made-up-{number}@example.org", ip=ip) for number in range(25)][-1]


def fields_of(response):
    """What a browser would send back: its hidden inputs, and what was typed."""
    shown = re.sub(r'<input type="radio"[^>]*>', "", response.content.decode())
    return dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', shown)) | {"wants_email": "yes"}


def press(given, ip="198.51.100.7"):
    """Once they have read what the page says."""
    with time_machine.travel(timezone.now() + timedelta(seconds=3)):
        return Client().post(PLEDGE, given, REMOTE_ADDR=ip, **BROWSER)


def solve(response):
    page = response.content.decode()
    (salt,), (target,) = re.findall(r'data-work="(\w+)"', page), re.findall(r'data-target="(\w+)"', page)
    begin = f"{salt}.".encode()
    return next(n for n in range(guard.Puzzle("").most) if sha256(begin + str(n).encode()).hexdigest()[:16] == target)


# --- one page at fault ----------------------------------------------------------------------------


def test_a_stamp_is_unlike_any_other_of_the_same_second():
    assert forms.make_stamp("pledge-form", 1) != forms.make_stamp("pledge-form", 1)


def test_one_stamp_serves_three_answers_and_then_asks_for_a_fresh_page():
    one = pledge_stamp()
    told = [send(f"a{n}@example.org", ip=f"198.51.100.{n}", stamp=one).status_code for n in range(6)]
    assert told == [303, 303, 303, 422, 422, 422]
    assert Pledge.objects.count() == 3


def test_a_double_press_is_taken_and_a_page_shown_before_an_update_too():
    one = pledge_stamp()
    assert [send("amira@example.org", stamp=one).status_code for _ in range(2)] == [303, 303]
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        old = tokens.make("address-form", int(timezone.now().timestamp()))
    assert forms.AddressForm({"email": "amira@example.org", "stamp": old}).is_valid()
    assert not forms.AddressForm({"email": "amira@example.org", "stamp": "x"}).is_valid()


# --- a crowd --------------------------------------------------------------------------------------


def test_a_flood_from_one_place_is_asked_for_one_more_step_and_keeps_what_it_wrote():
    response = crowd()
    page = response.content.decode()
    assert (response.status_code, Pledge.objects.count()) == (422, 5)
    assert "One more step" in page
    assert "js/work.js" in page
    assert fields_of(response)["email"] == "made-up-24@example.org"
    assert send("somebody@example.org", ip="198.51.100.8").status_code == 303, "other places are left alone"
    with time_machine.travel(timezone.now() + timedelta(seconds=70)):
        assert send("later@example.org").status_code == 303, "and this one, once it is quiet"


def test_the_sum_of_that_page_is_the_way_through_at_once():
    response = crowd()
    given = fields_of(response) | {"guard_answer": str(solve(response))}
    taken = Client().post(PLEDGE, given, REMOTE_ADDR="198.51.100.7", **BROWSER)
    assert (taken.status_code, Pledge.objects.count()) == (303, 6)
    wrong = given | {"guard_answer": "1", "stamp": pledge_stamp(), "guard_asked": ""}
    assert Client().post(PLEDGE, wrong, REMOTE_ADDR="198.51.100.7", **BROWSER).status_code == 422


def test_a_machine_that_does_nothing_but_sums_is_sent_to_its_mailboxes(monkeypatch):
    monkeypatch.setattr(judging, "SUMS", judging.Limit(1))
    response = crowd()
    given = fields_of(response) | {"guard_answer": str(solve(response))}
    told = [Client().post(PLEDGE, given, REMOTE_ADDR="198.51.100.7", **BROWSER) for _ in range(2)]
    assert [each.url == reverse("people:step_sent") for each in told] == [False, True]
    assert Pledge.objects.count() == 6


def test_without_javascript_the_mailbox_is_the_way_through():
    response = crowd()
    Email.objects.all().delete()
    given = fields_of(response) | {"name": "Zuhra CANARY", "postcode": "LS7 3HJ"}
    asked = press(given)
    assert (asked.status_code, asked.url, Pledge.objects.count()) == (303, reverse("people:step_sent"), 5)
    letter = Email.objects.get()
    assert (letter.to, letter.kind, letter.asks) == ("made-up-24@example.org", "people/one_more_step", True)
    assert "CANARY" not in letter.subject + letter.text + letter.html
    link = re.search(r"/one-more-step/\S+", letter.text)[0]
    page = Client().get(link)
    assert Pledge.objects.count() == 5, "looking sends nothing on"
    sent = Client().post(PLEDGE, fields_of(page), REMOTE_ADDR="198.51.100.7", **BROWSER)
    assert (sent.status_code, Pledge.objects.order_by("pk").last().name) == (303, "Zuhra CANARY")
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_what_is_held_is_sealed_and_opened_by_its_own_link_alone():
    token = guard.hold(PLEDGE, "amira@example.org", {"name": ["CANARY"]})
    client = cache._cache.get_client()
    kept = b"".join(client.get(key) for key in client.scan_iter("test:*guard:held:*"))
    assert kept
    assert b"CANARY" not in kept
    assert b"amira" not in kept
    assert guard.open_held(token)["given"] == {"name": ["CANARY"]}
    for other in ("", "x", ("B" if token[0] == "A" else "A") + token[1:], guard.make_pass("amira@example.org")):
        assert Client().get(reverse("people:one_more_step", args=[other or "-"])).status_code == 410
    assert guard.hold(PLEDGE, "amira+1@example.org", {}) is None, "one an hour for each form and mailbox"
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert guard.open_held(token) is None


def test_a_pass_is_for_its_mailbox_and_its_day():
    one = guard.make_pass("amira@example.org")
    assert guard.is_passed("amira@example.org", one)
    assert not guard.is_passed("other@example.org", one)
    assert not guard.is_passed("amira@example.org", "forged")
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert not guard.is_passed("amira@example.org", one)


def test_one_place_causes_few_letters_and_is_then_asked_to_wait():
    given = fields_of(crowd())
    told = []
    for number in range(14):
        body = given | {"email": f"victim-{number}@example.org"}
        told.append(press(body))
    assert [response.status_code for response in told] == 10 * [303] + 4 * [422]
    assert "Wait a few minutes" in told[-1].content.decode()
    assert Email.objects.filter(kind="people/one_more_step").count() == 10


def test_one_mailbox_in_all_its_spellings_fills_one_bucket():
    spellings = ["v@example.org", "v+1@example.org", "V+2@example.org", "v+3@example.org", "v+4@example.org"]
    told = [send(email, ip=f"203.0.113.{n}").status_code for n, email in enumerate(spellings)]
    assert told == [303, 303, 303, 422, 422]
    assert judging.one_mailbox("a.m.i@gmail.com") == judging.one_mailbox("ami+x@gmail.com")
    assert judging.one_mailbox("a.b@example.org") != judging.one_mailbox("ab@example.org")
    assert judging.one_mailbox("+@example.org") == "+@example.org"


def test_a_robot_does_not_fill_what_other_people_share(monkeypatch):
    monkeypatch.setattr(judging, "PAGE", store.Limit(8, 0.01))
    monkeypatch.setattr(judging, "DOMAIN", store.Limit(8, 0.01))
    for number in range(30):
        send(f"made-up-{number}@example.org")
    assert send("amira@example.org", ip="198.51.100.8").status_code == 303


def test_a_busy_page_alone_asks_nobody_anything(monkeypatch):
    monkeypatch.setattr(judging, "PAGE", store.Limit(2, 0.01))
    told = [send(f"a@place-{n}.example.org", ip=f"203.0.113.{n}").status_code for n in range(5)]
    assert told == 5 * [303]
    swift = [send(f"b@place-{n}.example.org", ip=f"203.0.113.{n}", stamp=pledge_stamp(3)).status_code for n in range(2)]
    assert swift == [422, 422]


# --- who is asking --------------------------------------------------------------------------------


def seen(**meta):
    with guard.visiting(RequestFactory().post("/", **BROWSER | meta)):
        return visitor()


def test_the_address_is_the_proxys_word_only_if_there_is_one(settings):
    forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.1"}
    assert seen(**forged).network == seen(REMOTE_ADDR="10.0.0.1").network
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert seen(**forged).network == seen(REMOTE_ADDR="198.51.100.1").network
    assert seen(REMOTE_ADDR="").network == seen(REMOTE_ADDR="nonsense").network == ""


def test_an_address_is_a_hash_that_changes_daily_and_covers_a_household():
    here = seen(REMOTE_ADDR="2001:db8:1:2::5")
    assert (
        here.network == seen(REMOTE_ADDR="2001:db8:1:2:ffff::9").network != seen(REMOTE_ADDR="2001:db8:1:3::5").network
    )
    assert "2001" not in repr(here)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert seen(REMOTE_ADDR="2001:db8:1:2::5").network != here.network


def test_nothing_that_was_counted_names_anybody_and_all_of_it_expires():
    send("amira@example.org")
    client = cache._cache.get_client()
    keys = list(client.scan_iter("test:*guard:*"))
    assert len(keys) >= 8
    everything = b" ".join(keys) + b" ".join(str(client.hgetall(key)).encode() for key in keys)
    assert not re.search(rb"amira|example|198\.51|Mozilla", everything)
    assert all(0 < client.ttl(key) <= store.TALLY_KEPT_SECONDS for key in keys)


def test_a_visitor_that_cannot_be_placed_is_still_served():
    assert [send(f"a{n}@example.org", ip="").status_code for n in range(8)] == 8 * [303]


# --- when Valkey is away --------------------------------------------------------------------------


def test_without_valkey_everybody_passes_and_the_trap_still_works(settings, monkeypatch, staff):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [send(f"a{n}@example.org").status_code for n in range(8)] == 8 * [303]
    assert send("b@example.org", website="x").status_code == 422
    assert guard.hold(PLEDGE, "amira@example.org", {}) is None
    assert guard.tallies(timezone.localdate()) is None
    asked = []
    monkeypatch.setattr(redis.Redis, "evalsha", lambda *args: asked.append(args))
    send("c@example.org")
    assert asked == [], "for some seconds nobody waits for it again"
    assert "does not answer" in client_of(staff).get(reverse("people:robots")).content.decode()


# --- what staff see -------------------------------------------------------------------------------


def test_staff_see_how_many_were_taken_and_asked(staff):
    send("amira@example.org")
    send("amira@example.org", website="x")
    crowd("203.0.113.1")
    rows = client_of(staff).get(reverse("people:robots")).context["rows"]
    assert [(row["form"], row["good"], row["again"], row["step"]) for row in rows] == [("Pledge", 6, 1, 20)]

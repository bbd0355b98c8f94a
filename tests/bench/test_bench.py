"""The instrument itself: a bench that measures something else than it says is worse than none."""

import tomllib

import pytest

from campaigns.actions import check_mailing, compose, problems_in
from campaigns.models import Mailing
from groups.models import Membership
from sanctuary.people.address import mac
from sanctuary.people.models import CurrentPermission, Supporter
from sanctuary.post.sink import Sink
from tests.bench import __main__ as bench
from tests.bench import ceiling, compare, copied, linting, people, rival, table, world
from tests.bench.ceiling import Way
from tests.bench.relay import Relay
from tests.bench.table import Criterion, Measured
from tests.house import ROOT

pytestmark = pytest.mark.django_db

MESSAGE = b"Message-ID: <m1.1@example.org>\r\n\r\nWelcome.\r\n..\r\n" + b"x" * 70 + b"\r\n"


@pytest.fixture
def crowd():
    world.found_network()
    people.add_people(40)
    return Supporter.objects.order_by("pk")


def test_people_made_by_sql_are_as_the_house_makes_them(crowd):
    assert [one.pk for one in crowd] == list(range(1, 41))
    assert [one for one in crowd if bytes(one.email_mac) != mac(one.email)] == []
    assert all(one.region and one.outward_code and one.first_name for one in crowd)
    assert CurrentPermission.objects.live().filter(purpose="campaigns").count() == 40
    assert Membership.objects.filter(left_on=None).count() == 40


def test_more_people_are_added_to_those_there_are(crowd):
    people.add_people(60)
    assert crowd.count() == 60
    assert Supporter.objects.create(name="Somebody Else").pk == 61


def test_the_letter_is_one_that_staff_could_send(crowd):
    mailing = world.new_mailing()
    assert (problems_in(mailing), check_mailing(mailing)) == ([], [])
    assert mailing.state == Mailing.State.SCHEDULED
    message = compose(mailing)
    wire = message.render({field: copied.mark_of(field) for field in message.fields})
    assert 19_000 < len(wire) < 22_000


def test_the_peer_gets_our_letter_and_every_value_in_it():
    letter = {
        "subject": "{{ name }}?",
        "text": "Dear {{ name }}, {{ name }} of {{ place }}\n",
        "html": "<p>{{ place }}",
    }
    assert copied.values_in(letter["text"], "Dear Amira, Amira of Leeds\n") == {"name": "Amira", "place": "Leeds"}
    with pytest.raises(ValueError, match="not a message of that letter"):
        copied.values_in(letter["text"], "Dear Amira, Ben of Leeds\n")


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("processes", [1, 2])
def test_the_ceiling_hands_over_every_message_it_counts(tmp_path, way, processes):
    messages = [ceiling.rendered("us@example.org", f"p{n}@example.org", MESSAGE) for n in range(7)]
    with Relay(tmp_path) as relay:
        pushed = ceiling.push(relay.host, relay.port, messages, 100, connections=3, processes=processes, way=way)
        assert sum(relay.seen().values()) == pushed.messages == 100
        relay.forget()
        assert sum(relay.seen().values()) == 0


@pytest.mark.parametrize("way", Way)
def test_a_ceiling_with_a_refusal_is_no_ceiling(way):
    messages = [ceiling.rendered("us@example.org", "p@example.org", MESSAGE)]
    faults = {"faults": [{"at": "dot", "reply": "451 4.3.0 later", "every": 5}]}
    with Sink(faults=faults) as sink, pytest.raises(RuntimeError, match="ceiling failed"):
        ceiling.push("127.0.0.1", sink.port, messages, 20, connections=2, way=way)


def test_a_message_lost_or_sent_twice_is_seen():
    ids = {f"<m1.{n}@example.org>": 1 for n in range(5)}
    assert compare.checked_at(ids, 5, 5).reached
    assert not compare.checked_at(ids, 6, 6).reached
    assert not compare.checked_at({**ids, "<m1.2@example.org>": 2}, 5, 5).reached


def test_the_linter_is_asked_and_heard(crowd, capsys):
    world.new_mailing()
    bad = ceiling.rendered("us@example.org", "p@example.org", MESSAGE)
    criteria = linting.judge([bad], [{"values": {"name": "Amira Example"}}])
    assert [(one.found, one.reached) for one in criteria] == [("1", False)]
    assert "list-unsubscribe" in capsys.readouterr().out.lower()


def test_one_promise_that_is_not_kept_fails_the_run(capsys):
    kept, told, broken = (Criterion("one", "≥ 1", "1", reached) for reached in (True, None, False))
    assert table.show_criteria([kept, told]) == 0
    assert table.show_criteria([kept, told, broken]) == 1
    assert capsys.readouterr().out.count("NOT REACHED") == 1


def test_the_peer_is_compared_at_its_best():
    real = Measured("real", 1200, 1.0, 0.1)
    peers = [Measured("best", 110, 1.0, 0.1), Measured("worse", 50, 1.0, 0.1)]
    assert [one.reached for one in rival.judge(real, peers)] == [False]
    assert [one.reached for one in rival.judge(real, peers[1:])] == [True]
    assert [one.reached for one in rival.judge(real, [])] == [False]


def test_the_bench_stays_away_from_other_databases_and_queues():
    assert bench.with_path("postgres://me:pw@db:5432/sanctuary?x=1", "/bench") == "postgres://me:pw@db:5432/bench?x=1"
    assert bench.own_redis("unix:///run/valkey.sock?db=0") == "unix:///run/valkey.sock?db=15"
    assert bench.own_redis("redis://:pw@broker:6379/0") == "redis://:pw@broker:6379/15"


def test_the_peer_is_pinned_by_hash_and_is_no_part_of_us():
    lock = (ROOT / "tests/bench/requirements.lock").read_text()
    assert "django-post-office==" in lock
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "django-post-office" not in (ROOT / "requirements.lock").read_text()
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert {"include-group": "bench"} not in groups["dev"]


def test_a_relay_that_is_away_is_said_to_be():
    messages = [ceiling.rendered("us@example.org", "p@example.org", MESSAGE)]
    with pytest.raises(RuntimeError, match="ConnectionRefusedError"):
        ceiling.push("127.0.0.1", 1, messages, 20)

"""What a mailbox provider and the relay can take: counted once for all mailings and workers, waiting in place."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.actions import limiting
from campaigns.actions.claiming import claim_chunk
from campaigns.actions.settling import Settled, settle_chunk
from campaigns.models import Chunk, Delivery, MailDomain, Mailing, Throttle
from tests import factories
from tests.race import race

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Outcome = Delivery.Outcome


@pytest.fixture(autouse=True)
def _fresh():
    limiting.forget_what_is_felt()
    yield
    limiting.forget_what_is_felt()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def audience():
    """Twelve people at a big provider and three elsewhere."""
    domains = ["busy.example.org"] * 12 + ["calm.example.org"] * 3
    for number, domain in enumerate(domains):
        factories.permit(factories.SupporterFactory(email=f"p{number}@{domain}"))


@pytest.fixture
def sending(audience, staff):
    return started(staff)


def started(staff, **fields):
    campaign = factories.CampaignFactory(owner=staff)
    mailing = factories.MailingFactory(
        campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now(), **fields
    )
    return actions.freeze_and_start(mailing)


def limit(*domains, **fields):
    throttle = Throttle.objects.create(name="Busy", **fields)
    for domain in domains:
        MailDomain.objects.create(name=domain, throttle=throttle)
    limiting.forget_what_is_felt()
    return throttle


def take(mailing):
    """One worker's turn: claim and send all it got. How many at each domain."""
    claim = claim_chunk(mailing.pk, host="here")
    if claim is None:
        return None
    results = [Settled(row.seq, Outcome.SENT) for row in claim.recipients]
    assert settle_chunk(mailing.pk, claim.no, claim.token, results)
    return dict(Counter(row.address.rpartition("@")[2] for row in claim.recipients))


def test_no_limit_costs_a_claim_no_query(sending, clock):
    limit("busy.example.org")
    claim_chunk(sending.pk, host="here")
    Chunk.objects.update(state=0)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(claim_chunk(sending.pk, host="here").recipients) == 15
    assert not [query for query in asked if "throttle" in query["sql"] or "maildomain" in query["sql"]]


def test_used_up_rate_holds_back_in_place_and_lets_the_others_go(clock, sending):
    limit("busy.example.org", per_minute=30)  # a bucket of ten seconds: six, the first included
    assert take(sending) == {"busy.example.org": 6, "calm.example.org": 3}
    waiting = sending.deliveries.filter(outcome=Outcome.PENDING)
    assert {(row.attempts, row.reply) for row in waiting} == {(0, "Waits: Busy takes no more for now.")}
    times = sorted(row.not_before for row in waiting)
    assert times[0] > NOON
    chunk = sending.chunks.get()
    assert (chunk.state, chunk.not_before) == (Chunk.State.FREE, times[0])
    assert sending.chunks.all().progress()["sent"] == 9


def test_held_back_row_is_not_claimed_before_its_time(clock, sending):
    limit("busy.example.org", per_minute=30)
    take(sending)
    first = sending.chunks.get().not_before
    clock.move_to(first - timedelta(milliseconds=1))
    assert take(sending) is None
    assert not Mailing.objects.with_free_chunks(timezone.now()).exists()
    clock.move_to(first)
    assert take(sending) == {"busy.example.org": 5}


def test_everybody_gets_it_no_faster_than_the_limit(clock, sending):
    limit("busy.example.org", per_minute=6)
    sent, now = [], NOON
    while Chunk.objects.exclude(state=Chunk.State.DONE).exists():
        sent += [now] * (take(sending) or {}).get("busy.example.org", 0)
        now += timedelta(seconds=5)
        clock.move_to(now)
        assert now < NOON + timedelta(minutes=4)
    assert len(sent) == 12
    for moment in sent:
        assert sum(moment <= other < moment + timedelta(minutes=1) for other in sent) <= 6 + 1
    assert sent[-1] - NOON <= timedelta(seconds=120)


def test_limit_is_one_for_all_mailings(clock, sending, staff):
    limit("busy.example.org", per_minute=30)
    other = started(staff)
    assert take(sending) == {"busy.example.org": 6, "calm.example.org": 3}
    assert take(other) == {"calm.example.org": 3}


def test_small_mailing_does_not_queue_behind_a_big_one(clock, audience, staff):
    limit("busy.example.org", per_minute=1)
    big = started(staff)
    take(big)
    small = started(staff)
    take(small)
    assert small.chunks.get().not_before == big.chunks.get().not_before


def test_nobody_is_put_off_for_more_than_half_an_hour(clock, sending):
    throttle = limit("busy.example.org", resting_until=NOON + timedelta(days=2), reason="They asked.")
    assert take(sending) == {"calm.example.org": 3}
    assert sending.chunks.get().not_before <= NOON + timedelta(minutes=30)
    Throttle.objects.filter(pk=throttle.pk).update(resting_until=None)
    limiting.forget_what_is_felt()
    clock.shift(timedelta(minutes=31))
    assert take(sending) == {"busy.example.org": 12}


def test_resting_domain_gets_nothing_until_its_time(clock, sending):
    ends = NOON + timedelta(minutes=10)
    limit("busy.example.org", resting_until=ends)
    assert take(sending) == {"calm.example.org": 3}
    assert sending.chunks.get().not_before == ends
    clock.move_to(ends)
    assert take(sending) == {"busy.example.org": 12}


def test_day_has_an_end_and_a_new_one(clock, sending):
    limit("busy.example.org", most_a_day=5)
    assert take(sending) == {"busy.example.org": 5, "calm.example.org": 3}
    clock.shift(timedelta(hours=1))
    assert take(sending) == {}
    clock.move_to(NOON + timedelta(hours=12, seconds=1))
    assert take(sending) == {"busy.example.org": 5}


def test_relay_rate_holds_every_mailing_and_touches_no_row(clock, sending, staff):
    other = started(staff)
    limit(is_relay=True, per_minute=60)
    assert sum(take(sending).values()) == 15
    before = list(other.deliveries.order_by("seq").values())
    assert take(other) is None
    assert list(other.deliveries.order_by("seq").values()) == before
    clock.shift(timedelta(seconds=13))
    assert take(other) is None
    clock.shift(timedelta(seconds=2))
    assert sum(take(other).values()) == 15


def test_relay_warms_up_by_a_number_for_the_day(clock, sending, staff):
    limit(is_relay=True, most_a_day=4)
    assert sum(take(sending).values()) == 4
    assert take(sending) is None
    assert take(started(staff)) is None
    clock.move_to(NOON + timedelta(hours=12, seconds=1))
    assert sum(take(sending).values()) == 4


def test_relay_at_rest_lets_nothing_out(clock, sending):
    limit(is_relay=True, resting_until=NOON + timedelta(minutes=5))
    assert take(sending) is None
    clock.shift(timedelta(minutes=6))
    assert sum(take(sending).values()) == 15


def test_relay_is_charged_for_those_who_went_only(clock, sending):
    limit("busy.example.org", resting_until=NOON + timedelta(minutes=5))
    relay = Throttle.objects.create(name="Relay", is_relay=True, most_a_day=100)
    limiting.forget_what_is_felt()
    take(sending)
    relay.refresh_from_db()
    assert relay.sent_that_day == 3


def test_deferred_row_that_is_held_back_keeps_its_attempts(clock, sending):
    sending.deliveries.update(attempts=2, not_before=NOON - timedelta(seconds=1))
    limit("busy.example.org", resting_until=NOON + timedelta(minutes=5))
    take(sending)
    assert set(sending.deliveries.filter(outcome=0).values_list("attempts", flat=True)) == {2}


@pytest.mark.django_db(transaction=True)
def test_two_workers_cannot_both_take_the_last_of_a_bucket(audience, staff):
    with time_machine.travel(NOON, tick=False):
        limit("busy.example.org", per_minute=30)
        first, second = started(staff), started(staff)
        limiting.may_send(first, NOON)  # so that which domains have a limit is known, and they meet at the bucket
        got = race(lambda: take(first), lambda: take(second), after='FROM "campaigns_throttle"')
    assert sum(each.get("busy.example.org", 0) for each in got) == 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_cannot_both_find_room_at_the_relay(audience, staff):
    with time_machine.travel(NOON, tick=False):
        first, second = started(staff), started(staff)
        limit(is_relay=True, per_minute=60)
        with transaction.atomic():
            limiting.may_send(first, NOON)
        got = race(lambda: take(first), lambda: take(second), after='FROM "campaigns_throttle"')
    assert sorted(got, key=bool) == [None, {"busy.example.org": 12, "calm.example.org": 3}]


def test_a_domain_belongs_to_one_throttle(clock):
    limit("busy.example.org")
    other = Throttle.objects.create(name="Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        MailDomain.objects.create(name="busy.example.org", throttle=other)


@pytest.mark.parametrize("field", ["per_minute", "most_a_day"])
def test_a_throttle_that_lets_nothing_through_cannot_be(field):
    with pytest.raises(IntegrityError), transaction.atomic():
        Throttle.objects.create(name="None", **{field: 0})


def test_chunks_are_cut_for_the_slowest_rate(clock, audience, staff):
    limit(is_relay=True, per_minute=300)
    assert sorted(c.hi - c.lo + 1 for c in started(staff).chunks.all()) == [5, 5, 5]
    assert sorted(c.hi - c.lo + 1 for c in started(staff, per_minute=60).chunks.all()) == [1] * 15


def test_a_worker_stays_for_a_relay_that_is_full_for_a_moment_only(clock, sending, staff):
    relay = limit(is_relay=True, per_minute=60)
    assert not limiting.relay_is_full(NOON)
    for seconds, full in [(0, False), (1, True), (9, True), (60, False)]:
        Throttle.objects.filter(pk=relay.pk).update(next_send_at=NOON + timedelta(seconds=seconds))
        assert limiting.relay_is_full(NOON) is full


def test_stopping_cancels_those_who_were_held_back(clock, sending, staff):
    limit("busy.example.org", per_minute=30)
    take(sending)
    actions.stop_mailing(sending, by=staff)
    tasks.sweep_mailings()
    assert sending.chunks.all().progress()["cancelled"] == 6

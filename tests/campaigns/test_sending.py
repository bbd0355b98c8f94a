"""The ledger of a mailing: frozen once, claimed through the gate, settled under a token, never counted twice."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns import actions
from campaigns.actions.claiming import claim_chunk
from campaigns.actions.freezing import chunk_size
from campaigns.actions.recovering import doubt_expired_chunk
from campaigns.actions.settling import DEFERRED, LEAST_TRIES, UNTOUCHED, Settled, settle_chunk
from campaigns.models import Chunk, Delivery, Mailing
from sanctuary.people import actions as people
from sanctuary.people.models import Suppression
from tests import factories
from tests.race import race

Outcome = Delivery.Outcome
pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(staff):
    """Scheduled for a moment ago."""
    campaign = factories.CampaignFactory(owner=staff)
    return factories.MailingFactory(
        campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
    )


@pytest.fixture
def people_who_agreed():
    people = [factories.SupporterFactory(name=f"Ada{n} Example") for n in range(5)]
    for person in people:
        factories.permit(person)
    return people


@pytest.fixture
def sending(mailing, people_who_agreed):
    return actions.freeze_and_start(mailing)


def claim(mailing):
    return claim_chunk(mailing.pk, host="here")


def settle(mailing, taken, *outcomes):
    results = [Settled(r.seq, o) for r, o in zip(taken.recipients, outcomes, strict=True)]
    return settle_chunk(mailing.pk, taken.no, taken.token, results)


def outcomes(mailing):
    return Counter(mailing.deliveries.values_list("outcome", flat=True))


def progress(mailing):
    return {name: n for name, n in mailing.chunks.all().progress().items() if n}


def test_freeze_writes_each_address_once_without_gaps(mailing, people_who_agreed):
    factories.permit(factories.SupporterFactory(email=people_who_agreed[0].email))
    factories.SupporterFactory(email="canary@example.org")

    mailing = actions.freeze_and_start(mailing)

    assert mailing.state == Mailing.State.SENDING
    assert mailing.counts["matched"] == 7
    assert mailing.counts["recipients"] == 5
    rows = mailing.deliveries.order_by("seq").values_list("seq", "address")
    assert [seq for seq, _ in rows] == [1, 2, 3, 4, 5]
    assert {address for _, address in rows} == {person.email for person in people_who_agreed}
    assert [(c.lo, c.hi) for c in mailing.chunks.all()] == [(1, 5)]


def test_freeze_twice_changes_nothing(sending):
    factories.permit(factories.SupporterFactory())
    assert actions.freeze_and_start(sending).deliveries.count() == 5


def test_freeze_before_its_time_does_nothing(mailing):
    mailing.starts_at = timezone.now() + timedelta(minutes=1)
    mailing.save()
    assert actions.freeze_and_start(mailing).state == Mailing.State.SCHEDULED


def test_freeze_with_nobody_to_send_to_is_done(mailing):
    assert actions.freeze_and_start(mailing).state == Mailing.State.DONE


@pytest.mark.parametrize(
    ("per_minute", "size"), [(None, 500), (30, 1), (600, 1), (1500, 25), (6000, 100), (10**6, 500)]
)
def test_chunk_is_at_most_one_second_of_sending(per_minute, size):
    assert chunk_size(per_minute) == size or chunk_size(per_minute) == max(1, (per_minute or 0) // 60)


def test_claim_gives_each_chunk_to_one_worker(sending):
    first = claim(sending)
    assert len(first.recipients) == 5
    assert claim(sending) is None


def test_claim_knows_what_the_merge_fields_need(sending, people_who_agreed, group):
    factories.MembershipFactory(group=group, supporter=people_who_agreed[0])
    by_address = {r.address: r for r in claim(sending).recipients}
    mine = by_address[people_who_agreed[0].email]
    assert (mine.name, mine.first_name, mine.group) == ("Ada0 Example", "Ada0", group.name)
    assert by_address[people_who_agreed[1].email].group == ""


@pytest.mark.parametrize(
    "leave",
    [
        lambda person: people.stop_all_emails(person, source="test"),
        lambda person: people.withdraw(person, source="test"),
        lambda person: people.suppress(person.email, reason=Suppression.Reason.COMPLAINED),
        lambda person: people.pause_emails(person),
        lambda person: people.set_big_moments(person, only=True),
        lambda person: people.change_address(person, "new@example.org"),
        lambda person: people.erase_supporter(person, by="test"),
    ],
    ids=["stop", "withdraw", "complain", "pause", "big-moments", "move", "erase"],
)
def test_gate_stops_whoever_left_after_the_freeze(sending, people_who_agreed, leave):
    leaver = people_who_agreed[2]
    leave(leaver)
    taken = claim(sending)
    assert leaver.pk not in {r.supporter_id for r in taken.recipients}
    assert len(taken.recipients) == 4
    row = sending.deliveries.get(supporter_id=leaver.pk)
    assert (row.outcome, row.address) == (Outcome.SUPPRESSED, "")
    assert progress(sending) == {"total": 5, "suppressed": 1}


def test_settle_counts_every_row_once_and_finishes(sending):
    taken = claim(sending)
    assert settle(sending, taken, Outcome.SENT, Outcome.SENT, Outcome.REFUSED, Outcome.IN_DOUBT, Outcome.SENT)
    assert progress(sending) == {"total": 5, "sent": 3, "refused": 1, "in_doubt": 1}
    assert actions.finish_mailing(sending)
    assert not actions.finish_mailing(sending)


def test_settle_twice_writes_once(sending):
    taken = claim(sending)
    assert settle(sending, taken, *[Outcome.SENT] * 5)
    assert not settle(sending, taken, *[Outcome.REFUSED] * 5)
    assert outcomes(sending) == {Outcome.SENT: 5}


def test_settle_leaves_alone_what_the_gate_has_settled(sending, people_who_agreed):
    people.withdraw(people_who_agreed[0], source="test")
    taken = claim(sending)
    stopped = sending.deliveries.get(outcome=Outcome.SUPPRESSED)
    results = [Settled(seq, Outcome.SENT) for seq in range(1, 6)]
    assert settle_chunk(sending.pk, taken.no, taken.token, results)
    assert sending.deliveries.get(seq=stopped.seq).outcome == Outcome.SUPPRESSED
    assert progress(sending) == {"total": 5, "sent": 4, "suppressed": 1}


def test_settle_with_another_token_writes_nothing(sending):
    taken = claim(sending)
    results = [Settled(r.seq, Outcome.SENT) for r in taken.recipients]
    assert not settle_chunk(sending.pk, taken.no, uuid.uuid4(), results)
    assert outcomes(sending) == {Outcome.PENDING: 5}


def test_untouched_rows_are_free_again(sending):
    taken = claim(sending)
    settle(sending, taken, Outcome.SENT, UNTOUCHED, UNTOUCHED, Outcome.SENT, Outcome.SENT)
    assert not actions.finish_mailing(sending)
    assert len(claim(sending).recipients) == 2


def test_deferred_row_waits_and_is_not_claimed_early(sending):
    taken = claim(sending)
    settle(sending, taken, DEFERRED, *[Outcome.SENT] * 4)
    assert claim(sending) is None
    assert not actions.finish_mailing(sending)
    row = sending.deliveries.get(outcome=Outcome.PENDING)
    wait = row.not_before - timezone.now()
    assert timedelta(seconds=40) < wait < timedelta(seconds=80)
    assert row.attempts == 1
    past = timezone.now() - timedelta(seconds=1)
    sending.deliveries.filter(seq=row.seq).update(not_before=past)
    sending.chunks.update(not_before=past)
    assert [r.seq for r in claim(sending).recipients] == [row.seq]


def test_each_deferred_row_waits_for_its_own_time(sending):
    taken = claim(sending)
    settle(sending, taken, DEFERRED, DEFERRED, *[Outcome.SENT] * 3)
    early, late = (r.seq for r in taken.recipients[:2])
    past = timezone.now() - timedelta(seconds=1)
    sending.deliveries.filter(seq=early).update(not_before=past)
    sending.chunks.update(not_before=past)
    again = claim(sending)
    assert [r.seq for r in again.recipients] == [early]
    settle(sending, again, Outcome.SENT)
    chunk = sending.chunks.get()
    assert (chunk.state, chunk.not_before) == (Chunk.State.FREE, sending.deliveries.get(seq=late).not_before)


@pytest.mark.parametrize(("tries_before", "refused"), [(LEAST_TRIES - 1, 1), (LEAST_TRIES - 2, 0), (0, 0)])
def test_put_off_for_three_days_is_refused_unless_it_was_hardly_tried(sending, tries_before, refused):
    Mailing.objects.filter(pk=sending.pk).update(frozen_at=timezone.now() - timedelta(days=3, minutes=1))
    sending.deliveries.update(attempts=tries_before)
    taken = claim(sending)
    settle(sending, taken, DEFERRED, *[Outcome.SENT] * 4)
    expected = {Outcome.SENT: 4, Outcome.REFUSED: refused, Outcome.PENDING: 1 - refused}
    assert outcomes(sending) == {outcome: count for outcome, count in expected.items() if count}


def test_put_off_often_but_for_less_than_three_days_waits(sending):
    sending.deliveries.update(attempts=100)
    taken = claim(sending)
    settle(sending, taken, DEFERRED, *[Outcome.SENT] * 4)
    assert outcomes(sending) == {Outcome.SENT: 4, Outcome.PENDING: 1}


def test_pause_stops_the_next_claim_and_resume_lets_it_go_on(sending, staff):
    actions.pause_mailing(sending, by=staff, reason="a typo")
    assert claim(sending) is None
    actions.resume_mailing(sending, by=staff)
    assert len(claim(sending).recipients) == 5


def test_stop_cancels_what_waits_and_keeps_what_went(sending, staff):
    taken = claim(sending)
    stopped = actions.stop_mailing(sending, by=staff)
    settle(sending, taken, Outcome.SENT, UNTOUCHED, UNTOUCHED, DEFERRED, Outcome.IN_DOUBT)
    assert not actions.cancel_chunk(stopped)
    assert outcomes(sending) == {Outcome.SENT: 1, Outcome.CANCELLED: 3, Outcome.IN_DOUBT: 1}


def test_stop_before_any_claim_cancels_everybody(sending, staff):
    stopped = actions.stop_mailing(sending, by=staff)
    assert actions.cancel_chunk(stopped)
    assert outcomes(sending) == {Outcome.CANCELLED: 5}
    with pytest.raises(ValidationError):
        actions.settle_doubt(stopped, [1], send_again=True, by=staff)


def test_expired_lease_without_a_journal_is_in_doubt(sending):
    taken = claim(sending)
    assert not doubt_expired_chunk()
    sending.chunks.update(lease_until=timezone.now() - timedelta(minutes=5))
    assert doubt_expired_chunk()
    assert outcomes(sending) == {Outcome.IN_DOUBT: 5}
    assert not settle(sending, taken, *[Outcome.SENT] * 5), "the late worker was fenced off"


def test_doubt_sent_again_by_a_human_only(sending, staff):
    taken = claim(sending)
    settle(sending, taken, *[Outcome.SENT] * 3, Outcome.IN_DOUBT, Outcome.IN_DOUBT)
    actions.finish_mailing(sending)
    assert claim(sending) is None
    left, again = (r.seq for r in taken.recipients[3:])
    assert actions.settle_doubt(sending, [left], send_again=False, by=staff) == 1
    assert actions.settle_doubt(sending, [again], send_again=True, by=staff) == 1
    assert [r.seq for r in claim(sending).recipients] == [again]
    assert progress(sending) == {"total": 5, "sent": 3, "in_doubt": 1}


def test_rate_holds_back_the_next_claim(sending):
    Mailing.objects.filter(pk=sending.pk).update(per_minute=60)
    sending.chunks.update(hi=2)
    Chunk.objects.create(mailing=sending, no=2, lo=3, hi=5)
    assert len(claim(sending).recipients) == 2
    assert claim(sending) is None
    Mailing.objects.filter(pk=sending.pk).update(next_send_at=timezone.now() - timedelta(seconds=1))
    assert len(claim(sending).recipients) == 3


@pytest.mark.parametrize(("late", "made_up"), [(0.3, 0.3), (60, 1)])
def test_rate_makes_up_for_a_late_look_but_not_for_a_long_silence(sending, late, made_up):
    due = timezone.now() - timedelta(seconds=late)
    Mailing.objects.filter(pk=sending.pk).update(per_minute=60, next_send_at=due)
    claim(sending)
    sending.refresh_from_db()
    ahead = (sending.next_send_at - timezone.now()).total_seconds()
    assert 5 - made_up - 3 < ahead <= 5 - made_up


def test_counters_can_never_exceed_the_chunk(sending):
    with pytest.raises(IntegrityError), transaction.atomic():
        sending.chunks.update(sent=6)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_different_chunks(sending):
    sending.chunks.update(hi=2)
    Chunk.objects.create(mailing=sending, no=2, lo=3, hi=5)
    first, second = race(lambda: claim(sending), lambda: claim(sending), after="EXECUTE take_chunk")
    assert {first.no, second.no} == {1, 2}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_cannot_share_the_last_chunk(sending):
    taken = race(lambda: claim(sending), lambda: claim(sending), after="EXECUTE take_chunk")
    assert sorted(claimed is None for claimed in taken) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_frozen_by_two_clocks_at_once_is_one_list(mailing, people_who_agreed):
    freeze = lambda: actions.freeze_and_start(Mailing.objects.get(pk=mailing.pk))  # noqa: E731
    states = race(freeze, freeze, after='FROM "campaigns_mailing"')
    assert [each.state for each in states] == [Mailing.State.SENDING] * 2
    assert mailing.deliveries.count() == 5


def test_addresses_are_forgotten_three_months_after_the_end(sending):
    taken = claim(sending)
    settle(sending, taken, *[Outcome.SENT] * 5)
    actions.finish_mailing(sending)
    assert actions.forget_addresses() == 0
    Mailing.objects.filter(pk=sending.pk).update(finished_at=timezone.now() - timedelta(days=91))
    assert actions.forget_addresses() == 5
    assert actions.forget_addresses() == 0
    assert set(sending.deliveries.values_list("address", "outcome")) == {("", Outcome.SENT)}


def test_erased_while_a_worker_had_them_leaves_no_address(sending, people_who_agreed):
    taken = claim(sending)
    people.erase_supporter(people_who_agreed[1], by="test")
    settle(sending, taken, *[Outcome.SENT] * 5)
    assert actions.forget_addresses() == 1
    assert actions.forget_addresses() == 0
    assert sending.deliveries.get(address="").supporter_id == people_who_agreed[1].pk

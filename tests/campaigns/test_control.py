"""The brakes, with all parts real: a Celery worker, the broker, an SMTP conversation."""

import random
import time
from collections import Counter

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.models import Chunk, Delivery, Mailing
from sanctuary.audit.models import Entry
from sanctuary.post.models import Email
from tests import factories
from tests.bench.lane import at, measure_lane
from tests.worker import environment_for, is_done, ring, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

State, Outcome = Mailing.State, Delivery.Outcome
RECIPIENTS, FOR_PAUSES, PAUSES = 3000, 12_000, 20
STOPS_WITHIN = 5.0  # seconds after the answer in which a message may still pass DATA


@pytest.fixture
def mailing(staff):
    """Being sent, as fast as can be."""
    return to_many(staff, RECIPIENTS)


def to_many(staff, count):
    factories.agreed(factories.SupporterFactory.build_batch(count))
    return started(staff)


def started(staff, **fields):
    campaign = factories.CampaignFactory(owner=staff)
    mailing = factories.MailingFactory(
        campaign=campaign, author=staff, state=State.SCHEDULED, starts_at=timezone.now(), **fields
    )
    return actions.freeze_and_start(mailing)


def is_in_no_hands(mailing):
    return not mailing.chunks.filter(state=Chunk.State.LEASED).exists()


def test_twenty_pauses_stop_it_at_once_and_lose_and_repeat_nobody(sink, tmp_path, staff):
    mailing = to_many(staff, FOR_PAUSES)
    sink.misbehave({"faults": [{"at": "dot", "do": "late", "seconds": 0.02}]})
    chance, lags = random.Random(8), []
    with worker(environment_for(sink.port, tmp_path)):
        for _ in range(PAUSES):
            before = sink.count
            ring(mailing)
            wait_for(lambda before=before: sink.count > before or is_done(mailing))
            time.sleep(chance.uniform(0, 0.3))
            actions.pause_mailing(mailing, by=staff)
            answered = time.monotonic_ns()
            wait_for(lambda: is_in_no_hands(mailing))
            stands, last = sink.count, sink.accepted[-1].at
            time.sleep(0.3)
            assert sink.count == stands, "somebody still sends"
            lags.append(max(0.0, (last - answered) / 1e9))
            assert not is_done(mailing), "it was over too soon to prove anything"
            actions.resume_mailing(mailing, by=staff)
        sink.misbehave(None)
        ring(mailing)
        wait_for(lambda: is_done(mailing))
    print(f"\nThe last message after a pause was answered: median {at(lags, 0.5):.3f} s, longest {max(lags):.3f} s")
    assert max(lags) <= STOPS_WITHIN
    assert sum(lag > 0 for lag in lags) >= 3, "no pause met a chunk in the air"
    copies = Counter(address for message in sink.accepted for address in message.recipients)
    assert (len(copies), set(copies.values())) == (FOR_PAUSES, {1})
    progress = mailing.chunks.all().progress()
    assert (progress["sent"], progress["total"]) == (FOR_PAUSES, FOR_PAUSES)


def test_stop_ends_it_for_good_and_accounts_for_everybody(mailing, sink, tmp_path, staff):
    with worker(environment_for(sink.port, tmp_path)):
        ring(mailing)
        wait_for(lambda: sink.count > 100)
        actions.stop_mailing(mailing, by=staff)
        answered = time.monotonic_ns()
        wait_for(lambda: is_in_no_hands(mailing))
        ring(mailing)
        tasks.sweep_mailings()
        time.sleep(0.5)
    assert (sink.accepted[-1].at - answered) / 1e9 <= STOPS_WITHIN
    progress = mailing.chunks.all().progress()
    assert progress["sent"] == sink.count < RECIPIENTS
    assert progress["sent"] + progress["cancelled"] == RECIPIENTS


def test_single_letters_have_a_lane_of_their_own(mailing, sink, tmp_path):
    def arrivals():
        return {message.recipients[0]: message.at for message in list(sink.accepted)}

    Mailing.objects.filter(pk=mailing.pk).update(per_minute=RECIPIENTS * 6)
    environment = environment_for(sink.port, tmp_path)
    with worker(environment), worker(environment, "mail.transactional", 1):
        for _ in range(200):
            ring(mailing)
        wait_for(lambda: sink.count > 100)
        delays = measure_lane(arrivals, letters=20, seconds=4)
        assert not is_done(mailing), "it was over too soon to prove anything"
    assert at(delays, 0.95) <= 5
    assert Email.objects.filter(state=Email.State.SENT).count() == 20


def test_two_clocks_do_no_harm(mailing, sink, tmp_path):
    """Each ring of the clock comes twice, at once, all along."""
    with worker(environment_for(sink.port, tmp_path)):
        while not is_done(mailing):
            for _ in range(2):
                tasks.sweep_mailings.delay()
                tasks.guard_mailings.delay()
            time.sleep(0.2)
    copies = Counter(address for message in sink.accepted for address in message.recipients)
    assert (len(copies), set(copies.values())) == (RECIPIENTS, {1})
    assert Entry.objects.about(mailing).filter(verb="campaigns.finish_mailing").count() == 1


# --- after a restore --------------------------------------------------------------------------------


def test_after_a_restore_nothing_goes_on_by_itself(staff, capsys):
    for _ in range(2):
        factories.permit(factories.SupporterFactory())
    running, paused, stopped = (started(staff) for _ in range(3))
    actions.pause_mailing(paused, by=staff, reason="A typo.")
    actions.stop_mailing(stopped, by=staff)
    campaign = running.campaign
    due = factories.MailingFactory(campaign=campaign, author=staff, state=State.SCHEDULED, starts_at=timezone.now())
    draft = factories.MailingFactory(campaign=campaign, author=staff)
    for _ in range(2):
        call_command("pause_all_mailings")
    found = {each.pk: (each.state, each.pause_reason) for each in Mailing.objects.all()}
    said = "The database was restored from a backup. Some people may have had this email already."
    assert found == {
        running.pk: (State.PAUSED, said),
        paused.pk: (State.PAUSED, "A typo."),
        stopped.pk: (State.STOPPED, ""),
        due.pk: (State.DRAFT, ""),
        draft.pk: (State.DRAFT, ""),
    }
    assert capsys.readouterr().out.splitlines() == [
        "2 mailings paused or taken back. Look at each on the desk.",
        "0 mailings paused or taken back. Look at each on the desk.",
    ]
    assert set(Entry.objects.filter(actor="restore").values_list("verb", "noun_id")) == {
        ("campaigns.pause_mailing", str(running.pk)),
        ("campaigns.unschedule_mailing", str(due.pk)),
    }

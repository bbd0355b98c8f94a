"""A mailing from freeze to relay for real: a Celery worker of its own, the real broker, a real SMTP conversation.

The sink's log is the truth: a line is written before the sender hears 250.
"""

import os
import signal
from collections import Counter
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.utils import timezone

from campaigns import actions
from campaigns.models import Delivery, Mailing
from sanctuary.people import actions as people
from sanctuary.post.sink import Sink
from sanctuary.post.sink.lint import lint
from tests import factories
from tests.worker import CONNECTIONS, PROCESSES, environment_for, is_done, ring, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

Outcome = Delivery.Outcome
RECIPIENTS, KILLS = 3000, 4


@pytest.fixture
def environment(sink, tmp_path):
    return environment_for(sink.port, tmp_path)


@pytest.fixture
def mailing(staff):
    campaign = factories.CampaignFactory(owner=staff)
    factories.agreed(factories.SupporterFactory.build_batch(RECIPIENTS))
    factories.SupporterFactory(email="never-agreed@example.org")
    return started(campaign, staff)


def started(campaign, author):
    mailing = factories.MailingFactory(
        campaign=campaign, author=author, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
    )
    return actions.freeze_and_start(mailing)


def test_every_recipient_gets_exactly_one_message(mailing, sink, environment):
    leaver = mailing.deliveries.order_by("-seq").first()
    people.stop_all_emails(leaver_of(leaver), source="test")
    with worker(environment):
        ring(mailing)
        wait_for(lambda: is_done(mailing))
    got = Counter(message.recipients for message in sink.accepted)
    wanted = set(mailing.deliveries.exclude(seq=leaver.seq).values_list("address", flat=True))
    assert {address for (address,) in got} == wanted
    assert set(got.values()) == {1}
    progress = mailing.chunks.all().progress()
    assert (progress["sent"], progress["suppressed"], progress["total"]) == (RECIPIENTS - 1, 1, RECIPIENTS)
    check_headers(message_from_bytes(sink.accepted[0].data, policy=policy.default))
    assert [faults for message in sink.accepted[::10] if (faults := linted(message, mailing))] == []


def leaver_of(delivery):
    return factories.SupporterFactory._meta.model.objects.get(pk=delivery.supporter_id)


def linted(message, mailing):
    sender = mailing.controller
    says = [sender.name, sender.charity_number, sender.postal_address]
    return lint(message.wire, recipients=message.recipients, mail_from=message.sender, says=says, hosts=[], local=True)


def check_headers(message):
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/email/" in message["List-Unsubscribe"]
    assert message["List-Id"]
    assert message["Feedback-ID"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_killed_workers_lose_nobody_and_repeat_nobody(mailing, sink, environment):
    Mailing.objects.filter(pk=mailing.pk).update(per_minute=60_000)  # slow enough to be killed in the middle
    for _ in range(KILLS):
        before = sink.count
        with worker(environment) as process:
            ring(mailing)
            wait_for(lambda before=before: sink.count > before + 100 or is_done(mailing))
            os.killpg(process.pid, signal.SIGKILL)
    assert not is_done(mailing), "the kills came too late to prove anything"
    with worker(environment):
        ring(mailing)
        wait_for(lambda: not mailing.chunks.exclude(state=2).exists())

    copies = Counter(address for message in sink.accepted for address in message.recipients)
    by_outcome = {o: set(mailing.deliveries.filter(outcome=o).values_list("address", flat=True)) for o in Outcome}
    assert set(copies.values()) == {1}, "somebody got it twice"
    assert by_outcome[Outcome.SENT] <= set(copies), "called sent, never seen at the relay"
    assert set(copies) - by_outcome[Outcome.SENT] <= by_outcome[Outcome.IN_DOUBT], (
        "seen, but the ledger does not say so"
    )
    assert len(by_outcome[Outcome.SENT]) + len(by_outcome[Outcome.IN_DOUBT]) == RECIPIENTS
    assert len(by_outcome[Outcome.IN_DOUBT]) <= KILLS * CONNECTIONS * PROCESSES


def test_relay_that_is_away_pauses_with_its_own_words(mailing, environment):
    with Sink() as gone:
        environment |= {"EMAIL_PORT": str(gone.port)}
    with worker(environment):
        ring(mailing)
        wait_for(lambda: Mailing.objects.get(pk=mailing.pk).state == Mailing.State.PAUSED)
    assert "refused" in Mailing.objects.get(pk=mailing.pk).pause_reason.lower()
    assert set(mailing.deliveries.values_list("outcome", flat=True)) == {Outcome.PENDING}


def test_worker_outlives_a_database_that_cuts_its_connections(mailing, sink, environment):
    with worker(environment):
        ring(mailing)
        wait_for(lambda: is_done(mailing))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = ''"
            )
            assert len(cursor.fetchall()) >= 1
        second = started(mailing.campaign, mailing.author)
        for _ in range(PROCESSES * 2):  # the first ring of each process may meet the cut
            ring(second)
        wait_for(lambda: is_done(second))
    assert sink.count == RECIPIENTS * 2

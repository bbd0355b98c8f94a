"""What a dead worker's journal is believed: only about what was lent, only if it still is, and not too early."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns import actions
from campaigns.actions.claiming import claim_chunk
from campaigns.actions.recovering import recover_journals
from campaigns.models import Chunk, Delivery, Mailing
from sanctuary.post import journal as journals
from sanctuary.post.journal import ACCEPTED, DEFERRED, Journal, Work
from tests import factories

Outcome = Delivery.Outcome
pytestmark = pytest.mark.django_db


@pytest.fixture
def sending(staff, settings):
    """To five people, at any hour."""
    settings.QUIET_HOURS = []
    for _ in range(5):
        factories.permit(factories.SupporterFactory())
    campaign = factories.CampaignFactory(owner=staff)
    mailing = factories.MailingFactory(
        campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
    )
    return actions.freeze_and_start(mailing)


@pytest.fixture
def journal(settings, tmp_path):
    settings.JOURNAL_DIR = tmp_path
    return Journal.open(tmp_path, uuid.uuid4().bytes)


def test_after_a_restart_who_was_put_off_earlier_is_not_in_doubt(sending, journal, monkeypatch):
    sending.deliveries.filter(seq__in=[1, 2]).update(not_before=timezone.now() + timedelta(hours=1), attempts=1)
    taken = claim_chunk(sending.pk, host="here", note=journal.begin)
    taken.slot.mark(3, ACCEPTED)
    journal.close()
    monkeypatch.setattr(journals, "_boot", lambda: b"another run of it")
    assert recover_journals() == 1
    assert dict(sending.deliveries.values_list("seq", "outcome")) == {
        1: Outcome.PENDING,
        2: Outcome.PENDING,
        3: Outcome.SENT,
        4: Outcome.IN_DOUBT,
        5: Outcome.IN_DOUBT,
    }


def test_journal_of_a_mailing_that_a_restored_database_does_not_know_holds_nothing_up(sending, journal, tmp_path):
    journal.begin(Work(sending.pk + 1, 1, 1, 5, uuid.uuid4().bytes)).mark(2, DEFERRED)
    journal.close()
    assert recover_journals() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_loan_that_is_committed_just_after_its_worker_died_is_found(sending, journal):
    noted = threading.Event()

    def die_while_committing():
        with transaction.atomic():
            claim_chunk(sending.pk, host="here", note=journal.begin)
            journal.close()
            noted.set()
            connection.cursor().execute("SELECT pg_sleep(0.5)")
        connection.close()

    worker = threading.Thread(target=die_while_committing)
    worker.start()
    assert noted.wait(5)
    assert recover_journals() == 1
    worker.join()
    assert sending.chunks.get().state == Chunk.State.FREE
    assert len(claim_chunk(sending.pk, host="here").recipients) == 5

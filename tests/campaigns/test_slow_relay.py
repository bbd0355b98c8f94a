"""Whoever leaves is spared, however long the relay takes before it lets a message through that was ready before."""

import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from campaigns import actions
from campaigns.actions import keeping
from campaigns.models import Delivery, Mailing
from sanctuary.people import actions as people
from sanctuary.people.models import Supporter
from sanctuary.post.sink import Sink
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, SLOW = 12, 2.5  # seconds
LEAVE_AFTER, LONGEST_LAG, PATIENCE = 1.0, 1.0, 40.0  # seconds


@pytest.fixture
def mailing(staff, settings, tmp_path):
    settings.QUIET_HOURS, settings.JOURNAL_DIR = [], tmp_path
    settings.EMAIL_HOST, settings.MAIL_CONNECTIONS = "127.0.0.1", 4
    for _ in range(PEOPLE):
        factories.permit(factories.SupporterFactory())
    campaign = factories.CampaignFactory(owner=staff)
    mailing = factories.MailingFactory(
        campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
    )
    return actions.freeze_and_start(mailing)


def leave(answered):
    """Every second person does, while the first messages wait for the relay."""
    time.sleep(LEAVE_AFTER)
    for person in Supporter.objects.order_by("pk")[::2]:
        people.stop_all_emails(person, source="test")
        answered[person.email] = time.monotonic_ns()
    connection.close()


@pytest.mark.parametrize("at", ["banner", "data", "dot"])
def test_whoever_leaves_while_a_slow_relay_makes_us_wait_is_spared(mailing, settings, monkeypatch, at):
    monkeypatch.setattr(keeping, "_own", threading.local())
    answered = {}
    leaving = threading.Thread(target=leave, args=[answered])
    with Sink(faults={"faults": [{"at": at, "do": "late", "seconds": SLOW}]}) as sink:
        settings.EMAIL_PORT = sink.port
        leaving.start()
        ends = time.monotonic() + PATIENCE
        while Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).exists():
            assert time.monotonic() < ends, "it never ended"
            actions.send_for(mailing.pk, 5)
        leaving.join()
        keeping._own.pump.close()
        keeping._own.journal.close()
    got = {message.recipients[0]: message.at for message in sink.accepted}
    late = {address: (got[address] - at) / 1e9 for address, at in answered.items() if address in got}
    assert len(got) == sink.count
    assert max(late.values(), default=0) <= LONGEST_LAG
    stayed = set(Supporter.objects.values_list("email", flat=True)) - set(answered)
    assert stayed <= set(got)
    outcomes = list(mailing.deliveries.values_list("outcome", flat=True))
    assert outcomes.count(Delivery.Outcome.SENT) == len(got)
    assert outcomes.count(Delivery.Outcome.SUPPRESSED) == PEOPLE - len(got) > 0

"""Who presses "stop" while a mailing is going out is spared by every chunk claimed after the answer. All parts real."""

import pytest
from django.utils import timezone

from campaigns import actions
from campaigns.models import Delivery, Mailing
from sanctuary.people.models import Supporter
from tests import factories, leaving
from tests.worker import environment_for, is_done, ring, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

RECIPIENTS, LEAVERS, SECONDS = 4000, 200, 8


@pytest.fixture
def mailing(staff):
    """Takes some seconds at its rate."""
    factories.agreed(factories.SupporterFactory.build_batch(RECIPIENTS))
    mailing = factories.MailingFactory(
        campaign=factories.CampaignFactory(owner=staff),
        author=staff,
        state=Mailing.State.SCHEDULED,
        starts_at=timezone.now(),
        per_minute=RECIPIENTS * 60 // SECONDS,
    )
    return actions.freeze_and_start(mailing)


def test_whoever_leaves_while_it_is_sent_is_spared_from_then_on(mailing, sink, tmp_path):
    environment = environment_for(sink.port, tmp_path)
    leavers = leaving.choose(mailing, LEAVERS)
    with worker(environment), leaving.web_server(environment) as port:
        ring(mailing)
        wait_for(lambda: sink.count)
        answered = leaving.leave(port, leavers, seconds=SECONDS)
        wait_for(lambda: is_done(mailing))

    assert len(answered) == LEAVERS
    verdict = leaving.judge(answered, [(message.recipients[0], message.at) for message in sink.accepted])
    assert verdict.holds, str(verdict)
    assert verdict.spared >= LEAVERS // 10, f"too few were in time to prove anything: {verdict}"
    assert sink.count == RECIPIENTS - verdict.spared
    left_out = mailing.deliveries.filter(outcome=Delivery.Outcome.SUPPRESSED).values_list("supporter_id", flat=True)
    assert Supporter.objects.filter(pk__in=left_out, email__in=answered).count() == verdict.spared == len(left_out)

"""Who presses "stop" while a mailing is going out is spared by every chunk claimed after the answer. All parts real."""

import time

import pytest
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.models import Delivery, Mailing
from sanctuary.people.models import Permission, Supporter
from sanctuary.post.sink import Sink
from tests import factories, leaving
from tests.worker import PROCESSES, environment_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

RECIPIENTS, LEAVERS, SECONDS = 4000, 200, 8
PATIENCE = 60  # seconds after which the test gives up


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def mailing(staff):
    """Takes some seconds at its rate."""
    supporters = Supporter.objects.bulk_create(factories.SupporterFactory.build_batch(RECIPIENTS))
    first = factories.permit(supporters[0])
    same = {name: getattr(first, name) for name in ("controller", "purpose", "change", "wording", "occurred_at")}
    Permission.objects.bulk_create(Permission(supporter=each, source="test", **same) for each in supporters[1:])
    mailing = factories.MailingFactory(
        campaign=factories.CampaignFactory(owner=staff),
        author=staff,
        state=Mailing.State.SCHEDULED,
        starts_at=timezone.now(),
        per_minute=RECIPIENTS * 60 // SECONDS,
    )
    return actions.freeze_and_start(mailing)


def is_over(mailing):
    return Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DONE).exists()


def test_whoever_leaves_while_it_is_sent_is_spared_from_then_on(mailing, sink, tmp_path):
    environment = environment_for(sink.port, tmp_path)
    leavers = leaving.choose(mailing, LEAVERS)
    with worker(environment), leaving.web_server(environment) as port:
        for _ in range(PROCESSES):
            tasks.send_mailing.apply_async_on_commit(args=[mailing.pk])
        ends = time.monotonic() + PATIENCE
        while not sink.count:
            assert time.monotonic() < ends, "it never began"
            time.sleep(0.01)
        answered = leaving.leave(port, leavers, seconds=SECONDS)
        while not is_over(mailing):
            assert time.monotonic() < ends, "it never ended"
            time.sleep(0.05)

    assert len(answered) == LEAVERS
    verdict = leaving.judge(answered, [(message.recipients[0], message.at) for message in sink.accepted])
    assert verdict.holds, str(verdict)
    assert verdict.spared >= LEAVERS // 10, f"too few were in time to prove anything: {verdict}"
    assert sink.count == RECIPIENTS - verdict.spared
    left_out = mailing.deliveries.filter(outcome=Delivery.Outcome.SUPPRESSED).values_list("supporter_id", flat=True)
    assert Supporter.objects.filter(pk__in=left_out, email__in=answered).count() == verdict.spared == len(left_out)

"""A limit with all parts real: two worker processes, and a clock that rings as in production."""

import time
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.models import MailDomain, Mailing, Throttle
from sanctuary.post.sink import Sink
from tests import factories
from tests.worker import environment_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

BUSY, CALM = 300, 1500
PER_MINUTE = 900
BUCKET = 10  # seconds of the limit that may go at once
SECONDS = (BUSY - PER_MINUTE * BUCKET / 60) / (PER_MINUTE / 60)  # that the busy ones need at least
PATIENCE = 60


@pytest.fixture
def mailings(staff):
    """Two at once to the same people, who are at two domains."""
    domains = ["busy.example.org"] * (BUSY // 2) + ["calm.example.org"] * (CALM // 2)
    batch = [factories.SupporterFactory.build(email=f"p{n}@{domain}") for n, domain in enumerate(domains)]
    factories.agreed(batch)
    campaign = factories.CampaignFactory(owner=staff)
    now, state = timezone.now(), Mailing.State.SCHEDULED
    made = [factories.MailingFactory(campaign=campaign, author=staff, state=state, starts_at=now) for _ in range(2)]
    return [actions.freeze_and_start(mailing) for mailing in made]


def writes_to_deliveries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'campaigns_delivery'")
        return cursor.fetchone()[0]


def test_two_mailings_share_one_limit_while_the_others_go_at_full_speed(mailings, tmp_path):
    MailDomain.objects.create(
        name="busy.example.org", throttle=Throttle.objects.create(name="Busy", per_minute=PER_MINUTE)
    )
    written, began = writes_to_deliveries(), time.monotonic()
    with Sink() as sink, worker(environment_for(sink.port, tmp_path)):
        while Mailing.objects.running().exists():
            tasks.sweep_mailings.delay()
            assert time.monotonic() - began < PATIENCE, "the busy ones never got it"
            time.sleep(2)
        accepted = list(sink.accepted)
    assert set(Counter((m.recipients[0], m.message_id) for m in accepted).values()) == {1}
    assert len(accepted) == BUSY + CALM
    first = accepted[0].at
    busy = sorted((m.at - first) / 1e9 for m in accepted if m.recipients[0].endswith("@busy.example.org"))
    calm = sorted((m.at - first) / 1e9 for m in accepted if m.recipients[0].endswith("@calm.example.org"))
    print(f"\nbusy: the last after {busy[-1]:.1f} s (at least {SECONDS:.0f}); calm: after {calm[-1]:.1f} s")
    for moment in busy:
        in_ten_seconds = sum(moment <= other < moment + 10 for other in busy)
        assert in_ten_seconds <= 2 * PER_MINUTE * BUCKET / 60 + 1, "more went than the limit allows"
    assert busy[-1] >= SECONDS - 1
    assert calm[-1] < SECONDS / 2, "the others were kept waiting"
    # Each is settled once, and held back a few times at most: nobody is claimed again and again.
    held = writes_to_deliveries() - written - len(accepted)
    print(f"held back {held / BUSY:.1f} times each")
    assert held <= 3 * BUSY

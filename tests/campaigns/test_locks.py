"""Who waits for whom: nobody in a circle, and nobody for long for a silent host."""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from campaigns import actions
from campaigns.actions import limiting
from campaigns.actions.claiming import claim_chunk
from campaigns.actions.settling import UNTOUCHED, Settled, settle_chunk
from campaigns.models import Delivery, MailDomain, Mailing, Throttle
from tests import factories

Outcome = Delivery.Outcome
pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0  # seconds after which a test gives up


@pytest.fixture
def start(staff, settings):
    """A mailing to these addresses, being sent."""
    settings.QUIET_HOURS = []

    def start(*addresses):
        for address in addresses:
            factories.permit(factories.SupporterFactory(email=address))
        campaign = factories.CampaignFactory(owner=staff)
        mailing = factories.MailingFactory(
            campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
        )
        return actions.freeze_and_start(mailing)

    return start


def meet(first, second, *, after):
    """What both returned or raised. The first stops behind the statement `after` until the second ends or waits."""
    ended = [None, None]
    middle, second_began = threading.Event(), threading.Event()

    def until_the_other_waits(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if after in str(sql) and not middle.is_set():
            middle.set()
            assert second_began.wait(PATIENCE)
            while threads[1].is_alive() and not _somebody_waits():
                time.sleep(0.02)
        return result

    def run(number, call):
        try:
            if number == 0:
                with connection.execute_wrapper(until_the_other_waits):
                    ended[0] = call()
            else:
                assert middle.wait(PATIENCE), f"{after} never ran"
                second_began.set()
                ended[1] = call()
        except Exception as error:
            ended[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return ended


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_settling_a_refusal_and_deciding_about_a_doubt_in_the_same_chunk(start, staff):
    mailing = start("one@example.org", "two@example.org")
    taken = claim_chunk(mailing.pk, host="here")
    settle_chunk(mailing.pk, taken.no, taken.token, [Settled(1, Outcome.IN_DOUBT), Settled(2, UNTOUCHED)])
    taken = claim_chunk(mailing.pk, host="here")
    refused = [Settled(2, Outcome.REFUSED, "550 5.1.1 no such user")]
    assert meet(
        lambda: settle_chunk(mailing.pk, taken.no, taken.token, refused),
        lambda: actions.settle_doubt(mailing, [1], send_again=True, by=staff),
        after="EXECUTE settle_rows",
    ) == [True, 1]


def test_letting_two_providers_rest_while_both_are_mailed(start):
    addresses = [f"p{n}@{domain}.example.org" for n in range(20) for domain in "ab"]
    for domain in "ba":
        throttle = Throttle.objects.create(name=domain, per_minute=6000)
        MailDomain.objects.create(name=f"{domain}.example.org", throttle=throttle)
    limiting.forget_what_is_felt()
    mailing, later = start(*addresses), timezone.now() + timedelta(hours=1)
    mailing.deliveries.update(not_before=later, attempts=1, reply="451 later")
    mailing.chunks.update(not_before=later)
    other = start()
    rested, claim = meet(
        lambda: actions.rest_domains(mailing),
        lambda: claim_chunk(other.pk, host="here"),
        after='UPDATE "campaigns_throttle"',
    )
    limiting.forget_what_is_felt()
    assert rested == ["a.example.org", "b.example.org"]
    assert claim.mailing_id == other.pk


def test_host_that_goes_silent_in_the_middle_of_a_claim_holds_nobody_up(start, staff):
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)
    mailing = start("one@example.org")
    Mailing.objects.filter(pk=mailing.pk).update(per_minute=60)
    silent, paused = threading.Event(), threading.Event()

    def go_silent():
        with contextlib.suppress(DatabaseError), transaction.atomic():
            connection.cursor().execute("SET idle_in_transaction_session_timeout = '1s'")
            claim_chunk(mailing.pk, host="there")
            silent.set()
            paused.wait(PATIENCE)
        connection.close()

    host = threading.Thread(target=go_silent)
    host.start()
    assert silent.wait(PATIENCE)
    began = time.monotonic()
    assert actions.pause_mailing(mailing, by=staff).state == Mailing.State.PAUSED
    assert 0.5 < time.monotonic() - began < 3
    paused.set()
    host.join()
    assert mailing.chunks.get().owner is None


def test_plans_stay_general_after_a_claim_that_came_to_nothing(start):
    mailing = start("one@example.org")
    connection.close()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        claim_chunk(mailing.pk, host="here", note=lambda work: 1 / 0)
    assert claim_chunk(mailing.pk, host="here")
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_generic_plan",)

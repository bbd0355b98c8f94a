"""At night nothing goes out to many people, unless it cannot wait; the clock changes twice a year."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.actions.claiming import claim_chunk
from campaigns.models import Mailing
from tests import factories

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=LONDON)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def _quiet(settings):
    settings.QUIET_HOURS = [time(21), time(8)]


def scheduled(staff, **fields):
    factories.permit(factories.SupporterFactory())
    campaign = factories.CampaignFactory(owner=staff)
    return factories.MailingFactory(
        campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now(), **fields
    )


def at(*when, fold=0):
    return datetime(*when, tzinfo=LONDON, fold=fold)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(2026, 11, 23, 20, 59, 59), None),
        (at(2026, 11, 23, 21, 0), at(2026, 11, 24, 8, 0)),
        (at(2026, 11, 24, 0, 0), at(2026, 11, 24, 8, 0)),
        (at(2026, 11, 24, 7, 59, 59), at(2026, 11, 24, 8, 0)),
        (at(2026, 11, 24, 8, 0), None),
        # In summer the clock in London is an hour ahead of UTC.
        (datetime(2026, 7, 1, 19, 59, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 20, 0, tzinfo=UTC), datetime(2026, 7, 2, 7, 0, tzinfo=UTC)),
        # 29 March 2026 has 23 hours, 25 October 25: the night ends at eight by the clock, whatever the hours.
        (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 7, 0, tzinfo=UTC), None),
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        (at(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        (at(2026, 10, 25, 1, 30, fold=1), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 7, 59, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(now, until):
    assert actions.quiet_until(now) == until


def test_quiet_hours_within_one_day(settings):
    settings.QUIET_HOURS = [time(1), time(5)]
    assert actions.quiet_until(at(2026, 11, 23, 0, 59)) is None
    assert actions.quiet_until(at(2026, 11, 23, 1, 0)) == at(2026, 11, 23, 5, 0)
    assert actions.quiet_until(at(2026, 11, 23, 5, 0)) is None


def test_no_quiet_hours_is_never_quiet(settings):
    settings.QUIET_HOURS = []
    assert actions.quiet_until(NIGHT) is None


def test_claim_at_night_takes_nothing_until_morning(staff):
    with time_machine.travel(NIGHT - timedelta(hours=2), tick=False) as clock:
        mailing = actions.freeze_and_start(scheduled(staff))
        clock.move_to(NIGHT)
        assert claim_chunk(mailing.pk, host="here") is None
        clock.move_to(MORNING - timedelta(seconds=1))
        assert claim_chunk(mailing.pk, host="here") is None
        clock.move_to(MORNING)
        assert len(claim_chunk(mailing.pk, host="here").recipients) == 1


def test_urgent_mailing_goes_at_night(staff):
    with time_machine.travel(NIGHT, tick=False):
        mailing = actions.freeze_and_start(scheduled(staff, is_urgent=True))
        assert len(claim_chunk(mailing.pk, host="here").recipients) == 1


def test_sweep_at_night_rings_for_urgent_mailings_only(staff, rung, settings):
    settings.MAIL_SENDERS = 1
    with time_machine.travel(NIGHT, tick=False) as clock:
        due, urgent = scheduled(staff), scheduled(staff, is_urgent=True)
        running, alarm = (actions.freeze_and_start(scheduled(staff, is_urgent=on)) for on in (False, True))
        tasks.sweep_mailings()
        assert rung == [("start_mailing", urgent.pk), ("send_mailing", alarm.pk)]
        rung.clear()
        clock.move_to(MORNING)
        tasks.sweep_mailings()
    started, woken = (
        [("start_mailing", m.pk) for m in (due, urgent)],
        [("send_mailing", m.pk) for m in (running, alarm)],
    )
    assert sorted(rung) == sorted([*started, *woken])


def test_a_mailing_for_the_night_can_be_taken_back_until_morning(staff, rung):
    with time_machine.travel(NIGHT, tick=False):
        mailing = scheduled(staff)
        assert actions.leaves_at(mailing) == MORNING
        tasks.sweep_mailings()
        assert actions.unschedule_mailing(mailing, by=staff).state == Mailing.State.DRAFT


def test_urgent_leaves_at_the_time_that_was_chosen(staff):
    with time_machine.travel(NIGHT, tick=False):
        mailing = scheduled(staff, is_urgent=True)
        assert actions.leaves_at(mailing) == NIGHT


def test_urgency_is_part_of_what_is_approved(mailing):
    before = mailing.content_hash
    mailing.is_urgent = True
    assert mailing.content_hash != before

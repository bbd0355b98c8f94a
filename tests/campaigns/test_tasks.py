"""The clock: it starts what is due, wakes who should send, and one broken mailing stops no other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.models import Mailing
from tests import factories

pytestmark = pytest.mark.django_db


def mailing(staff, **fields):
    campaign = factories.CampaignFactory(owner=staff)
    return factories.MailingFactory(campaign=campaign, author=staff, **fields)


def scheduled(staff, starts_at):
    return mailing(staff, state=Mailing.State.SCHEDULED, starts_at=starts_at)


def test_sweep_starts_only_what_is_due(staff, rung):
    now = timezone.now()
    due = scheduled(staff, now - timedelta(days=30))
    scheduled(staff, now + timedelta(minutes=5)), mailing(staff)
    tasks.sweep_mailings()
    assert rung == [("start_mailing", due.pk)]


def test_sweep_wakes_a_sender_for_each_slot_of_a_running_mailing(staff, rung, settings):
    settings.MAIL_SENDERS = 3
    factories.permit(factories.SupporterFactory())
    running, paused = (scheduled(staff, timezone.now()) for _ in range(2))
    actions.freeze_and_start(running)
    actions.pause_mailing(actions.freeze_and_start(paused), by=staff)
    tasks.sweep_mailings()
    assert rung == [("send_mailing", running.pk)] * 3


def test_sweep_cancels_what_a_stopped_mailing_left(staff, rung):
    factories.permit(factories.SupporterFactory())
    stopped = actions.stop_mailing(actions.freeze_and_start(scheduled(staff, timezone.now())), by=staff)
    tasks.sweep_mailings()
    assert stopped.chunks.all().progress()["cancelled"] == 1
    assert rung == []


def test_start_task_freezes_its_mailing_and_wakes_the_senders(staff, rung, settings):
    settings.MAIL_SENDERS = 2
    factories.permit(factories.SupporterFactory())
    due = scheduled(staff, timezone.now())
    tasks.start_mailing(due.pk)
    due.refresh_from_db()
    assert due.state == Mailing.State.SENDING
    assert rung == [("send_mailing", due.pk)] * 2


def test_start_task_wakes_nobody_for_an_empty_list(staff, rung):
    due = scheduled(staff, timezone.now())
    tasks.start_mailing(due.pk)
    due.refresh_from_db()
    assert (due.state, rung) == (Mailing.State.DONE, [])

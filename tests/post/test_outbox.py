"""Single emails: saved with their cause, rung after the commit, sent once over a real SMTP conversation."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sanctuary.post import actions, tasks
from sanctuary.post.models import GIVE_UP_AFTER, Email
from sanctuary.post.sink import Sink
from tests.race import race

State = Email.State


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


def write(**fields):
    return actions.queue_text(
        **{"to": "amira@example.org", "subject": "Hello", "text": "Words.", "kind": "test"} | fields
    )


@pytest.mark.django_db
def test_queue_rolls_back_with_its_cause(django_capture_on_commit_callbacks):
    def change_that_fails():
        with transaction.atomic():
            write()
            raise ValidationError("no")

    with django_capture_on_commit_callbacks() as rings, pytest.raises(ValidationError):
        change_that_fails()
    assert (Email.objects.count(), rings) == (0, [])


@pytest.mark.django_db
def test_queue_rings_once_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings:
        write()
    assert len(rings) == 1


@pytest.mark.django_db
def test_broker_that_is_away_costs_a_delay_only(django_capture_on_commit_callbacks, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(actions.current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        email = write()
    later = timezone.now() + timedelta(minutes=3)
    assert list(Email.objects.overdue(later)) == [email]


@pytest.mark.django_db
def test_delivered_over_smtp_with_a_message_id_of_its_own(sink):
    email = write(subject="Grüße, Amira")
    Email.objects.filter(pk=email.pk).update(reply_to="leeds@example.org")
    actions.deliver(email.pk)
    message = message_from_bytes(sink.accepted[0].data, policy=policy.default)
    assert (message["Subject"], message["To"], message["Reply-To"]) == (
        "Grüße, Amira",
        "amira@example.org",
        "leeds@example.org",
    )
    assert message["Message-ID"].startswith(f"<outbox-{email.pk}@")
    email.refresh_from_db()
    assert (email.state, email.attempts) == (State.SENT, 1)


@pytest.mark.django_db
def test_delivered_twice_is_sent_once(sink):
    email = write()
    actions.deliver(email.pk)
    assert actions.deliver(email.pk) is None
    assert len(sink.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_delivered_by_two_workers_at_once_is_sent_once(sink):
    email = write()
    race(lambda: actions.deliver(email.pk), lambda: actions.deliver(email.pk), after='UPDATE "post_email"')
    assert len(sink.accepted) == 1


@pytest.mark.django_db
def test_relay_that_is_away_puts_it_back_and_keeps_the_words(settings):
    with Sink() as gone:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = gone.port
    email = write()
    actions.deliver(email.pk)
    email.refresh_from_db()
    assert (email.state, email.attempts) == (State.QUEUED, 1)
    assert "refused" in email.error.lower()
    assert email.not_before > timezone.now()
    assert actions.deliver(email.pk) is None, "not due yet"


@pytest.mark.django_db
def test_relay_that_refuses_for_ever_ends_as_failed(sink):
    sink.misbehave({"faults": [{"at": "rcpt", "reply": "550 5.1.1 nobody here"}]})
    email = write()
    for _ in range(GIVE_UP_AFTER):
        Email.objects.filter(pk=email.pk).update(not_before=timezone.now())
        actions.deliver(email.pk)
    email.refresh_from_db()
    assert (email.state, sink.accepted) == (State.FAILED, [])


@pytest.mark.django_db
def test_overdue_has_no_upper_age_and_stuck_is_for_a_human():
    now = timezone.now()
    ancient, stuck = write(), write()
    Email.objects.filter(pk=ancient.pk).update(not_before=now - timedelta(days=400))
    Email.objects.filter(pk=stuck.pk).update(state=State.SENDING, claimed_at=now - timedelta(minutes=11))
    assert list(Email.objects.overdue(now)) == [ancient]
    assert list(Email.objects.stuck(now)) == [stuck]


@pytest.mark.django_db
def test_address_that_would_be_a_header_fails_and_reaches_no_relay(sink):
    email = write(to="a@example.org\nBcc: b@example.org")
    actions.deliver(email.pk)
    email.refresh_from_db()
    assert (email.state, sink.accepted) == (State.FAILED, [])


@pytest.mark.django_db
def test_human_sends_again_what_failed_or_got_stuck_and_nothing_else(staff):
    now = timezone.now()
    failed, stuck, working, sent = write(), write(), write(), write()
    Email.objects.filter(pk=failed.pk).update(state=State.FAILED)
    Email.objects.filter(pk=stuck.pk).update(state=State.SENDING, claimed_at=now - timedelta(minutes=11))
    Email.objects.filter(pk=working.pk).update(state=State.SENDING, claimed_at=now)
    Email.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=now)
    assert [actions.send_again(email, by=staff) for email in (failed, stuck, working, sent)] == [
        True,
        True,
        False,
        False,
    ]
    assert set(Email.objects.filter(state=State.QUEUED)) == {failed, stuck}


@pytest.mark.django_db
def test_letters_sent_a_month_ago_are_forgotten_and_others_kept():
    now = timezone.now()
    old, lately, failed = write(), write(), write()
    Email.objects.filter(pk=old.pk).update(state=State.SENT, sent_at=now - timedelta(days=30, minutes=1))
    Email.objects.filter(pk=lately.pk).update(state=State.SENT, sent_at=now - timedelta(days=29))
    Email.objects.filter(pk=failed.pk).update(state=State.FAILED, created_at=now - timedelta(days=90))
    tasks.forget_sent()
    assert set(Email.objects.all()) == {lately, failed}

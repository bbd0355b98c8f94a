"""Queue one email with the change that causes it; hand it to the relay after that change is saved."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from sanctuary.audit.actions import record
from sanctuary.post.models import GIVE_UP_AFTER, Email

logger = logging.getLogger(__name__)

SPARING_AT_MOST = 3
SPARING_WITHIN = timedelta(days=1)


def queue(template: str, *, to: str, context: Mapping, reply_to: str = "") -> Email:
    """Save an email made from `templates/emails/<template>.{subject.txt,txt,html}` in the caller's transaction."""
    context = {"public_url": settings.PUBLIC_URL, **context}
    subject = " ".join(render_to_string(f"emails/{template}.subject.txt", context).split())
    text = render_to_string(f"emails/{template}.txt", context)
    html = render_to_string(f"emails/{template}.html", context)
    return _save(to=to, subject=subject, text=text, html=html, reply_to=reply_to, kind=template)


@transaction.atomic
def queue_sparingly(template: str, *, to: str, context: Mapping) -> Email | None:
    """As `queue`, for mail that a stranger can cause: at most three of a kind a day to one address, else None.

    A kind is the first part of the template's name, so that `pledges/confirm` and `pledges/already` count together.
    """
    kind = template.partition("/")[0] + "/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"post.queue_sparingly:{to}"])
    since = timezone.now() - SPARING_WITHIN
    if Email.objects.filter(to=to, kind__startswith=kind, created_at__gte=since).count() >= SPARING_AT_MOST:
        return None
    return queue(template, to=to, context=context)


def forget_address(address: str) -> int:
    """Nothing more is sent to this address from the outbox, and nothing kept of what was. Returns how many went."""
    return Email.objects.filter(to__iexact=address).delete()[0]


def queue_text(*, to: str, subject: str, text: str, kind: str) -> Email:
    """Save a plain-text email, such as a sign-in code."""
    return _save(to=to, subject=subject, text=text, kind=kind)


def _save(**fields) -> Email:
    with transaction.atomic():
        email = Email.objects.create(**fields)
        transaction.on_commit(lambda: _ring(email.pk), robust=True)
    return email


def _ring(pk: int) -> None:
    # By name: an action may set an email in motion, but knows no task. If the broker is away the sweeper rings later.
    current_app.send_task("sanctuary.post.tasks.deliver_email", args=[pk], queue="mail.transactional")


def deliver(pk: int) -> Email | None:
    """Claim one email and hand it to the relay. None when somebody else has it or it is not due.

    A refusal or a relay that is away puts it back with a longer wait each time; after the last it is marked failed.
    """
    email = Email.objects.claim(pk, timezone.now())
    if email is None:
        return None
    try:
        _message(email).send()
    except OSError as error:
        return _put_back(email, str(error))
    except ValueError as error:
        return _give_up(email, f"It could not be written: {error}")
    email.state, email.sent_at, email.error = Email.State.SENT, timezone.now(), ""
    email.attempts += 1
    email.save(update_fields=["state", "sent_at", "error", "attempts"])
    return email


@transaction.atomic
def send_again(email: Email, *, by) -> bool:
    """A human decides about an email that failed, or whose worker died while sending. False when it needs nothing."""
    now = timezone.now()
    open_cases = Email.objects.filter(state=Email.State.FAILED) | Email.objects.stuck(now)
    found = open_cases.filter(pk=email.pk).update(state=Email.State.QUEUED, attempts=0, not_before=now)
    if found:
        record("post.send_again", email, by=by)
        transaction.on_commit(lambda: _ring(email.pk), robust=True)
    return bool(found)


def _message(email: Email) -> EmailMultiAlternatives:
    reply_to = [email.reply_to] if email.reply_to else None
    headers = {"Message-ID": f"<outbox-{email.pk}@{_domain()}>", **email.headers}
    message = EmailMultiAlternatives(email.subject, email.text, to=[email.to], reply_to=reply_to, headers=headers)
    if email.html:
        message.attach_alternative(email.html, "text/html")
    return message


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")


def _put_back(email: Email, words: str) -> Email:
    email.attempts += 1
    if email.attempts >= GIVE_UP_AFTER:
        return _give_up(email, words)
    email.error, email.state = words[:500], Email.State.QUEUED
    email.not_before = timezone.now() + timedelta(seconds=15 * 2**email.attempts)
    email.save(update_fields=["attempts", "error", "state", "not_before"])
    logger.warning("Email %s was not accepted (attempt %s): %s", email.pk, email.attempts, words)
    return email


def _give_up(email: Email, words: str) -> Email:
    email.error, email.state = words[:500], Email.State.FAILED
    email.save(update_fields=["attempts", "error", "state"])
    logger.error("Email %s failed: %s", email.pk, words)
    return email

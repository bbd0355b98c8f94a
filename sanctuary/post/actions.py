"""Queue one email with the change that causes it; hand it to the relay after that change is saved."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from sanctuary.audit.actions import record
from sanctuary.people.actions import suppress
from sanctuary.people.address import InvalidAddress, canon
from sanctuary.people.models import Suppression
from sanctuary.post import returns
from sanctuary.post.models import GIVE_UP_AFTER, Email, Incoming
from sanctuary.post.signals import copy_returned

logger = logging.getLogger(__name__)

SPARING_AT_MOST = 3
SPARING_WITHIN = timedelta(days=1)
KEEP_ASIDE = timedelta(days=30)
READ_AT_ONCE = 2000


def queue(template: str, *, to: str, context: Mapping, reply_to: str = "", asks: bool = False) -> Email:
    """Save an email made from `templates/emails/<template>.{subject.txt,txt,html}` in the caller's transaction."""
    context = {"public_url": settings.PUBLIC_URL, **context}
    subject = " ".join(render_to_string(f"emails/{template}.subject.txt", context).split())
    text = render_to_string(f"emails/{template}.txt", context)
    html = render_to_string(f"emails/{template}.html", context)
    return _save(to=to, subject=subject, text=text, html=html, reply_to=reply_to, kind=template, asks=asks)


@transaction.atomic
def queue_sparingly(template: str, *, to: str, context: Mapping, asks: bool = True) -> Email | None:
    """As `queue`, for mail that a stranger can cause by typing an address: at most three a day, else None.

    Letters that ask a mailbox whether it was they (`asks`) count together, whichever room they come from. Those to
    people we know count by room (the first part of `template`): a flood of questions must not keep them from their own.
    """
    if _had_enough(to, asks=asks, room=template.partition("/")[0]):
        return None
    return queue(template, to=to, context=context, asks=asks)


def _had_enough(to: str, *, asks: bool, room: str = "") -> bool:
    """Until the transaction ends, nobody else counts the letters of this address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"post.queue_sparingly:{to}"])
    lately = Email.objects.filter(to=to, asks=asks, created_at__gte=timezone.now() - SPARING_WITHIN)
    return (lately if asks else lately.filter(kind__startswith=f"{room}/")).count() >= SPARING_AT_MOST


def forget_address(address: str) -> int:
    """Nothing more is sent to this address from the outbox, and nothing kept of what was. Returns how many went."""
    return Email.objects.filter(to__iexact=address).delete()[0]


def forget_replies(addresses: Iterable[str], *, kind: str) -> int:
    """Letters of one kind whose answers go to these addresses, because their owners wrote them. Returns how many."""
    return Email.objects.filter(kind=kind, reply_to__in=list(addresses)).delete()[0]


@transaction.atomic
def queue_text(*, to: str, subject: str, text: str, kind: str, reply_to: str = "", asks: bool = False) -> Email | None:
    """Save a plain-text email, such as a sign-in code. One that `asks` counts as in `queue_sparingly`."""
    if asks and _had_enough(to, asks=True):
        return None
    return _save(to=to, subject=subject, text=text, kind=kind, reply_to=reply_to, asks=asks)


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
    came_to_nothing = Email.objects.filter(state__in=[Email.State.FAILED, Email.State.RETURNED])
    open_cases = came_to_nothing | Email.objects.stuck(now)
    found = open_cases.filter(pk=email.pk).update(state=Email.State.QUEUED, attempts=0, not_before=now)
    if found:
        record("post.send_again", email, by=by)
        transaction.on_commit(lambda: _ring(email.pk), robust=True)
    return bool(found)


def _message(email: Email) -> EmailMultiAlternatives:
    reply_to = [email.reply_to] if email.reply_to else None
    name = f"outbox-{email.pk}"
    # Django takes the envelope's sender from `from_email`, and a From among the headers for the reader.
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": f"<{name}@{_domain()}>",
        **returns.name_headers(settings.MAIL_PROVIDER, name),
        **email.headers,
    }
    message = EmailMultiAlternatives(
        email.subject, email.text, returns.letter_path(email.pk), [email.to], reply_to=reply_to, headers=headers
    )
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


@transaction.atomic
def take_message(raw: bytes, *, recipient: str = "") -> str:
    """Read a message that came to a return address, act on it and count it, once. Returns its kind, a `returns.Kind`.

    `recipient` is the address on its envelope, where the mail server says so.
    """
    report = returns.read_message(raw, recipient)
    now, known = timezone.now(), bool(report.about or report.link)
    digest = hashlib.blake2b(raw[: returns.MAX_BYTES], digest_size=16).digest()
    seen = {"kind": report.kind, "is_known": known, "at": now}
    _, is_new = Incoming.objects.get_or_create(digest=digest, defaults=seen)
    if is_new and report.kind in _MATTERS:
        if isinstance(report.about, returns.Letter):
            _take_back(report.about.pk, report.kind, report.status)
        elif known:
            copy_returned.send(
                sender=Incoming, kind=report.kind, status=report.status, at=now, about=report.about, link=report.link
            )
    return report.kind


@transaction.atomic
def take_event(told: returns.Told) -> None:
    """A mail provider says what became of one message. It counts only if that message went to that address."""
    try:
        address = canon(told.address)
    except InvalidAddress:
        return
    now = timezone.now()
    if isinstance(told.about, returns.Letter):
        _take_back(told.about.pk, told.kind, told.status, address=address)
        return
    copy_returned.send(
        sender=Email,
        kind=told.kind,
        status=told.status,
        at=min(told.at or now, now),
        about=told.about,
        address=address,
        event_id=told.event_id,
    )


_MATTERS = {returns.Kind.HARD, returns.Kind.SOFT, returns.Kind.BLOCKED, returns.Kind.COMPLAINT}
_GONE_OUT = [Email.State.SENT, Email.State.SENDING]


def _take_back(pk: int, kind: str, status: str, address: str = "") -> None:
    """A letter came back. Whoever did not ask for it may ask for emails another day, so nothing here is for ever."""
    email = Email.objects.select_for_update().filter(pk=pk, state__in=_GONE_OUT).first()
    words = f"Came back: {Incoming.Kind(kind).label.lower()} {status}".strip()
    if email is None or email.error == words or (address and email.to.lower() != address):
        return
    email.error = words
    if kind != returns.Kind.COMPLAINT:
        email.state, email.sent_at = Email.State.RETURNED, email.sent_at or timezone.now()
    email.save(update_fields=["state", "sent_at", "error"])
    reasons = {
        returns.Kind.HARD: Suppression.Reason.HARD_BOUNCED,
        returns.Kind.COMPLAINT: Suppression.Reason.UNSUBSCRIBED,
    }
    if kind in reasons:
        suppress(email.to, reason=reasons[kind])


def forget_incoming() -> int:
    """Thirteen months later nobody asks how many messages came back in a week. Returns how many rows went."""
    return Incoming.objects.old(timezone.now()).delete()[0]


def read_maildir(maildir: Path) -> int:
    """Read the messages of a maildir, up to 2,000, and remove each once what it says is saved. Returns how many.

    One that nobody can read is put aside for a person to look at; one that cannot be taken now stays for the next time.
    """
    read = 0
    for path, raw in islice(returns.waiting_in(maildir), READ_AT_ONCE):
        try:
            kind = take_message(raw)
        except Exception:
            logger.exception("A returned message could not be taken now")
            continue
        if kind == returns.Kind.UNCLEAR:
            returns.put_aside(path, maildir)
        path.unlink(missing_ok=True)
        read += 1
    returns.forget_aside(maildir, (timezone.now() - KEEP_ASIDE).timestamp())
    return read

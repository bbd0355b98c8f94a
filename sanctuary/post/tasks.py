from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from sanctuary.post import actions
from sanctuary.post.models import Email


@shared_task
def deliver_email(pk):
    actions.deliver(pk)


@shared_task
def sweep_outbox():
    """Ring again for emails that the broker forgot, however old they are."""
    for pk in Email.objects.overdue(timezone.now()).values_list("pk", flat=True).iterator():
        deliver_email.delay_on_commit(pk)


@shared_task
def forget_sent():
    """Delete letters sent a month ago."""
    Email.objects.spent(timezone.now()).delete()


@shared_task
def read_returns():
    """Read what a mail server left for us, where it leaves it in a maildir."""
    if settings.RETURNS_MAILDIR:
        actions.read_maildir(Path(settings.RETURNS_MAILDIR))


@shared_task
def forget_incoming():
    """Forget which kinds of messages came back more than thirteen months ago."""
    actions.forget_incoming()

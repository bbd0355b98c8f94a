from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaigns import actions
from campaigns.actions import reminding
from campaigns.models import LetterDraft, Mailing

# Seconds. A ring that nobody answers in this time is repeated by the next sweep, so it need not wait in the queue,
# and however long a mailing runs, no more rings wait than a few.
RING_EXPIRES = 10


@shared_task
def send_mailing(mailing_id):
    """Send for a quarter of a minute, then ring again, so that no task is ever long."""
    if actions.send_for(mailing_id):
        send_mailing.apply_async_on_commit(args=[mailing_id], expires=RING_EXPIRES)


@shared_task
def start_mailing(mailing_id):
    """A task of its own, so that one mailing that cannot start holds up no other."""
    wake_senders(actions.freeze_and_start(Mailing.objects.get(pk=mailing_id)))


@shared_task
def sweep_mailings():
    """Start what is due, recover what died, wake the senders. The database decides; the broker may forget all of it."""
    now = timezone.now()
    at_night = actions.quiet_until(now) is not None
    actions.recover_journals()
    while actions.doubt_expired_chunk():
        pass
    for mailing in Mailing.objects.due(now).awake(at_night=at_night):
        start_mailing.apply_async_on_commit(args=[mailing.pk], expires=RING_EXPIRES)
    for mailing in Mailing.objects.stopped_in_the_middle():
        while actions.cancel_chunk(mailing):
            pass
    for mailing in Mailing.objects.running():
        actions.finish_mailing(mailing)
    for mailing in Mailing.objects.running().awake(at_night=at_night).with_free_chunks(now):
        wake_senders(mailing)


@shared_task
def guard_mailings():
    """Look at what came back of everything that is being sent, and pause or let rest what should not go on."""
    for mailing in Mailing.objects.running():
        actions.guard_mailing(mailing)
        actions.rest_domains(mailing)


def wake_senders(mailing):
    """One ring for each slot that may send; a ring too many finds nothing to claim."""
    if mailing.state == Mailing.State.SENDING:
        for _ in range(settings.MAIL_SENDERS):
            send_mailing.apply_async_on_commit(args=[mailing.pk], expires=RING_EXPIRES)


@shared_task
def add_up_tallies():
    """So that the numbers on our pages stay quick to read."""
    actions.add_up_tallies()


@shared_task
def forget_unconfirmed():
    """Delete the names that nobody confirmed in time."""
    actions.forget_unconfirmed()


@shared_task
def forget_addresses():
    """Three months after a mailing its ledger needs no addresses."""
    actions.forget_addresses()


@shared_task
def forget_returned():
    """Thirteen months after an email came back only the number is kept."""
    actions.forget_returned()


@shared_task
def ask_for_replies():
    """People who wrote two weeks ago are asked, once, whether there was an answer."""
    actions.ask_for_replies()


@shared_task
def forget_old_replies():
    """After a year an answer is only where somebody stands."""
    actions.forget_old_replies()


@shared_task
def forget_what_is_over():
    """Campaigns that are closed, letters long sent and partners' leavers keep nothing that is not needed."""
    actions.forget_what_is_over()


@shared_task
def mind_letters():
    """Remind people of letters that wait, and delete those that waited for too long."""
    for draft in LetterDraft.objects.to_remind(timezone.now()):
        reminding.remind(draft)
    reminding.forget_letters()

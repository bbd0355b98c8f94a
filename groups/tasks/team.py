from celery import shared_task
from django.utils import timezone

from groups import actions


@shared_task
def mind_invitations():
    """Remind those who have not answered, and tell those who step down that nobody did."""
    now = timezone.now()
    actions.remind_invited(now)
    actions.tell_of_unheard(now)


@shared_task
def forget_old_letters():
    """Invitations that came to nothing, accounts that were opened for them, and messages from visitors."""
    now = timezone.now()
    actions.forget_invitations(now)
    actions.forget_accounts(now)
    actions.forget_messages(now)

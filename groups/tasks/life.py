from celery import shared_task
from django.utils import timezone

from groups import actions


@shared_task
def nudge_groups():
    today = timezone.localdate()
    actions.nudge_groups(today)
    actions.tell_regions(today)


@shared_task
def forget_enquiries():
    actions.forget_enquiries()

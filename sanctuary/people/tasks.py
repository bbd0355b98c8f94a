from celery import shared_task

from sanctuary.people import actions


@shared_task
def forget_merges():
    actions.forget_merges()

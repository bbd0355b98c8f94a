from celery import shared_task

from pledges import actions


@shared_task
def forget_unconfirmed():
    actions.forget_unconfirmed()

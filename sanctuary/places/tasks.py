from celery import shared_task

from sanctuary.places import actions


@shared_task
def refresh_members():
    actions.refresh_members()

from celery import shared_task

from groups import actions


@shared_task
def remind_booked():
    actions.remind_booked()


@shared_task
def forget_bookings():
    actions.forget_bookings()

"""The Celery application: the broker is a doorbell, the database is the truth."""

import gc
import logging
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, task_prerun, worker_init
from django.db import close_old_connections
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanctuary.settings")

app = Celery("sanctuary")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The clock. Seconds between rings; each only sweeps what the database says is due, so a lost ring costs a delay.
app.conf.beat_schedule = {
    "deliver waiting emails": {"task": "sanctuary.post.tasks.sweep_outbox", "schedule": 60},
    "start and wake mailings": {"task": "campaigns.tasks.sweep_mailings", "schedule": 5},
    "guard mailings": {"task": "campaigns.tasks.guard_mailings", "schedule": 5},
    "forget sent emails": {"task": "sanctuary.post.tasks.forget_sent", "schedule": 3600},
    "forget addresses of old mailings": {"task": "campaigns.tasks.forget_addresses", "schedule": 3600},
    "forget what undoing a merge needed": {"task": "sanctuary.people.tasks.forget_merges", "schedule": 3600},
    "forget unconfirmed pledges": {"task": "pledges.tasks.forget_unconfirmed", "schedule": 3600},
    # Not in the lane of confirmations, which a full maildir must not hold up.
    "read what came back": {
        "task": "sanctuary.post.tasks.read_returns",
        "schedule": 60,
        "options": {"queue": "default", "expires": 60},
    },
    "forget what came back": {"task": "sanctuary.post.tasks.forget_incoming", "schedule": 3600},
    "forget which emails came back": {"task": "campaigns.tasks.forget_returned", "schedule": 3600},
    "mind invitations to teams": {"task": "groups.tasks.team.mind_invitations", "schedule": 3600},
    "forget old letters of groups": {"task": "groups.tasks.team.forget_old_letters", "schedule": 3600},
    "go on with files of people": {"task": "groups.tasks.importing.sweep_imports", "schedule": 30},
    "forget files of people": {"task": "groups.tasks.importing.forget_imports", "schedule": 3600},
    "remind people who booked": {"task": "groups.tasks.booking.remind_booked", "schedule": 300},
    "forget who booked": {"task": "groups.tasks.booking.forget_bookings", "schedule": 3600},
    "mind stories": {"task": "groups.tasks.stories.mind_stories", "schedule": 3600},
    # By day, since it writes to people.
    "remind groups of what is due": {
        "task": "groups.tasks.life.nudge_groups",
        "schedule": crontab(minute=17, hour="9-17"),
    },
    "forget enquiries about groups": {"task": "groups.tasks.life.forget_enquiries", "schedule": 3600},
    # By day, since it writes to people.
    "ask whether letters were answered": {
        "task": "campaigns.tasks.ask_for_replies",
        "schedule": crontab(minute=23, hour="9-17"),
    },
    "forget what was written about answers": {"task": "campaigns.tasks.forget_old_replies", "schedule": 3600},
    "forget what is over": {"task": "campaigns.tasks.forget_what_is_over", "schedule": crontab(minute=43, hour=3)},
    "add up how many acted": {"task": "campaigns.tasks.add_up_tallies", "schedule": 60},
    "ask who sits in Parliament": {
        "task": "sanctuary.places.tasks.refresh_members",
        "schedule": crontab(minute=23, hour=4),
    },
    "remind of letters, and forget them": {"task": "campaigns.tasks.mind_letters", "schedule": 300},
    "forget unconfirmed names": {"task": "campaigns.tasks.forget_unconfirmed", "schedule": 3600},
}


@worker_init.connect
def read_once_for_all_children(**kwargs):
    """Before the worker forks: the addresses of our pages, which every letter needs, and all that they import.

    Each child would spend a second and 50 MB on it. What is here now stays, so nobody need look whether it is garbage.
    """
    reverse("people:choices_help")
    gc.collect()
    gc.freeze()


@task_prerun.connect
def drop_broken_connections(**kwargs):
    """Connections are kept from task to task; one that the database cut must not fail every task after it."""
    close_old_connections()


@setup_logging.connect
def keep_our_logging(loglevel, **kwargs):
    """Celery would put handlers of its own in the place of ours, and theirs mask no address."""
    logging.getLogger().setLevel(loglevel)

from celery import shared_task
from django.utils import timezone

from groups import actions
from groups.models import Story


@shared_task
def mind_stories():
    """Ask tellers whose consent ends soon, and delete what was taken back or ended a month ago."""
    for story in Story.objects.ending_soon(timezone.localdate()):
        actions.remind_teller(story)
    actions.forget_stories()

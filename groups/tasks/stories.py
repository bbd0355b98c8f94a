from celery import shared_task
from django.utils import timezone

from groups import actions
from groups.models import Story


@shared_task
def mind_stories():
    """Delete what was taken back or ended a month ago, and ask tellers whose consent ends soon."""
    actions.forget_stories()
    for story in Story.objects.ending_soon(timezone.localdate()):
        actions.remind_teller(story)

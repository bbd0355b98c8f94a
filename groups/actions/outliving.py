"""What happens to stories by the clock, and when their teller asks to be forgotten."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from groups.actions.storytelling import email_of, mine_url, withdraw_story
from groups.models import Story, StoryConsent, StoryTeller
from sanctuary.audit.actions import record
from sanctuary.people.address import mac
from sanctuary.post.actions import queue


@transaction.atomic
def remind_teller(story: Story) -> bool:
    """Three months before the website's consent ends, once: it ends by itself unless they say otherwise.

    False if somebody else has just done it, or it is not due any more.
    """
    today = timezone.localdate()
    due = Story.objects.ending_soon(today).select_for_update(of=("self",)).select_related("group", "teller")
    story = due.filter(pk=story.pk).first()
    if story is None:
        return False
    ends_on = story.consents.live(today).get(use=StoryConsent.Use.WEB).expires_on
    context = {"group": story.group, "url": mine_url(story), "day": date_format(ends_on, "j F Y")}
    queue("groups/story_ending", to=email_of(story, by="clock"), context=context)
    story.reminded_at = timezone.now()
    story.save(update_fields=["reminded_at"])
    return True


@transaction.atomic
def forget_stories() -> int:
    """Delete what was taken back or ended a month ago, and drafts that nobody finished. Returns how many."""
    now = timezone.now()
    gone = Story.objects.over(now) | Story.objects.forgotten_drafts(now)
    stories = list(gone.select_for_update(of=("self",)))
    for story in stories:
        record("groups.forget_story", story, by="clock")
        story.delete()
    return len(stories)


@transaction.atomic
def forget_tellers(addresses: Iterable[str]) -> None:
    """Somebody asked to be forgotten: the stories told from these addresses leave at once, and nothing is kept."""
    for teller in StoryTeller.objects.filter(email_mac__in=[mac(each) for each in addresses]).select_related("story"):
        withdraw_story(teller.story, by=teller.story)
        teller.story.delete()

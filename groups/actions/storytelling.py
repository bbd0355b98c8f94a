"""A story on its way: written, read by its teller, approved to the letter, checked by two people, and taken back."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.leaking import leaks_in
from groups.models import LocalGroup, Story, StoryConsent, StoryTeller
from groups.models.story import CONSENT_VERSION, CONSENTS, MOST_YEARS
from sanctuary.audit.actions import record
from sanctuary.people import links, tokens
from sanctuary.people.address import canon, mac
from sanctuary.people.models import Wording
from sanctuary.people.sealed import seal, unseal
from sanctuary.post.actions import queue

MINE = "story-mine"
YEAR = timedelta(days=365)
WORDS = ["title", "shown_as", "text", "content_note"]


@transaction.atomic
def begin_story(group: LocalGroup, *, name: str, email: str, by, **words) -> Story:
    """Write down what somebody told, with a way to ask them. Nobody but the group's coordinators reads it yet.

    Raises InvalidAddress.
    """
    story = Story.objects.create(group=group, author=by, changed_at=timezone.now(), **words)
    address = canon(email)
    StoryTeller.objects.create(story=story, sealed_name=seal(name), sealed_email=seal(address), email_mac=mac(address))
    _stamp(story)
    record("groups.begin_story", story, by=by)
    return story


@transaction.atomic
def edit_story(story: Story, *, by, seen: str, **words) -> Story:
    """New words. They void the teller's approval and both checks, so the story leaves the public at once.

    `seen` is the fingerprint of what the writer had before them. Raises ValidationError: "withdrawn" or "changed".
    """
    story = _locked(story)
    if story.content_hash != seen:
        meanwhile = "Somebody changed this story meanwhile. What you wrote is still here: compare, then save again."
        raise ValidationError(meanwhile, code="changed")
    for name in WORDS:
        setattr(story, name, words.get(name, getattr(story, name)))
    if story.fingerprint() == seen:
        return story
    story.changed_at = timezone.now()
    if not isinstance(by, Story):
        story.author = by
    story.save(update_fields=[*WORDS, "changed_at", "author"])
    _stamp(story)
    record("groups.edit_story", story, by=by)
    return story


def _stamp(story: Story) -> None:
    story.content_hash = story.fingerprint()
    story.save(update_fields=["content_hash"])


@transaction.atomic
def ask_teller(story: Story, *, by) -> Story:
    """Send the teller the link to their story. The letter says nothing of what it is about: a mailbox may be shared."""
    story = _locked(story)
    queue("groups/story_to_read", to=email_of(story, by=by), context={"group": story.group, "url": mine_url(story)})
    story.asked_at = timezone.now()
    story.save(update_fields=["asked_at"])
    record("groups.ask_teller", story, by=by)
    return story


def email_of(story: Story, *, by) -> str:
    """The teller's address, for a letter. Every reading of it is a line in the log."""
    record("groups.read_teller", story, by=by)
    return unseal(story.teller.sealed_email)


def mine_url(story: Story) -> str:
    """The teller's own page. It never expires: taking a story back must work years later."""
    return links.absolute("groups:story_mine", tokens.make(MINE, story.pk))


@transaction.atomic
def approve_story(story: Story, *, seen: str, uses, years: int) -> Story:
    """The teller agrees to this very text, for these uses, for one or two years. Uses left out end now.

    Raises ValidationError: "withdrawn", "changed", "no_use" or "too_long".
    """
    story = _locked(story)
    if story.content_hash != seen:
        raise ValidationError("The text has changed since you opened this page. Please read it again.", code="changed")
    if not set(uses) - {StoryConsent.Use.FACE}:
        raise ValidationError("Choose at least one place where your story may be shown.", code="no_use")
    if not 1 <= years <= MOST_YEARS:
        raise ValidationError("Choose one year or two.", code="too_long")
    now = timezone.now()
    story.consents.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    for use in sorted(set(uses)):
        _agree(story, use, timezone.localdate(now), years)
    story.approved_hash, story.approved_at, story.reminded_at = seen, now, None
    story.save(update_fields=["approved_hash", "approved_at", "reminded_at"])
    record("groups.approve_story", story, by=story, uses=sorted(set(uses)), years=years)
    return story


def _agree(story: Story, use: str, today, years: int) -> None:
    wording, _ = Wording.objects.get_or_create(
        slug=f"story-{use}", version=CONSENT_VERSION, defaults={"text": CONSENTS[use]}
    )
    StoryConsent.objects.create(
        story=story, use=use, wording=wording, granted_on=today, expires_on=today + years * YEAR
    )


@transaction.atomic
def withdraw_use(story: Story, use: str, *, by) -> None:
    """The teller takes back one use; from the next request on it ends. Harmless to repeat."""
    ended = story.consents.filter(use=use, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    if ended:
        record("groups.withdraw_story_use", story, by=by, use=use)


@transaction.atomic
def withdraw_story(story: Story, *, by) -> Story:
    """The whole story leaves at once, for good and without a reason. Harmless to repeat."""
    story = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if story.is_withdrawn:
        return story
    now = timezone.now()
    story.consents.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    story.withdrawn_at = now
    story.save(update_fields=["withdrawn_at"])
    record("groups.withdraw_story", story, by=by)
    return story


@transaction.atomic
def check_story(story: Story, *, by, seen: str) -> Story:
    """Somebody of the group, who did not write it, has read it for anything that could put a person in danger.

    Raises ValidationError: "withdrawn", "changed", "own_words", "not_approved" or "leak".
    """
    story = _locked(story)
    _must_be_fit(story, by, seen)
    story.checked_hash, story.checked_by = seen, by
    story.save(update_fields=["checked_hash", "checked_by"])
    record("groups.check_story", story, by=by)
    return story


@transaction.atomic
def publish_story(story: Story, *, by, seen: str) -> Story:
    """National staff open it to the public. Neither its author nor the one who checked it may.

    Raises ValidationError: as `check_story`, and "not_checked", "same_person" or "no_consent".
    """
    story = _locked(story)
    _must_be_fit(story, by, seen)
    if not story.is_checked:
        raise ValidationError("Somebody of the group must read it for dangers first.", code="not_checked")
    if story.checked_by_id == by.pk:
        raise ValidationError("You checked it. Somebody else must publish it.", code="same_person")
    today = timezone.localdate()
    if not story.consents.live(today).filter(use=StoryConsent.Use.WEB).exists():
        raise ValidationError("Its teller has not agreed to the website.", code="no_consent")
    story.published_hash, story.published_by = seen, by
    story.published_at = story.published_at or timezone.now()
    story.save(update_fields=["published_hash", "published_by", "published_at"])
    record("groups.publish_story", story, by=by)
    return story


@transaction.atomic
def unpublish_story(story: Story, *, by) -> Story:
    """Take it off the public pages. Harmless to repeat."""
    story = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if story.published_hash:
        story.published_hash = ""
        story.save(update_fields=["published_hash"])
        record("groups.unpublish_story", story, by=by)
    return story


def _must_be_fit(story: Story, by, seen: str) -> None:
    if story.content_hash != seen:
        raise ValidationError("The story has changed since you read it. Please read it again.", code="changed")
    if story.author_id == by.pk:
        raise ValidationError("You wrote it. Somebody else must read it.", code="own_words")
    if not story.is_approved:
        raise ValidationError("Its teller has not approved this text yet.", code="not_approved")
    found = [leak for leak in leaks_of(story) if leak.stops]
    if found:
        words = "; ".join(f"{leak.kind}: “{leak.found}”" for leak in found)
        raise ValidationError(f"This could tell who it is. Take it out first: {words}.", code="leak")


def leaks_of(story: Story):
    """What in its public words could tell who the teller is."""
    words = [story.title, story.shown_as, story.text, story.content_note]
    picture = getattr(story, "picture", None)
    words += [picture.words] if picture else []
    name, address = unseal(story.teller.sealed_name), unseal(story.teller.sealed_email)
    return leaks_in("\n".join(words), name=name, address=address)


def _locked(story: Story) -> Story:
    story = Story.objects.select_for_update(of=("self",)).select_related("group", "teller", "picture").get(pk=story.pk)
    if story.is_withdrawn:
        raise ValidationError("This story was taken back.", code="withdrawn")
    return story

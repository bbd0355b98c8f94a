"""A mailing before it is sent: written, tested, approved, scheduled. Any new word begins again at the test."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns.actions.checking import check_mailing
from campaigns.actions.composing import SOMEBODY, preview
from campaigns.actions.group_limits import leave_room
from campaigns.models import Audience, Campaign, Mailing
from campaigns.models.audience import Counts
from sanctuary.audit.actions import record
from sanctuary.people.models import Controller
from sanctuary.post.actions import queue

State = Mailing.State
WRITTEN = ["campaign", "controller", "purpose", "subject", "preheader", "body", "audience"]
WRITTEN += ["is_big_moment", "per_minute", "is_urgent"]
CHECKED = ["author", "tested_hash", "approved_by", "approved_at", "approved_hash"]


@transaction.atomic
def write_mailing(mailing: Mailing, *, by) -> Mailing:
    """Save what was written. New words or a new audience void the test and the approval, and make `by` the author.

    Raises ValidationError(code="not_draft") for a mailing that is scheduled or sent.
    """
    before = locked_draft(mailing) if mailing.pk else None
    if before is None:
        mailing.controller = Controller.objects.national()
    return save_words(before, mailing, by=by)


def locked_draft(mailing: Mailing) -> Mailing:
    """As it is stored now, and stays until the transaction ends. Raises ValidationError(code="not_draft")."""
    before = _locked(mailing)
    if not before.is_editable:
        raise ValidationError("This email is scheduled or sent. Take it back to change it.", code="not_draft")
    return before


def save_words(before: Mailing | None, mailing: Mailing, *, by) -> Mailing:
    """The new words in place of those `before`, if there were any. Within a transaction that holds the old ones."""
    if before is None:
        mailing.author = by
        mailing.save()
    elif _differs(before, mailing):
        mailing.author, mailing.tested_hash = by, ""
        mailing.approved_by, mailing.approved_at, mailing.approved_hash = None, None, ""
        mailing.save(update_fields=WRITTEN + CHECKED)
    else:
        mailing.save(update_fields=WRITTEN)
    record("campaigns.write_mailing", mailing, by=by)
    return mailing


@transaction.atomic
def send_test(mailing: Mailing, *, by) -> Mailing:
    """Email it to the person who asks, through the outbox. Raises ValidationError: "not_draft" or "problems"."""
    mailing = _locked(mailing)
    _must_be_draft(mailing)
    _no_problems(mailing)
    shown = preview(mailing, SOMEBODY._replace(address=by.email))
    queue("campaigns/test", to=by.email, context={"shown": shown})
    mailing.tested_hash = mailing.content_hash
    mailing.save(update_fields=["tested_hash"])
    record("campaigns.test_mailing", mailing, by=by)
    return mailing


@transaction.atomic
def approve_mailing(mailing: Mailing, *, by, seen: str) -> Mailing:
    """A second person has read it. `seen` is the content hash of what they read.

    Raises ValidationError: "not_draft", "own_mailing", "changed" or "problems".
    """
    mailing = _locked(mailing)
    _must_be_draft(mailing)
    if mailing.author_id == by.pk:
        raise ValidationError("You wrote this email. Somebody else must approve it.", code="own_mailing")
    _as_seen(mailing, seen)
    _no_problems(mailing)
    mailing.approved_by, mailing.approved_at = by, timezone.now()
    mailing.approved_hash = mailing.content_hash
    mailing.save(update_fields=["approved_by", "approved_at", "approved_hash"])
    record("campaigns.approve_mailing", mailing, by=by, content=mailing.approved_hash)
    return mailing


@transaction.atomic
def schedule_mailing(mailing: Mailing, *, by, seen: str, starts_at: datetime | None = None) -> Mailing:
    """Send it at `starts_at`, or as soon as the time for undoing is over. The clock freezes its audience then.

    Raises ValidationError: "already_scheduled", "campaign_not_live", "changed", "problems", "untested",
    "no_recipients" or "needs_approval"; of a group's own mail also "group_closed" or "too_many".
    """
    now = timezone.now()
    starts_at = max(starts_at or now, now + timedelta(minutes=settings.MAILING_UNDO_MINUTES))
    # The campaign first, as the verbs that rest or close it do: so it cannot end between our look and our word.
    campaign = Campaign.objects.select_for_update(of=("self",)).filter(pk=mailing.campaign_id).first()
    if mailing.group_id:
        leave_room(mailing, starts_at)
    mailing = _locked(mailing)
    if not mailing.is_editable:
        raise ValidationError("Somebody has already scheduled this email.", code="already_scheduled")
    _something_to_act_on(mailing, campaign)
    _as_seen(mailing, seen)
    _no_problems(mailing)
    counts = _ready_counts(mailing)
    mailing.state, mailing.starts_at, mailing.counts = State.SCHEDULED, starts_at, counts.as_dict()
    mailing.save(update_fields=["state", "starts_at", "counts"])
    record("campaigns.schedule_mailing", mailing, by=by, recipients=counts.recipients)
    return mailing


@transaction.atomic
def unschedule_mailing(mailing: Mailing, *, by) -> Mailing:
    """Undo: back to a draft, nobody has had it. Raises ValidationError(code="too_late") once sending has begun."""
    mailing = _locked(mailing)
    if mailing.state == State.DRAFT:
        return mailing
    if mailing.state != State.SCHEDULED:
        raise ValidationError("Sending has begun. You can pause or stop it.", code="too_late")
    mailing.state, mailing.starts_at, mailing.counts = State.DRAFT, None, {}
    mailing.save(update_fields=["state", "starts_at", "counts"])
    record("campaigns.unschedule_mailing", mailing, by=by)
    return mailing


def _locked(mailing: Mailing) -> Mailing:
    return Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)


def _differs(before: Mailing, after: Mailing) -> bool:
    return before.content_hash != after.content_hash or before.campaign_id != after.campaign_id


def _must_be_draft(mailing: Mailing) -> None:
    if not mailing.is_editable:
        raise ValidationError("This email is scheduled or sent.", code="not_draft")


def _something_to_act_on(mailing: Mailing, campaign: Campaign | None) -> None:
    if campaign is None and mailing.campaign_id is None:
        return
    if campaign is None or not campaign.is_live or campaign.pk != mailing.campaign_id:
        raise ValidationError("The campaign is not live, so there is nothing to act on yet.", code="campaign_not_live")


def _as_seen(mailing: Mailing, seen: str) -> None:
    if mailing.content_hash != seen:
        raise ValidationError("Somebody changed this email while you were reading. Look again.", code="changed")


def _no_problems(mailing: Mailing) -> None:
    if problems := check_mailing(mailing):
        raise ValidationError(problems[0].message, code="problems")


def _ready_counts(mailing: Mailing) -> Counts:
    """How many will get it, once everything that must come before has happened."""
    if not mailing.is_tested:
        raise ValidationError("Send a test to yourself first: nobody has since the last change.", code="untested")
    counts = Audience.of(mailing).count(mailing)
    if not counts.recipients:
        raise ValidationError("Nobody would get this email. Choose other people.", code="no_recipients")
    if counts.recipients > mailing.four_eyes_above and not mailing.is_approved:
        words = f"It goes to more than {mailing.four_eyes_above:,} people, so somebody else must approve it first."
        raise ValidationError(words, code="needs_approval")
    return counts

"""The way of a campaign: draft, approved, live, resting, closed. Each step is one verb and one line in the log."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns.actions.partnering import take_partners_words
from campaigns.models import Action, Campaign, Mailing
from sanctuary.audit.actions import record
from sanctuary.audit.models import Entry
from sanctuary.people import links
from sanctuary.post.actions import queue

State = Campaign.State
UNDER_WAY = [Mailing.State.SCHEDULED, Mailing.State.SENDING, Mailing.State.PAUSED]


@transaction.atomic
def note_campaign_edit(campaign: Campaign, *, by) -> None:
    """Somebody changed the words of a campaign: emails that show them must be tested and approved afresh."""
    campaign.mailings.filter(state=Mailing.State.DRAFT).update(
        tested_hash="", approved_hash="", approved_by=None, approved_at=None
    )
    record("campaigns.edit_campaign", campaign, by=by)


@transaction.atomic
def approve_campaign(campaign: Campaign, *, by, purpose_note: str) -> Campaign:
    """A second person takes responsibility for the ask and says how it furthers the charity's purposes.

    Raises ValidationError: "wrong_state", "own_campaign", "own_words", "no_note", "no_action",
    "no_letter", "no_partner_words" or "partner_off".
    """
    campaign = _locked(campaign)
    if campaign.state == State.APPROVED and campaign.approved_by_id == by.pk:
        return campaign
    _must_be(campaign, State.DRAFT)
    _must_be_second_person(campaign, by)
    if not purpose_note.strip():
        raise ValidationError("Say how this campaign furthers the charity’s purposes.", code="no_note")
    if not campaign.actions.exists():
        raise ValidationError("Write the words that people will put their name to first.", code="no_action")
    if campaign.actions.filter(kind=Action.Kind.WRITE, letter_ask=None).exists():
        raise ValidationError("Write the question that the letter asks first.", code="no_letter")
    take_partners_words(campaign)
    campaign.approved_by, campaign.approved_at = by, timezone.now()
    campaign.purpose_note = purpose_note.strip()
    return _move(campaign, State.APPROVED, by, fields=["approved_by", "approved_at", "purpose_note"])


@transaction.atomic
def return_to_draft(campaign: Campaign, *, by) -> Campaign:
    """Open an approved campaign for changes. The approval is void."""
    campaign = _locked(campaign)
    if campaign.state == State.DRAFT:
        return campaign
    _must_be(campaign, State.APPROVED)
    campaign.approved_by = campaign.approved_at = None
    return _move(campaign, State.DRAFT, by, fields=["approved_by", "approved_at"])


@transaction.atomic
def make_live(campaign: Campaign, *, by) -> Campaign:
    """Show it to the public, for the first time or again after a rest."""
    campaign = _locked(campaign)
    if campaign.state == State.LIVE:
        return campaign
    _must_be(campaign, State.APPROVED, State.RESTING)
    return _move(campaign, State.LIVE, by)


@transaction.atomic
def rest_campaign(campaign: Campaign, *, by) -> Campaign:
    """Nobody can act for now; the page stays. Refused while one of its emails is on its way ("emails_under_way")."""
    campaign = _locked(campaign)
    if campaign.state == State.RESTING:
        return campaign
    _must_be(campaign, State.LIVE)
    _no_emails_under_way(campaign)
    _take_back_group_emails(campaign, by)
    return _move(campaign, State.RESTING, by)


@transaction.atomic
def close_campaign(campaign: Campaign, *, by) -> Campaign:
    """It is over, for good. Its page tells what came of it."""
    campaign = _locked(campaign)
    if campaign.state == State.CLOSED:
        return campaign
    _must_be(campaign, State.LIVE, State.RESTING)
    _no_emails_under_way(campaign)
    _take_back_group_emails(campaign, by)
    return _move(campaign, State.CLOSED, by)


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


def _must_be(campaign: Campaign, *states: str) -> None:
    if campaign.state not in states:
        words = f"This campaign is {campaign.get_state_display().lower()} now, so that step is not possible."
        raise ValidationError(words, code="wrong_state")


def _must_be_second_person(campaign: Campaign, by) -> None:
    if campaign.owner_id == by.pk:
        raise ValidationError("You own this campaign. Somebody else must approve it.", code="own_campaign")
    edits = Entry.objects.about(campaign).filter(verb="campaigns.edit_campaign")
    last = edits.order_by("-pk").values_list("actor", flat=True).first()
    if last == f"user:{by.pk}":
        raise ValidationError("You made the last change. Somebody else must approve it.", code="own_words")


def _no_emails_under_way(campaign: Campaign) -> None:
    if campaign.mailings.national().filter(state__in=UNDER_WAY).exists():
        words = "An email of this campaign is scheduled or being sent. Stop it or let it finish first."
        raise ValidationError(words, code="emails_under_way")


def _take_back_group_emails(campaign: Campaign, by) -> None:
    """What groups were going to pass on later makes no sense any more. Its writer is told, and has it as a draft."""
    scheduled = campaign.mailings.exclude(group=None).filter(state=Mailing.State.SCHEDULED)
    for mailing in scheduled.select_for_update(of=("self",)).select_related("group", "author").order_by("pk"):
        mailing.state, mailing.starts_at, mailing.counts = Mailing.State.DRAFT, None, {}
        mailing.save(update_fields=["state", "starts_at", "counts"])
        record("campaigns.unschedule_mailing", mailing, by=by)
        url = links.absolute("campaigns:group_mail_one", mailing.group.slug, mailing.pk)
        queue("campaigns/taken_back", to=mailing.author.email, context={"mailing": mailing, "url": url})


def _move(campaign: Campaign, state: str, by, fields=()) -> Campaign:
    before, campaign.state = campaign.state, state
    campaign.save(update_fields=["state", *fields])
    record(f"campaigns.{state}", campaign, by=by, before=before)
    return campaign

"""Partners and coalitions as staff write them."""

from django.db import transaction

from campaigns.actions.campaigning import note_campaign_edit, return_to_draft
from campaigns.models import Campaign, Coalition, Partner
from campaigns.models.campaign import CampaignQuerySet
from sanctuary.audit.actions import record
from sanctuary.people.models import Controller, Wording

State = Campaign.State


@transaction.atomic
def save_partner(partner: Partner, *, question: str, by, told: bool = True) -> Partner:
    """Keep what was written of a partner. New words of its question are a new version, and nobody's yes changes.

    `told`: whether anything changed that an approver looked at. Then an approved campaign is a draft again, and a draft
    counts as edited. One that is live goes on with the words that were approved.
    """
    if not partner.controller_id:
        partner.controller = Controller.objects.create(kind=Controller.Kind.PARTNER, name=partner.name)
    elif partner.controller.name != partner.name:
        partner.controller.name = partner.name
        partner.controller.save(update_fields=["name"])
    partner.save()
    if question.strip() != partner.question:
        partner.wording = _new_version(partner, question.strip())
        partner.save(update_fields=["wording"])
    record("campaigns.save_partner", partner, by=by)
    if told:
        _open_again(Campaign.objects.filter(partners__partner=partner), by)
    return partner


@transaction.atomic
def save_coalition(coalition: Coalition, *, by) -> Coalition:
    """Its name stands on the pages of its campaigns: whoever approved one of them looks again."""
    coalition.save()
    record("campaigns.save_coalition", coalition, by=by)
    _open_again(Campaign.objects.filter(coalition=coalition), by)
    return coalition


def _new_version(partner: Partner, question: str) -> Wording | None:
    """The words before this stay as they were: people agreed to them."""
    if not question:
        return None
    versions = Wording.objects.select_for_update().filter(slug=partner.words_slug)
    last = max((each.version for each in versions), default=0)
    return Wording.objects.create(slug=partner.words_slug, version=last + 1, text=question)


def _open_again(theirs: CampaignQuerySet, by) -> None:
    """Who approved them saw other words."""
    for campaign in theirs.filter(state=State.APPROVED).order_by("pk"):
        return_to_draft(campaign, by=by)
    for campaign in theirs.filter(state=State.DRAFT).order_by("pk"):
        note_campaign_edit(campaign, by=by)

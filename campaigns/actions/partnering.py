"""A person's yes to a partner of ours: ticked on a form, written down when confirmed, ended by them at any time.

An empty box writes nothing. It is no answer to a question, for nobody has to answer it; and a "no" by default would end
a yes that the same person gave on another campaign.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from campaigns.models import ActionTaken, Campaign, CampaignPartner, PartnerTick, PartnerYes
from campaigns.models.partner_yes import PURPOSE
from sanctuary.people.actions import grant, hand_back, hand_over
from sanctuary.people.models import CurrentPermission, Merge, Supporter


@transaction.atomic
def take_partners_words(campaign: Campaign) -> None:
    """What the approver read of each partner is what people will be shown.

    Raises ValidationError: "no_partner_words" when one is to ask people and has no question, or "partner_off".
    """
    for link in campaign.partners.select_for_update(of=("self",)).select_related("partner__wording"):
        if not link.partner.is_active:
            raise ValidationError(f"{link.partner} is switched off. Take it out, or switch it on.", code="partner_off")
        if link.shows_consent and link.partner.wording is None:
            words = f"{link.partner} is to ask people itself, but its question is not written yet."
            raise ValidationError(words, code="no_partner_words")
        link.wording, link.with_postcode = link.partner.wording, link.partner.with_postcode
        link.save(update_fields=["wording", "with_postcode"])


@transaction.atomic
def keep_ticks(taken: ActionTaken, ticked: Iterable[CampaignPartner]) -> None:
    """Which boxes were ticked, and in which words, until the mailbox answers. A box of another campaign is none."""
    PartnerTick.objects.bulk_create(
        [
            PartnerTick(taken=taken, link=link, wording=link.wording, with_postcode=link.with_postcode)
            for link in ticked
            if link.campaign_id == taken.action.campaign_id and link.shows_consent and link.wording_id
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def write_partner_yeses(taken: ActionTaken, supporter: Supporter) -> None:
    """The mailbox answered: what was ticked goes into the ledger, in the words that were shown. Harmless to repeat."""
    ticks = taken.partner_ticks.select_related("link__partner__controller", "wording").order_by("pk")
    for tick in ticks:
        if tick.link.partner.is_active:
            _say_yes(supporter, tick, f"action:{taken.action_id}")
    ticks.delete()


def _say_yes(supporter: Supporter, tick: PartnerTick, source: str) -> None:
    controller = tick.link.partner.controller
    _end_what_is_over(supporter, controller)
    grant(supporter, controllers=[controller], purposes=[PURPOSE], wording=tick.wording, source=source)
    PartnerYes.objects.get_or_create(
        link=tick.link,
        supporter=supporter,
        ended_at=None,
        defaults={"wording": tick.wording, "with_postcode": tick.with_postcode, "source": source},
    )


def _end_what_is_over(supporter: Supporter, controller) -> None:
    """A new yes is for this campaign alone: what they took back before, on others, stays taken back."""
    rows = CurrentPermission.objects.filter(
        supporter=supporter, controller=controller, purpose=PURPOSE, channel="email"
    )
    # Locked, so that nobody takes it back between our look and our word.
    current = rows.select_for_update(of=("self",)).first()
    if current is None or not current.is_live:
        before = PartnerYes.objects.standing().filter(supporter=supporter, link__partner__controller=controller)
        before.update(ended_at=timezone.now())


@transaction.atomic
def forget_partner_yeses(supporter: Supporter) -> None:
    """The person goes. Of what a partner has had, the bare reference stays, so that it is told which row to delete."""
    theirs = PartnerYes.objects.filter(supporter=supporter)
    theirs.filter(passed_at=None).delete()
    theirs.update(supporter=None, ended_at=Coalesce("ended_at", Value(timezone.now())))


@transaction.atomic
def move_partner_yeses(kept: Supporter, gone: Supporter) -> list[int]:
    """Two entries become one. A yes moves only within the same mailbox, and only where the ledger still says yes."""
    if not kept.email or bytes(kept.email_mac) != bytes(gone.email_mac):
        return []
    live = CurrentPermission.objects.live().filter(supporter=kept, purpose=PURPOSE).values("controller")
    have = PartnerYes.objects.standing().filter(supporter=kept).values("link")
    theirs = PartnerYes.objects.standing().filter(supporter=gone, link__partner__controller__in=live)
    return hand_over(theirs.exclude(link__in=have), to=kept)


@transaction.atomic
def move_partner_yeses_back(kept: Supporter, gone: Supporter, moved: list[int]) -> None:
    """As it was; what has ended since stays ended."""
    hand_back(PartnerYes.objects.filter(pk__in=moved, supporter=kept), to=gone)


def partners_told_about(supporter: Supporter) -> dict[str, list[dict[str, str]]]:
    """Whom a person let us tell about them, for the person to read."""
    them = {supporter.pk, *Merge.objects.gone_into(supporter.pk)}
    theirs = PartnerYes.objects.filter(supporter__in=them).order_by("given_at", "pk")
    live = set(theirs.live().values_list("pk", flat=True))
    rows = theirs.select_related("link__partner", "link__campaign", "wording")
    told = [
        {
            "Organisation": yes.link.partner.name,
            "Campaign": yes.link.campaign.ask,
            "You said yes": _day(yes.given_at),
            "The words you saw": yes.wording.text,
            "We told them last": _day(yes.passed_at) if yes.passed_at else "Not yet",
            "Now": "You let us tell them" if yes.pk in live else "We do not tell them any more",
            "Their questions go to": yes.link.partner.contact_email or yes.link.partner.website,
        }
        for yes in rows
    ]
    return {"Partners you let us tell about you": told} if told else {}


def _day(moment) -> str:
    return date_format(timezone.localtime(moment), "j F Y")

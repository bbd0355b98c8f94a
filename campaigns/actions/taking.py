"""A person's act: asked for on the page, confirmed from their mailbox, counted once."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from campaigns.actions.attending import came_as
from campaigns.actions.partnering import keep_ticks, write_partner_yeses
from campaigns.actions.sharing import credit_sharer, give_share_code, new_share_code, sharer_of
from campaigns.actions.showing import SHOWING, settle_name
from campaigns.actions.sourcing import find_source, source_of_mail
from campaigns.models import Action, ActionTaken, Campaign, Delivery, Mailing
from campaigns.models.action import EMAIL_QUESTION, EMAIL_QUESTION_SLUG, EMAIL_QUESTION_VERSION
from sanctuary.audit.actions import record
from sanctuary.people import links, tokens
from sanctuary.people.actions import decline, find_or_create_supporter, grant, lift_suppression, lock_address
from sanctuary.people.address import canon
from sanctuary.people.models import Controller, Permission, Supporter, Wording
from sanctuary.post.actions import queue_sparingly

CONFIRM = "act-confirm"
WISHES_A_DAY = 3
DETAILS = ["name", "email", "postcode", "contact_name", "job_role"]


@transaction.atomic
def start_act(
    action: Action, *, email: str, postcode: str = "", from_code: str = "", with_code: str = "", ticked=(), **told
) -> ActionTaken:
    """Keep somebody's wish to act until it is confirmed from the mailbox, and send the link that confirms it.

    `told` are fields of ActionTaken: name, wants_email, shown, and for an organisation kind and the rest. `ticked` are
    the partners whose own box was ticked.

    One address has at most three such wishes a day, after which its newest is returned, and gets at most three
    letters a day that ask it anything; beyond that nothing is sent.
    Raises ValidationError(code="not_live").
    """
    if not action.campaign.is_live:
        raise ValidationError("This campaign is not taking names at the moment.", code="not_live")
    address, now = canon(email), timezone.now()
    lock_address(address)
    lately = ActionTaken.objects.filter(email=address, created_at__gt=now - timedelta(days=1)).order_by("-pk")
    if lately.count() >= WISHES_A_DAY:
        return lately.first()
    taken = ActionTaken.objects.create(
        action=action,
        permission_wording=_wording(),
        email=address,
        postcode=str(postcode or ""),
        source=find_source(action.campaign, from_code),
        via=sharer_of(action, with_code, address=address),
        created_at=now,
        **told,
    )
    keep_ticks(taken, ticked)
    link = links.absolute("campaigns:confirm", tokens.make(CONFIRM, taken.pk))
    letter = "campaigns/letter_confirm" if action.kind == Action.Kind.WRITE else "campaigns/confirm"
    queue_sparingly(letter, to=address, context={"campaign": action.campaign, "link": link})
    return taken


@transaction.atomic
def confirm_action(taken: ActionTaken, *, shown: str = "") -> ActionTaken:
    """The mailbox answered: find or make the supporter, write down what they said about emails, and count them once.

    `shown` is how a person wants to be shown; an organisation has said so on the form. The newest answer stands.
    Raises ValidationError(code="closed") when the campaign has ended.
    """
    taken = ActionTaken.objects.select_for_update(of=("self",)).select_related("action__campaign").get(pk=taken.pk)
    if taken.confirmed_at:
        return taken
    if taken.action.campaign.state == Campaign.State.CLOSED:
        raise ValidationError("This campaign has closed, so we can no longer add your name.", code="closed")
    supporter = find_or_create_supporter(
        kind=taken.kind, name=taken.name, email=taken.email, postcode=taken.postcode, **_organisation(taken)
    )
    _write_permission(taken, supporter)
    write_partner_yeses(taken, supporter)
    counted = _count(taken, supporter)
    return settle_name(counted, shown or taken.shown, is_new=counted.pk == taken.pk)


@transaction.atomic
def act_from_mail(action: Action, supporter: Supporter, mailing: Mailing | None) -> ActionTaken:
    """Sign at once: the link came to their own mailbox. Counts once, however often it is pressed.

    Raises ValidationError(code="not_live").
    """
    if not action.campaign.is_live:
        raise ValidationError("This campaign is not taking names at the moment.", code="not_live")
    supporter = Supporter.objects.select_for_update(of=("self",), no_key=True).get(pk=supporter.pk)
    before = ActionTaken.objects.confirmed().filter(action=action, supporter=supporter).first()
    if before:
        return give_share_code(before)
    now = timezone.now()
    taken = ActionTaken.objects.create(
        action=action,
        supporter=supporter,
        kind=supporter.kind,
        mailing=mailing,
        source=source_of_mail(action.campaign, mailing),
        constituency_code=supporter.constituency_code,
        share_code=new_share_code(),
        created_at=now,
        confirmed_at=now,
    )
    record("campaigns.act", taken, by=supporter, mailing=mailing.pk if mailing else None)
    return taken


def forget_unconfirmed() -> int:
    """Delete wishes that nobody confirmed in time. Returns how many."""
    return ActionTaken.objects.overdue(timezone.now()).delete()[0]


@transaction.atomic
def forget_supporter(supporter: Supporter, addresses: Iterable[str] = ()) -> None:
    """Keep the counts, lose the person: their name and addresses leave this room too."""
    ActionTaken.objects.filter(supporter=supporter).update(share_code=None, **dict.fromkeys(DETAILS + SHOWING, ""))
    ActionTaken.objects.filter(email__in={*addresses, supporter.email} - {""}, confirmed_at=None).delete()
    # Rows still waiting keep their address until the gate has struck them out: it compares the two. A relay that
    # refuses an address often repeats it.
    gone = Delivery.objects.filter(mailing__in=Mailing.objects.all(), supporter_id=supporter.pk)
    gone.exclude(outcome=Delivery.Outcome.PENDING).update(address="", reply="")


def held_about(supporter: Supporter) -> dict[str, list[dict[str, str]]]:
    """What this room holds about somebody, for the person to read."""
    mine = Q(supporter=supporter) | Q(pk__in=came_as(supporter).values("pk"))
    acts = ActionTaken.objects.filter(mine).select_related("action__campaign", "mailing")
    return {
        "Campaigns you took part in": [
            {
                "Campaign": taken.action.campaign.ask,
                "When": date_format(timezone.localtime(taken.created_at), "j F Y, H:i"),
                "From our email": taken.mailing.subject if taken.mailing else "",
                "Shown in public as": ", ".join(filter(None, [taken.shown_name, taken.shown_place])),
                "The end of your own link": taken.share_code or "",
                "Through a link that somebody shared": "Yes" if taken.via_id else "",
            }
            for taken in acts
        ]
    }


def _organisation(taken: ActionTaken) -> dict[str, str]:
    if taken.kind == Supporter.Kind.PERSON:
        return {}
    return {name: getattr(taken, name) for name in ("organisation_type", "contact_name", "job_role")}


def _count(taken: ActionTaken, supporter: Supporter) -> ActionTaken:
    before = ActionTaken.objects.confirmed().filter(action=taken.action, supporter=supporter).first()
    if before:
        taken.delete()
        return before
    # The details live on with the supporter alone, so that there is one place to change or forget them.
    for name in DETAILS:
        setattr(taken, name, "")
    taken.supporter, taken.confirmed_at = supporter, timezone.now()
    # Of a split postcode its writer has said which.
    taken.constituency_code = taken.constituency_code or supporter.constituency_code
    taken.share_code = new_share_code()
    taken.save(update_fields=["supporter", "confirmed_at", "constituency_code", "share_code", *DETAILS])
    record("campaigns.act", taken, by=supporter, mailing=None)
    credit_sharer(taken)
    return taken


def _write_permission(taken: ActionTaken, supporter: Supporter) -> None:
    said = {
        "controllers": [Controller.objects.national()],
        "purposes": [Permission.Purpose.CAMPAIGNS],
        "wording": taken.permission_wording,
        "source": f"action:{taken.action_id}",
    }
    if taken.wants_email:
        lift_suppression(taken.email)
        grant(supporter, **said)
    elif taken.wants_email is False:
        decline(supporter, **said)


def _wording() -> Wording:
    """The question about emails as it stands on the page now."""
    found, _ = Wording.objects.get_or_create(
        slug=EMAIL_QUESTION_SLUG, version=EMAIL_QUESTION_VERSION, defaults={"text": EMAIL_QUESTION}
    )
    return found

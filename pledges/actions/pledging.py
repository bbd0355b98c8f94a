"""Making a pledge, and confirming it from the mailbox."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions import join_group
from groups.models import LocalGroup, Membership
from pledges.models import IntendedAction, Pledge
from sanctuary.audit.actions import record
from sanctuary.people import actions as people
from sanctuary.people import links, tokens
from sanctuary.people.address import canon
from sanctuary.people.models import Controller, Permission, Supporter, Wording
from sanctuary.post.actions import queue_sparingly

CONFIRM = "pledge-confirm"
NEAR_ENOUGH_MILES = 40
SAME_PRESS_WITHIN = timedelta(minutes=2)
SOURCE = "pledge"
# "Things to join in with, and actions": what the words on the page say of both senders.
GROUP_PURPOSES = [Permission.Purpose.ACTIVITIES, Permission.Purpose.NEWS, Permission.Purpose.CAMPAIGNS]
DETAILS = ["name", "email", "postcode", "contact_name", "job_role"]


@transaction.atomic
def start_pledge(
    *, wording: Wording, permission_wording: Wording, email: str, intended: str = "", postcode="", **fields
) -> Pledge:
    """Keep what somebody wrote and ask their mailbox whether it was they. It counts nowhere until then.

    The same button pressed twice is one pledge and one letter. Raises InvalidAddress.
    """
    address = canon(email)
    people.lock_address(address)
    told = fields | {
        "email": address,
        "postcode": str(postcode or ""),
        "wording": wording,
        "permission_wording": permission_wording,
    }
    pledge = _pressed_before(told, intended)
    if pledge is None:
        pledge = Pledge.objects.create(**told)
        if intended:
            IntendedAction.objects.create(pledge=pledge, kind=intended)
        _ask_mailbox(pledge)
    return pledge


def _pressed_before(told: dict, intended: str) -> Pledge | None:
    since = timezone.now() - SAME_PRESS_WITHIN
    same = Pledge.objects.unconfirmed().filter(created_at__gte=since, **told)
    same = same.filter(intended_actions__kind=intended) if intended else same.filter(intended_actions__isnull=True)
    return same.first()


def _ask_mailbox(pledge: Pledge) -> None:
    known = Pledge.objects.confirmed().filter(
        kind=pledge.kind, supporter__in=Supporter.objects.with_address(pledge.email)
    )
    template = "pledges/already" if known.exists() else "pledges/confirm"
    queue_sparingly(template, to=pledge.email, context={"url": confirm_url(pledge)})


def confirm_url(pledge: Pledge) -> str:
    """The link that the mailbox gets. Tied to the address, so that a letter to a wrong one opens nothing later."""
    return links.absolute("pledges:confirm", tokens.make(CONFIRM, pledge.pk, links.fingerprint(pledge.email)))


def ask_again(pledge: Pledge) -> None:
    """The letter never came. Nothing happens when the mailbox has answered already."""
    if not pledge.is_confirmed:
        _ask_mailbox(pledge)


@transaction.atomic
def readdress_pledge(pledge: Pledge, email: str) -> Pledge:
    """The letter went to a wrong address: ask the right one. A confirmed pledge stays as it is."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if not pledge.is_confirmed:
        pledge.email = canon(email)
        pledge.save(update_fields=["email"])
        _ask_mailbox(pledge)
    return pledge


@transaction.atomic
def confirm_pledge(pledge: Pledge) -> Pledge:
    """The mailbox answered: from now on the pledge counts. Harmless to repeat.

    Returns the pledge that counts: the first one, if this person had pledged before.
    Raises ValidationError(code="too_late") after 14 days.
    """
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    now = timezone.now()
    if pledge.is_confirmed:
        return pledge
    if Pledge.objects.overdue(now).filter(pk=pledge.pk).exists():
        raise ValidationError("This link is too old. Please make your pledge again.", code="too_late")
    supporter = _supporter_of(pledge)
    group = _group_of(pledge, supporter)
    _record_answer(pledge, supporter, group, now)
    earlier = Pledge.objects.confirmed().filter(supporter=supporter, kind=pledge.kind).first()
    if earlier:
        pledge.withdrawn_at = now
        _carry_over(pledge, earlier)
    pledge.supporter, pledge.group, pledge.confirmed_at = supporter, group, now
    for name in DETAILS:
        setattr(pledge, name, "")
    pledge.save(update_fields=["supporter", "group", "confirmed_at", "withdrawn_at", *DETAILS])
    record("pledges.confirm", pledge, by=supporter)
    return earlier or pledge


def _supporter_of(pledge: Pledge) -> Supporter:
    told = {}
    if pledge.kind == Supporter.Kind.ORGANISATION:
        told = {
            "organisation_type": pledge.organisation_type,
            "contact_name": pledge.contact_name,
            "job_role": pledge.job_role,
        }
    return people.find_or_create_supporter(
        kind=pledge.kind, name=pledge.name, email=pledge.email, postcode=pledge.postcode, **told
    )


def _group_of(pledge: Pledge, supporter: Supporter) -> LocalGroup | None:
    """The group they chose, or the one they belong to, or the nearest; none rather than one too far to go to."""
    group = pledge.group if pledge.group and pledge.group.is_live else None
    if group is None:
        mine = LocalGroup.objects.live().filter(
            memberships__in=Membership.objects.current().filter(supporter=supporter)
        )
        nearest = LocalGroup.objects.live().nearest(supporter.latitude, supporter.longitude).first()
        near = nearest if nearest and nearest.distance_miles <= NEAR_ENOUGH_MILES else None
        group = mine.first() or near
    if group:
        join_group(supporter, group, source=Membership.Source.PLEDGE)
    return group


def _record_answer(pledge: Pledge, supporter: Supporter, group: LocalGroup | None, now) -> None:
    """The yes or no goes into the ledger, with the words they saw. Only a yes ends an old silence."""
    answer = people.grant if pledge.wants_email else people.decline
    asked = {"wording": pledge.permission_wording, "source": SOURCE, "at": now}
    purpose = Permission.Purpose
    national = Controller.objects.national()
    answer(supporter, controllers=[national], purposes=[purpose.NEWS, purpose.CAMPAIGNS], **asked)
    if group:
        answer(supporter, controllers=[group.controller], purposes=GROUP_PURPOSES, **asked)
    if pledge.wants_email:
        people.lift_suppression(supporter.email, [group.controller] if group else [])


def _carry_over(pledge: Pledge, earlier: Pledge) -> None:
    """Somebody who pledges again adds to what they mean to do, and may change whether they are named."""
    for kind in pledge.intended_actions.values_list("kind", flat=True):
        IntendedAction.objects.get_or_create(pledge=earlier, kind=kind)
    earlier.is_listed = pledge.is_listed
    earlier.save(update_fields=["is_listed"])

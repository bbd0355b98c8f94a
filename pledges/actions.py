"""Making a pledge, confirming it from the mailbox, greeting, and forgetting."""

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

WORDINGS = {
    Supporter.Kind.PERSON: "individual-pledge",
    Supporter.Kind.ORGANISATION: "organisation-pledge",
}
INDIVIDUAL_WORDS = (
    "I welcome people seeking sanctuary and recognise what they bring to my town. "
    "I will help make it a place of safety for all."
)
ORGANISATION_WORDS = (
    "We share the vision of a country that welcomes everyone who seeks sanctuary.\n\n"
    "We endorse the City of Sanctuary Charter, act by its values and use its network principles as far as we can.\n\n"
    "We recognise what people seeking sanctuary bring, and we welcome, include and support them.\n\n"
    "We are ready to be named as a supporter when we say so, and to hear ideas for practical action."
)
DETAILS = ["name", "email", "postcode", "contact_name", "job_role"]


def set_up_pledges() -> None:
    """The words of the two pledges. Safe to run at every start."""
    for slug, words in [("individual-pledge", INDIVIDUAL_WORDS), ("organisation-pledge", ORGANISATION_WORDS)]:
        Wording.objects.get_or_create(slug=slug, version=1, defaults={"text": words})


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


@transaction.atomic
def greet_pledger(pledge: Pledge, *, by) -> Pledge:
    """Somebody from the group has welcomed this person. Harmless to repeat: the first greeting stays."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if pledge.greeted_at:
        return pledge
    if not pledge.is_confirmed:
        raise ValidationError("This pledge is not confirmed yet.", code="unconfirmed")
    pledge.greeted_at, pledge.greeted_by = timezone.now(), by
    pledge.save(update_fields=["greeted_at", "greeted_by"])
    record("pledges.greet", pledge, by=by)
    return pledge


@transaction.atomic
def approve_organisation_name(pledge: Pledge, *, by) -> Pledge:
    """Staff have looked at the name: it may stand in public, if the organisation wants that. Harmless to repeat."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if pledge.name_checked_at:
        return pledge
    if not pledge.is_confirmed or pledge.kind != Supporter.Kind.ORGANISATION:
        raise ValidationError("Only the confirmed pledge of an organisation has a name to check.", code="no_name")
    pledge.name_checked_at, pledge.name_checked_by = timezone.now(), by
    pledge.save(update_fields=["name_checked_at", "name_checked_by"])
    record("pledges.approve_organisation_name", pledge, by=by)
    return pledge


def forget_unconfirmed() -> int:
    """What was never confirmed in 14 days was never ours to keep. Returns how many pledges went."""
    _, gone = Pledge.objects.overdue(timezone.now()).delete()
    return gone.get("pledges.Pledge", 0)


@transaction.atomic
def forget_pledges(supporter: Supporter) -> None:
    """The person is being erased: their pledges end, and drafts from the same mailbox go."""
    if supporter.email:
        Pledge.objects.unconfirmed().filter(email=supporter.email).delete()
    now = timezone.now()
    mine = Pledge.objects.filter(supporter=supporter)
    mine.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    mine.update(is_listed=False, organisation_type="", **dict.fromkeys(DETAILS, ""))


@transaction.atomic
def move_pledges(kept: Supporter, gone: Supporter, name: str) -> dict:
    """Two entries of one person become one. Of two live pledges the other ends, and what it meant to do goes on here.

    `name`: what they are called from now on. Returns what `move_pledges_back` needs.
    """
    renamed = [each for each in (kept, gone) if each.name != name]
    # Staff looked at another name than the one that would stand in public now.
    checked = Pledge.objects.filter(supporter__in=renamed, name_checked_at__isnull=False)
    unchecked = {each.pk: [each.name_checked_at.isoformat(), each.name_checked_by_id] for each in checked}
    checked.update(name_checked_at=None, name_checked_by=None)
    ours, theirs = _live_pledge(kept), _live_pledge(gone)
    double = _join_pledges(ours, theirs) if ours and theirs else None
    pledges = people.hand_over(Pledge.objects.filter(supporter=gone), to=kept)
    return {"pledges": pledges, "double": double, "unchecked": unchecked}


def _live_pledge(supporter: Supporter) -> Pledge | None:
    """Of its own kind, of which an entry has one at most."""
    return Pledge.objects.confirmed().filter(supporter=supporter, kind=supporter.kind).first()


def _join_pledges(ours: Pledge, theirs: Pledge) -> dict:
    before = {"listed": [ours.is_listed, theirs.is_listed], "added": []}
    lend_greeting = theirs.greeted_at is not None and ours.greeted_at is None
    for kind in theirs.intended_actions.values_list("kind", flat=True):
        intended, is_new = IntendedAction.objects.get_or_create(pledge=ours, kind=kind)
        before["added"] += [intended.pk] if is_new else []
    if lend_greeting:
        ours.greeted_at, ours.greeted_by = theirs.greeted_at, theirs.greeted_by
    ours.is_listed = ours.is_listed and theirs.is_listed
    ours.save(update_fields=["greeted_at", "greeted_by", "is_listed"])
    theirs.withdrawn_at = timezone.now()
    theirs.save(update_fields=["withdrawn_at"])
    return before | {"ours": ours.pk, "theirs": theirs.pk, "lent_greeting": lend_greeting}


@transaction.atomic
def move_pledges_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    """As it was. A pledge withdrawn since stays withdrawn."""
    theirs = Pledge.objects.filter(pk__in=moved["pledges"], supporter=kept)
    double = moved["double"]
    ours = Pledge.objects.confirmed().filter(pk=double["ours"]).first() if double else None
    people.hand_back(theirs, to=gone)
    for pk, (at, who) in moved["unchecked"].items():
        Pledge.objects.filter(pk=pk, name_checked_at=None).update(name_checked_at=at, name_checked_by=who)
    if ours is None:
        return
    listed = [ours.is_listed] * 2 if all(double["listed"]) else double["listed"]
    ours.is_listed = listed[0]
    if double["lent_greeting"]:
        ours.greeted_at = ours.greeted_by = None
    ours.save(update_fields=["is_listed", "greeted_at", "greeted_by"])
    IntendedAction.objects.open().filter(pk__in=double["added"], pledge=ours).delete()
    Pledge.objects.filter(pk=double["theirs"], supporter=gone).update(withdrawn_at=None, is_listed=listed[1])


def forget_in_group(supporter: Supporter, group: LocalGroup) -> int:
    """The group knows nothing of their pledge any more. It still counts, as one without a group."""
    return Pledge.objects.filter(supporter=supporter, group=group).update(group=None, greeted_at=None, greeted_by=None)

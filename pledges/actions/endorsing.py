"""Endorsing the Declaration, confirming it from the mailbox, and taking it back years later."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from pledges.actions.pledging import DETAILS, SAME_PRESS_WITHIN
from pledges.models import Declaration, Endorsement
from sanctuary.audit.actions import record
from sanctuary.people import actions as people
from sanctuary.people import links, tokens
from sanctuary.people.address import canon
from sanctuary.people.models import Controller, Permission, Supporter, Wording
from sanctuary.post.actions import queue_sparingly

CONFIRM_ENDORSEMENT, MINE = "endorse-confirm", "endorsement"
SOURCE = "endorsement"


@transaction.atomic
def start_endorsement(
    declaration: Declaration,
    *,
    wording: Wording,
    permission_wording: Wording,
    email: str,
    postcode="",
    **fields,
) -> Endorsement:
    """Keep what somebody wrote and ask their mailbox whether it was they. It counts nowhere until then.

    The same button pressed twice is one endorsement and one letter. Raises InvalidAddress.
    """
    address = canon(email)
    people.lock_address(address)
    told = fields | {
        "declaration": declaration,
        "email": address,
        "postcode": str(postcode or ""),
        "wording": wording,
        "permission_wording": permission_wording,
    }
    since = timezone.now() - SAME_PRESS_WITHIN
    endorsement = Endorsement.objects.unconfirmed().filter(created_at__gte=since, **told).first()
    if endorsement is None:
        endorsement = Endorsement.objects.create(**told)
        ask_endorser(endorsement)
    return endorsement


def ask_endorser(endorsement: Endorsement) -> None:
    """The letter with the link that confirms, and the one that removes. Nothing once the mailbox has answered."""
    if endorsement.is_confirmed:
        return
    known = Endorsement.objects.confirmed().filter(
        kind=endorsement.kind, supporter__in=Supporter.objects.with_address(endorsement.email)
    )
    template = "pledges/endorsed_already" if known.exists() else "pledges/endorse"
    context = {
        "url": links.absolute("pledges:endorse_confirm", tokens.make(CONFIRM_ENDORSEMENT, endorsement.pk)),
        "remove_url": endorsement_url(endorsement),
    }
    queue_sparingly(template, to=endorsement.email, context=context)


def endorsement_url(endorsement: Endorsement) -> str:
    """Where its owner changes how they are shown, or removes it. It never expires."""
    return links.absolute("pledges:endorsement", tokens.make(MINE, endorsement.pk))


def endorsement_behind(number: int) -> Endorsement | None:
    """Whom a link with this number is about today: of one who endorsed twice, or of two entries put together, the
    endorsement that counts."""
    found = Endorsement.objects.select_related("supporter", "declaration", "wording").filter(pk=number).first()
    if found is None or found.is_live or not found.supporter_id:
        return found
    same = Endorsement.objects.confirmed().filter(supporter=found.supporter_id, declaration=found.declaration_id)
    return same.select_related("supporter", "declaration", "wording").first() or found


@transaction.atomic
def confirm_endorsement(endorsement: Endorsement) -> Endorsement:
    """The mailbox answered: from now on it counts. Harmless to repeat.

    Returns the one that counts: the first, shown as they chose now, if they had endorsed before.
    Raises ValidationError(code="too_late") after 14 days.
    """
    endorsement = Endorsement.objects.select_for_update(of=("self",)).get(pk=endorsement.pk)
    now = timezone.now()
    if endorsement.is_confirmed:
        return endorsement_behind(endorsement.pk)
    if Endorsement.objects.overdue(now).filter(pk=endorsement.pk).exists():
        raise ValidationError("This link is too old. Please endorse the Declaration again.", code="too_late")
    supporter = _supporter_of(endorsement)
    _record_answer(endorsement, supporter, now)
    earlier = Endorsement.objects.confirmed().filter(supporter=supporter, declaration=endorsement.declaration_id)
    earlier = earlier.select_for_update(of=("self",)).first()
    if earlier:
        endorsement.withdrawn_at = now
        _show(earlier, endorsement.shown)
    endorsement.supporter, endorsement.confirmed_at = supporter, now
    for name in DETAILS:
        setattr(endorsement, name, "")
    endorsement.save(update_fields=["supporter", "confirmed_at", "withdrawn_at", *DETAILS])
    record("pledges.endorse", endorsement, by=supporter, version=endorsement.wording.version)
    return earlier or endorsement


def _supporter_of(endorsement: Endorsement) -> Supporter:
    told = {}
    if endorsement.is_of_organisation:
        told = {name: getattr(endorsement, name) for name in ("organisation_type", "contact_name", "job_role")}
    return people.find_or_create_supporter(
        kind=endorsement.kind,
        name=endorsement.name,
        email=endorsement.email,
        postcode=endorsement.postcode,
        **told,
    )


def _record_answer(endorsement: Endorsement, supporter: Supporter, now) -> None:
    """The yes or no goes into the ledger, with the words they saw. Only a yes ends an old silence."""
    answer = people.grant if endorsement.wants_email else people.decline
    answer(
        supporter,
        controllers=[Controller.objects.national()],
        purposes=[Permission.Purpose.CAMPAIGNS],
        wording=endorsement.permission_wording,
        source=SOURCE,
        at=now,
    )
    if endorsement.wants_email:
        people.lift_suppression(supporter.email)


def _show(endorsement: Endorsement, shown: str) -> None:
    if endorsement.shown != shown:
        endorsement.shown = shown
        endorsement.save(update_fields=["shown"])
        record("pledges.show_endorsement", endorsement, by=endorsement.supporter, shown=shown)


@transaction.atomic
def show_endorsement(endorsement: Endorsement, *, shown: str) -> Endorsement:
    """They choose anew how they are shown. It counts for the very next page. Harmless to repeat."""
    endorsement = Endorsement.objects.select_for_update(of=("self",)).get(pk=endorsement.pk)
    if endorsement.is_live:
        _show(endorsement, shown)
    return endorsement


@transaction.atomic
def remove_endorsement(endorsement: Endorsement) -> None:
    """They take it back, at once: it counts no more, and is on no page. Unconfirmed, what was written is deleted."""
    endorsement = Endorsement.objects.select_for_update(of=("self",)).filter(pk=endorsement.pk).first()
    if endorsement is None or endorsement.withdrawn_at:
        return
    if not endorsement.is_confirmed:
        endorsement.delete()
        return
    endorsement.withdrawn_at, endorsement.shown = timezone.now(), ""
    endorsement.save(update_fields=["withdrawn_at", "shown"])
    record("pledges.remove_endorsement", endorsement, by=endorsement.supporter or "link")

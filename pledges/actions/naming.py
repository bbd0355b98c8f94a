"""Whether the name in a pledge or an endorsement may stand in public."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from pledges.models import ENDING, Endorsement, Pledge, Refusal
from sanctuary.audit.actions import record
from sanctuary.people.models import Supporter


@transaction.atomic
def approve_organisation_name(pledge: Pledge, *, by) -> Pledge:
    """Staff have looked at the name: it may stand in public, if the organisation wants that. Harmless to repeat."""
    pledge = _with_a_name(pledge)
    return _look(pledge, "", "pledges.approve_organisation_name", by=by)


@transaction.atomic
def refuse_organisation_name(pledge: Pledge, *, reason: str, by) -> Pledge:
    """Staff found a reason against the name. Harmless to repeat; a pledge that is not theirs or is double ends."""
    return _refuse(_with_a_name(pledge), reason, "pledges.refuse_organisation_name", by=by)


@transaction.atomic
def approve_endorser_name(endorsement: Endorsement, *, by) -> Endorsement:
    """Staff have looked: the name may stand on the wall as its owner chose. Harmless to repeat."""
    return _look(_with_a_name(endorsement), "", "pledges.approve_endorser_name", by=by)


@transaction.atomic
def refuse_endorser_name(endorsement: Endorsement, *, reason: str, by) -> Endorsement:
    """Staff found a reason against the name. Harmless to repeat; what is not theirs or is double counts no more."""
    return _refuse(_with_a_name(endorsement), reason, "pledges.refuse_endorser_name", by=by)


def _with_a_name(noun: Pledge | Endorsement) -> Pledge | Endorsement:
    noun = type(noun).objects.select_for_update(of=("self",)).get(pk=noun.pk)
    is_named = isinstance(noun, Endorsement) or noun.kind == Supporter.Kind.ORGANISATION
    if not noun.is_confirmed or not is_named:
        words = "Only the confirmed pledge of an organisation, or a confirmed endorsement, has a name to check."
        raise ValidationError(words, code="no_name")
    if noun.withdrawn_at and not noun.name_refusal:
        raise ValidationError("They have taken it back.", code="withdrawn")
    return noun


def _look(noun, refusal: str, verb: str, *, by):
    if noun.name_checked_at and noun.name_refusal == refusal:
        return noun
    if noun.withdrawn_at:
        raise ValidationError("This has ended. They can make it again.", code="ended")
    noun.name_checked_at, noun.name_checked_by, noun.name_refusal = timezone.now(), by, refusal
    noun.save(update_fields=["name_checked_at", "name_checked_by", "name_refusal"])
    record(verb, noun, by=by, **({"reason": refusal} if refusal else {}))
    return noun


def _refuse(noun, reason: str, verb: str, *, by):
    if noun.name_refusal == reason:
        return noun
    noun = _look(noun, Refusal(reason).value, verb, by=by)
    if reason in ENDING:
        noun.withdrawn_at = noun.name_checked_at
        noun.save(update_fields=["withdrawn_at"])
    return noun

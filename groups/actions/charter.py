"""The Charter that each group signs."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import CharterSignature, LocalGroup
from groups.models.charter import CHARTER
from sanctuary.audit.actions import record
from sanctuary.people.models import User, Wording

# Vision, values and principles as the network has published them; the charity completes the rest as version 2.
CHARTER_WORDS = (
    "Our vision\n"
    "The UK will be a welcoming place of safety for all, proud to offer sanctuary to people fleeing violence "
    "and persecution.\n\n"
    "Our values\n"
    "Inclusiveness, openness, participation, inspiration and integrity.\n\n"
    "Our network principles\n"
    "1. We offer a positive vision of welcome.\n"
    "2. We build relationships of friendship and solidarity.\n"
    "3. We work in partnership across localities.\n"
    "4. We take practical action on issues we have in common.\n"
    "5. We celebrate what people seeking sanctuary contribute.\n"
    "6. We engage people seeking sanctuary in decisions at all levels.\n"
    "7. We promote understanding by enabling their voices to be heard directly.\n\n"
    "To be completed by the charity: the full wording of the Charter."
)


def set_up_groups() -> Wording:
    """The first version of the Charter. Safe to run at every start."""
    return Wording.objects.get_or_create(slug=CHARTER, version=1, defaults={"text": CHARTER_WORDS})[0]


@transaction.atomic
def sign_charter(group: LocalGroup, *, wording: Wording, name: str, role: str, by: User) -> CharterSignature:
    """Somebody signs this version for the group. Harmless to repeat: the first signature of a version stays.

    Raises ValidationError(code="old_words") when there is a newer version than the one they read.
    """
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    signed = CharterSignature.objects.filter(group=group, wording=wording).first()
    if signed:
        return signed
    if wording != Wording.objects.current(CHARTER):
        raise ValidationError("The Charter has changed since you opened this page. Please read it again.", "old_words")
    signed = CharterSignature.objects.create(
        group=group, wording=wording, name=name, role=role, signed_on=timezone.localdate(), recorded_by=by
    )
    record("groups.sign_charter", group, by=by, version=wording.version)
    return signed

"""Who leads on keeping people safe in a group."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import CharterSignature, LocalGroup, Safeguarding
from sanctuary.audit.actions import record

DATES = ["lead_checked_on", "lead_trained_on", "deputy_checked_on", "deputy_trained_on", "policy_reviewed_on"]
FIELDS = ["lead_name", "deputy_name", "policy_url", "public_email", "public_telephone", "is_contact_public", *DATES]


@transaction.atomic
def save_safeguarding(group: LocalGroup, *, by, **fields) -> Safeguarding:
    """Names, days and a link: nothing about what a check found. It may be incomplete until the group registers.

    Raises ValidationError: "future" for a day to come, "same_person" when one is both, "no_contact" when there is
    nothing to show in public.
    """
    _check(fields)
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    known, _ = Safeguarding.objects.update_or_create(group=group, defaults={name: fields[name] for name in FIELDS})
    record("groups.save_safeguarding", group, by=by)
    return known


def forget_leads(supporter) -> None:
    """Somebody is being erased: their name goes where they led on safeguarding, or signed, for a group of theirs."""
    theirs = {"group__memberships__supporter": supporter}
    for field in ("lead_name", "deputy_name"):
        Safeguarding.objects.filter(
            pk__in=Safeguarding.objects.filter(**theirs, **{f"{field}__iexact": supporter.name}).values("pk")
        ).update(**{field: ""})
    mine = CharterSignature.objects.filter(recorded_by__supporter=supporter)
    named = CharterSignature.objects.filter(**theirs, name__iexact=supporter.name)
    CharterSignature.objects.filter(pk__in=(mine | named).values("pk")).update(name="")


def _check(fields: dict) -> None:
    today, wrong = timezone.localdate(), {}
    for name in DATES:
        if fields[name] and fields[name] > today:
            wrong[name] = ValidationError("Enter a date that is not in the future", code="future")
    lead, deputy = fields["lead_name"].casefold(), fields["deputy_name"].casefold()
    if lead and lead == deputy:
        wrong["deputy_name"] = ValidationError("The deputy is a second person", code="same_person")
    if fields["is_contact_public"] and not (fields["public_email"] or fields["public_telephone"]):
        words = "Enter a mailbox or a telephone number to show"
        wrong["public_email"] = ValidationError(words, code="no_contact")
    if wrong:
        raise ValidationError(wrong)

"""How the people of a file agreed to emails: said once for the file, by whoever brings it, and on record."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.importing.matching import begin_check
from groups.models import PeopleImport
from groups.models.people_import import PURPOSES
from sanctuary.audit.actions import record
from sanctuary.people.models import Wording

Agreed = PeopleImport.Agreed


@transaction.atomic
def say_how_they_agreed(
    people_import: PeopleImport,
    *,
    agreed: str,
    by,
    words: str = "",
    on: date | None = None,
    where: str = "",
    purposes: Sequence[str] = (),
) -> PeopleImport:
    """Nothing said is a no. A yes needs the words people were told, the day, the place and what for.

    Raises ValidationError: code "wrong_time", "no_proof".
    """
    people_import = PeopleImport.objects.select_for_update(of=("self",)).get(pk=people_import.pk)
    if people_import.state not in PeopleImport.WAITING or people_import.state == PeopleImport.State.MATCHING:
        raise ValidationError("This file is being worked on already, or its columns come first.", code="wrong_time")
    is_yes = agreed == Agreed.YES
    if is_yes and not (words and on and where and set(purposes) and set(purposes) <= set(PURPOSES)):
        raise ValidationError("Say what they were told, when, where and what for.", code="no_proof")
    if is_yes and on > timezone.localdate():
        raise ValidationError("That day has not come yet.", code="no_proof")
    people_import.agreed = Agreed.YES if is_yes else Agreed.NO
    people_import.wording = _wording(people_import, words) if is_yes else None
    people_import.told_on, people_import.told_where = (on, where) if is_yes else (None, "")
    people_import.purposes = [each for each in PURPOSES if each in purposes] if is_yes else []
    people_import.touched_at = timezone.now()
    record("groups.say_how_imported_people_agreed", people_import, by=by, agreed=people_import.agreed)
    if people_import.state == PeopleImport.State.CHECKED:
        people_import.save()
    else:
        people_import.state = PeopleImport.State.CHECKING
        begin_check(people_import)
    return people_import


def _wording(people_import: PeopleImport, words: str) -> Wording:
    """The very words, as a version of their own: an answer that was changed leaves the one before it on record."""
    if people_import.wording and people_import.wording.text == words:
        return people_import.wording
    slug = f"import-{people_import.pk}"
    version = Wording.objects.filter(slug=slug).count() + 1
    return Wording.objects.create(slug=slug, version=version, text=words)

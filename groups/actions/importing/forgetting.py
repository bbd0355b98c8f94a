"""Letting go of files and rows: when somebody throws them away, when their time is over, when a person is forgotten."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.importing.reading import part
from groups.models import ImportPart, ImportRow, PeopleImport
from sanctuary.audit.actions import record
from sanctuary.people.address import mac
from sanctuary.people.models import Supporter

State = PeopleImport.State
LET_GO = "We had to let go of this file. Upload it again."
TOO_LONG = "Nobody came back to this file for a day, so it is gone."


def stop_file(people_import: PeopleImport, *, because: str) -> None:
    """Nothing of the file stays but its name. The caller holds the import's lock."""
    ImportPart.objects.filter(people_import=people_import).delete()
    ImportRow.objects.filter(people_import=people_import).delete()
    people_import.state, people_import.stopped_because = State.STOPPED, because
    people_import.headings, people_import.finished_at = [], timezone.now()
    people_import.save()


@transaction.atomic
def throw_away(people_import: PeopleImport, *, by) -> PeopleImport:
    """Somebody thought better of it. Harmless to repeat. Raises ValidationError(code="wrong_time") once begun."""
    people_import = PeopleImport.objects.select_for_update(of=("self",)).get(pk=people_import.pk)
    if people_import.state == State.STOPPED:
        return people_import
    if people_import.state not in [*PeopleImport.WAITING, State.CHECKING]:
        raise ValidationError("This import has begun. You can undo it when it is done.", code="wrong_time")
    stop_file(people_import, because="You threw this file away.")
    record("groups.throw_away_people", people_import, by=by, group=people_import.group_id)
    return people_import


def forget_imports() -> int:
    """Files that nobody came back to, and the rows of imports that cannot be undone any more. Returns how many."""
    now, count = timezone.now(), 0
    for pk in PeopleImport.objects.abandoned(now).values_list("pk", flat=True):
        count += _forget_abandoned(pk, now)
    old = ImportRow.objects.filter(people_import__in=PeopleImport.objects.past_undoing(now))
    return count + bool(old.delete()[0])


@transaction.atomic
def _forget_abandoned(pk: int, now) -> bool:
    # Locked and asked again: somebody may have come back just now.
    people_import = PeopleImport.objects.abandoned(now).select_for_update(of=("self",)).filter(pk=pk).first()
    if people_import is None:
        return False
    stop_file(people_import, because=TOO_LONG)
    record("groups.forget_people_file", people_import, by="clock", group=people_import.group_id)
    return True


def forget_in_files(supporter: Supporter, addresses: Iterable[str]) -> None:
    """A person who is forgotten stands in no file and no row any more."""
    addresses = set(addresses)
    ImportRow.objects.filter(supporter=supporter).delete()
    ImportRow.objects.filter(email_mac__in=[mac(address) for address in addresses]).delete()
    for people_import in PeopleImport.objects.holding_a_file():
        if _speaks_of(people_import, addresses):
            _let_go(people_import)


def _speaks_of(people_import: PeopleImport, addresses: set[str]) -> bool:
    """Whether the file as it came has one of these addresses in it, in any letters."""
    number, rest = 0, ""
    longest = max(map(len, addresses), default=0)
    while addresses and (body := part(people_import.pk, number)) is not None:
        text = rest + body.decode(errors="ignore").casefold()
        if any(address in text for address in addresses):
            return True
        number, rest = number + 1, text[-longest:]
    return False


def _let_go(people_import: PeopleImport) -> None:
    people_import = PeopleImport.objects.select_for_update(of=("self",)).get(pk=people_import.pk)
    if people_import.state == State.CHECKED:
        # Its rows are sorted, and without this person; only its columns cannot be matched anew.
        ImportPart.objects.filter(people_import=people_import).delete()
    elif people_import.state in [State.MATCHING, State.ASKING, State.CHECKING]:
        stop_file(people_import, because=LET_GO)

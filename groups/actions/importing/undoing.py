"""Taking back what a file added, and only that."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from groups.actions.importing.permitting import withdraw_rows
from groups.models import ImportRow, LocalGroup, Membership, PeopleImport
from sanctuary.audit.actions import record
from sanctuary.people.models import CurrentPermission, Permission, Supporter
from sanctuary.places.actions import place_fields

ROWS_AT_A_TIME = 500
State = PeopleImport.State
# What the import itself wrote about somebody is no sign that they did something since.
_OWN = {Membership, Permission, CurrentPermission, ImportRow}
_BLANK = {"name": "Forgotten", "email": "", "email_mac": b"", **place_fields("")}


@transaction.atomic
def start_undo(people_import: PeopleImport, *, by) -> PeopleImport:
    """Within seven days. Harmless to repeat. Raises ValidationError(code="too_late")."""
    people_import = PeopleImport.objects.select_for_update(of=("self",)).get(pk=people_import.pk)
    if people_import.state in (State.UNDOING, State.UNDONE):
        return people_import
    if not people_import.can_be_undone(timezone.now()):
        raise ValidationError("This import can no longer be undone.", code="too_late")
    people_import.state, people_import.done_row, people_import.failures = State.UNDOING, 0, 0
    people_import.touched_at = timezone.now()
    people_import.counts |= {"removed": 0, "stayed": 0}
    people_import.save()
    record("groups.start_undoing_import", people_import, by=by, group=people_import.group_id)
    return people_import


def undo_some(people_import: PeopleImport) -> None:
    """The next rows are taken back. The caller holds the import's lock."""
    now = timezone.now()
    found = ImportRow.objects.filter(people_import=people_import, number__gt=people_import.done_row)
    rows = list(found.filter(supporter__isnull=False).order_by("number")[:ROWS_AT_A_TIME])
    if rows:
        _take_back(people_import, rows, now)
        people_import.done_row = rows[-1].number
    if len(rows) < ROWS_AT_A_TIME:
        _finish(people_import, now)
    people_import.touched_at = now
    people_import.save()


def _take_back(people_import: PeopleImport, rows: list[ImportRow], now) -> None:
    people = sorted({row.supporter_id for row in rows})
    # Nobody can begin to point at them while we look who has done something.
    list(Supporter.objects.select_for_update(of=("self",)).filter(pk__in=people).order_by("pk").values_list("pk"))
    made = {row.supporter_id for row in rows if row.made_supporter}
    joined = {row.supporter_id: row.membership_id for row in rows if row.membership_id}
    staying = _active(made, people_import) | _active_here(set(joined) - made, people_import.group)
    staying |= _with_traces(Membership, set(joined.values()), by=dict(map(reversed, joined.items())))
    going = set(joined) - staying
    withdraw_rows(people_import, [pk for pk in people if pk not in staying], now)
    removed = Membership.objects.filter(pk__in=[joined[pk] for pk in going], left_on__isnull=True)
    people_import.counts["removed"] += removed.count()
    people_import.counts["stayed"] += len(staying)
    ImportRow.objects.filter(people_import=people_import, supporter__in=going).update(supporter=None)
    removed.delete()
    _empty_postcodes(rows)
    _forget(made & going)


def _active(people: set[int], people_import: PeopleImport) -> set[int]:
    """Who, of those whom this file brought, has left any other trace, or said themselves what they want."""
    chose = Q(only_big_moments=True) | Q(emails_paused_until__isnull=False) | Q(most_a_month__isnull=False)
    found = set(Supporter.objects.filter(chose, pk__in=people).values_list("pk", flat=True))
    said = Permission.objects.filter(supporter__in=people).exclude(source=people_import.source)
    found |= set(said.values_list("supporter", flat=True))
    belong = Membership.objects.filter(supporter__in=people).exclude(group=people_import.group)
    return found | set(belong.values_list("supporter", flat=True)) | _with_traces(Supporter, people)


def _active_here(people: set[int], group: LocalGroup) -> set[int]:
    """Who, of those whom the network knew before, has left a trace in this group."""
    found = set()
    for model, name in _pointing_at(Supporter):
        fields = {field.name: field.related_model for field in model._meta.concrete_fields}
        here = Q(group=group) if fields.get("group") is LocalGroup else None
        here = Q(activity__group=group) if here is None and "activity" in fields else here
        if here is not None:
            here &= Q(**{f"{name}__in": people})
            found |= set(model._default_manager.filter(here).values_list(name, flat=True))
    return found


def _with_traces(model, keys: set[int], by: dict[int, int] | None = None) -> set[int]:
    """The keys that some other row of the house points at; `by` turns them into others."""
    found = set()
    for other, name in _pointing_at(model):
        found |= set(other._default_manager.filter(**{f"{name}__in": keys}).values_list(name, flat=True))
    return {by[key] for key in found} if by is not None else found


def _pointing_at(model) -> list[tuple]:
    """Every (model, field) that refers to this one, of whatever app: a new kind of trace needs no line here."""
    relations = [each for each in model._meta.get_fields(include_hidden=True) if each.auto_created and each.is_relation]
    fields = [each.field for each in relations if not each.concrete and not each.many_to_many]
    return [(field.model, field.name) for field in fields if field.model not in _OWN]


def _empty_postcodes(rows: list[ImportRow]) -> None:
    """Those that this file filled in."""
    filled = [row.supporter_id for row in rows if row.filled_postcode]
    Supporter.objects.filter(pk__in=filled).update(**place_fields(""))


def _forget(people: set[int]) -> None:
    """The ledger keeps its entries about nobody; of the others no row stays."""
    kept = set(Permission.objects.filter(supporter__in=people).values_list("supporter", flat=True))
    Supporter.objects.filter(pk__in=kept).update(**_BLANK)
    Supporter.objects.filter(pk__in=people - kept).delete()


def _finish(people_import: PeopleImport, now) -> None:
    ImportRow.objects.filter(people_import=people_import).delete()
    people_import.state, people_import.finished_at = State.UNDONE, now
    counts = {name: people_import.counts[name] for name in ("removed", "stayed")}
    record("groups.finish_undoing_import", people_import, by="clock", group=people_import.group_id, **counts)

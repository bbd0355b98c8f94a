"""Bringing in the people of a checked file, some rows at a time; each run of rows in one transaction."""

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone

from groups.actions.importing import permitting
from groups.actions.importing.checking import BELONGS, MEMBER, count_outcomes
from groups.models import ImportPart, ImportRow, Membership, PeopleImport
from sanctuary.audit.actions import record
from sanctuary.people.models import Supporter
from sanctuary.places.actions import sql_of_place

ROWS_AT_A_TIME = 500
State = PeopleImport.State

_TAKE = """
    SELECT max(number), count(*) FROM (
        SELECT number FROM groups_importrow
        WHERE people_import_id = %(import)s AND number > %(low)s AND outcome < 2
        ORDER BY number LIMIT %(most)s
    ) next_rows
"""
RANGE = "r.people_import_id = %(import)s AND r.number > %(low)s AND r.number <= %(high)s AND r.outcome < 2"

# One after another for each address, as everywhere else: see sanctuary.people.actions.lock_address.
_LOCK_ADDRESSES = f"""
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT ('x' || encode(substring(email_mac FOR 8), 'hex'))::bit(64)::bigint AS key
        FROM groups_importrow r WHERE {RANGE} AND email_mac <> '' ORDER BY key
    ) keys
"""
# Members whom this very file brought are somebody else of the same address: twins were sorted out by the check.
_FIND_HERE = f"""
    UPDATE groups_importrow r SET outcome = 1, supporter_id = (
        SELECT found.id FROM ({MEMBER}) AS found
        WHERE NOT coalesce((
            SELECT TRUE FROM groups_importrow mine WHERE mine.supporter_id = found.id
                AND mine.people_import_id = %(import)s AND mine.membership_id IS NOT NULL LIMIT 1
        ), FALSE)
        ORDER BY lower(found.name) = lower(r.name) DESC, found.id LIMIT 1
    )
    WHERE {RANGE}
"""
# The same person of another group, but only if belonging here too tells this group nothing that it did not write.
_FIND_ELSEWHERE = f"""
    UPDATE groups_importrow r SET outcome = 0, supporter_id = (
        SELECT s.id FROM people_supporter s
        WHERE r.email_mac <> '' AND s.email_mac = r.email_mac AND lower(s.name) = lower(r.name) AND s.kind = 'person'
            AND s.postcode IN ('', r.postcode) AND s.contact_name = '' AND s.job_role = ''
            AND NOT {BELONGS}
        ORDER BY s.id LIMIT 1
    )
    WHERE {RANGE} AND r.supporter_id IS NULL
"""
_NUMBER_NEW = f"""
    UPDATE groups_importrow r SET
        made_supporter = TRUE, supporter_id = nextval(pg_get_serial_sequence('people_supporter', 'id'))
    WHERE {RANGE} AND r.supporter_id IS NULL
"""
_PLACES, _PLACE = sql_of_place("r.postcode")
_PERSON = {"id": "r.supporter_id", "kind": "'person'", "name": "r.name", "email": "r.email", "email_mac": "r.email_mac"}
_NEW = f"FROM groups_importrow r {_PLACES} WHERE {RANGE} AND r.made_supporter"
_JOINING = f"""
    FROM (SELECT DISTINCT r.supporter_id FROM groups_importrow r WHERE {RANGE}) people
    ON CONFLICT (group_id, supporter_id) WHERE left_on IS NULL DO NOTHING RETURNING id, supporter_id
"""
_MEMBERSHIP = {
    "group_id": "%(group)s",
    "supporter_id": "people.supporter_id",
    "source": f"'{Membership.Source.IMPORTED}'",
    "joined_on": "%(today)s::date",
}
_NOTE_JOINED = f"""
    UPDATE groups_importrow r SET membership_id = joined.id
    FROM unnest(%(memberships)s::bigint[], %(supporters)s::bigint[]) AS joined(id, supporter_id)
    WHERE {RANGE} AND r.supporter_id = joined.supporter_id
"""
_FILL_POSTCODES = f"""
    WITH filled AS (
        UPDATE people_supporter s SET {", ".join(f"{name} = {value}" for name, value in _PLACE.items())}
        FROM groups_importrow r {_PLACES}
        WHERE {RANGE} AND r.outcome = 1 AND r.supporter_id = s.id AND s.postcode = '' AND r.postcode <> ''
        RETURNING s.id
    )
    UPDATE groups_importrow r SET filled_postcode = TRUE FROM filled WHERE {RANGE} AND r.supporter_id = filled.id
"""
_FORGET_TEXT = f"""
    UPDATE groups_importrow r SET name = '', email = '', email_mac = '', postcode = '', cells = '[]' WHERE {RANGE}
"""


def _insert(model: type[models.Model], given: dict[str, str], rest: str) -> tuple[str, dict]:
    """INSERT … SELECT with the default of every column that is not given, also of those that are added later."""
    names, values, params = [], [], {}
    for field in model._meta.concrete_fields:
        if field.column not in given and (field.primary_key or field.generated):
            continue
        names.append(f'"{field.column}"')
        if field.column in given:
            values.append(given[field.column])
        else:
            default = timezone.now() if getattr(field, "auto_now_add", False) else field.get_default()
            params[f"default_{field.column}"] = field.get_db_prep_save(default, connection)
            values.append(f"%(default_{field.column})s")
    return f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} {rest}", params


@transaction.atomic
def start_import(people_import: PeopleImport, *, by) -> PeopleImport:
    """From now on the rows are people. The file itself is not needed any more. Harmless to repeat.

    Raises ValidationError: code "wrong_time", "nobody".
    """
    people_import = PeopleImport.objects.select_for_update(of=("self",)).get(pk=people_import.pk)
    if people_import.state in (State.IMPORTING, State.DONE):
        return people_import
    if people_import.state != State.CHECKED or not people_import.agreed:
        raise ValidationError("This file is not checked yet.", code="wrong_time")
    if not ImportRow.objects.filter(people_import=people_import, outcome__lt=ImportRow.Outcome.TWICE).exists():
        raise ValidationError("There is nobody in this file to import.", code="nobody")
    ImportPart.objects.filter(people_import=people_import).delete()
    people_import.state, people_import.done_row, people_import.failures = State.IMPORTING, 0, 0
    people_import.started_at = people_import.touched_at = timezone.now()
    people_import.counts |= {"added": 0, "permitted": 0, "declined": 0}
    people_import.save()
    record("groups.start_import", people_import, by=by, group=people_import.group_id, rows=people_import.counts["new"])
    return people_import


def import_some(people_import: PeopleImport) -> None:
    """The next rows become members. The caller holds the import's lock."""
    counts, now = people_import.counts, timezone.now()
    values = {
        "import": people_import.pk,
        "group": people_import.group_id,
        "today": timezone.localdate(people_import.started_at),
        "low": people_import.done_row,
        "most": ROWS_AT_A_TIME,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        high, count = cursor.fetchone()
        if count:
            values["high"] = people_import.done_row = high
            counts["added"] += _bring_in(cursor, values)
            # A no in any row of an address counts before a yes in another.
            counts["declined"] += permitting.decline_rows(cursor, people_import, values, now)
            counts["permitted"] += permitting.grant_rows(cursor, people_import, values, now)
            cursor.execute(_FORGET_TEXT, values)
    if count < ROWS_AT_A_TIME:
        _finish(people_import, now)
    people_import.touched_at = now
    people_import.save()


def _bring_in(cursor, values: dict) -> int:
    """Returns how many joined the group."""
    for statement in (_LOCK_ADDRESSES, _FIND_HERE, _FIND_ELSEWHERE, _NUMBER_NEW):
        cursor.execute(statement, values)
    insert, defaults = _insert(Supporter, _PERSON | _PLACE, _NEW)
    cursor.execute(insert, values | defaults)
    cursor.execute(_FILL_POSTCODES, values)
    insert, defaults = _insert(Membership, _MEMBERSHIP, _JOINING)
    cursor.execute(insert, values | defaults)
    joined = cursor.fetchall()
    values["memberships"], values["supporters"] = [row[0] for row in joined], [row[1] for row in joined]
    cursor.execute(_NOTE_JOINED, values)
    return len(joined)


def _finish(people_import: PeopleImport, now) -> None:
    people_import.counts |= {
        name: count for name, count in count_outcomes(people_import).items() if name in ("new", "here")
    }
    people_import.state, people_import.finished_at = State.DONE, now
    counts = {name: people_import.counts[name] for name in ("added", "permitted", "declined")}
    record("groups.finish_import", people_import, by="clock", group=people_import.group_id, **counts)

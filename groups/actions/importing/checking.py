"""Reading a file row by row into the table of rows, and sorting them; nobody is imported by it."""

from itertools import islice

from django.db import connection
from django.utils import timezone

from groups.actions.importing.judging import ROW, Judge
from groups.actions.importing.reading import records
from groups.models import ImportRow, PeopleImport

ROWS_AT_A_TIME = 2000
# More people than this at one address is a mistake in the file, or a mailbox that many share.
MOST_AT_ADDRESS = 10

_COPY = f"COPY groups_importrow (people_import_id, made_supporter, filled_postcode, {', '.join(ROW)}) FROM STDIN"

# Two people may share an address, so the first word of the name counts too; without an address the whole name does.
_SORT_TWICE = """
    WITH called AS (
        SELECT number, email_mac,
            CASE WHEN email_mac = '' THEN lower(name) ELSE lower(split_part(name, ' ', 1)) END AS who
        FROM groups_importrow WHERE people_import_id = %(import)s AND outcome = 0
    ), ranked AS (
        SELECT number, email_mac, row_number() OVER same AS nth, min(number) OVER same AS earliest
        FROM called WINDOW same AS (PARTITION BY email_mac, who ORDER BY number)
    ), counted AS (
        SELECT *, count(*) FILTER (WHERE nth = 1) OVER (PARTITION BY email_mac) AS people FROM ranked
    )
    UPDATE groups_importrow r SET
        outcome = CASE WHEN c.nth > 1 THEN 2 ELSE 3 END,
        problem_column = CASE WHEN c.email_mac <> '' THEN %(email_column)s::int END,
        problem = CASE
            WHEN c.nth > 1 THEN 'The same person is in row ' || c.earliest
            ELSE 'More than %(most)s people in this file have this address. Check it'
        END
    FROM counted c
    WHERE r.people_import_id = %(import)s AND r.number = c.number
        AND (c.nth > 1 OR (c.email_mac <> '' AND c.people > %(most)s))
"""

# Whether two first words may be one: "A." and "Ann", "Chris" and "Christine".
ALIKE = """(
    starts_with(lower(rtrim(split_part(s.name, ' ', 1), '.')), lower(rtrim(split_part(r.name, ' ', 1), '.')))
    OR starts_with(lower(rtrim(split_part(r.name, ' ', 1), '.')), lower(rtrim(split_part(s.name, ' ', 1), '.')))
)"""

# Subselects with a limit leave the planner one road, by the index: what it knows of these tables is minutes old.
BELONGS = """
    coalesce((
        SELECT TRUE FROM groups_membership m
        WHERE m.supporter_id = s.id AND m.group_id = %(group)s AND m.left_on IS NULL LIMIT 1
    ), FALSE)
"""
# In this group only: whoever is known elsewhere in the network is "new" to those who read this.
MEMBER = f"""
    SELECT s.id, s.name FROM people_supporter s
    WHERE r.email_mac <> '' AND s.email_mac = r.email_mac AND {ALIKE} AND {BELONGS}
    UNION ALL
    SELECT s.id, s.name FROM people_supporter s
    WHERE r.email_mac = '' AND lower(s.name) = lower(r.name) AND {BELONGS}
"""

_SORT_HERE = f"""
    UPDATE groups_importrow r SET outcome = 1
    WHERE r.people_import_id = %(import)s AND r.outcome = 0 AND EXISTS ({MEMBER})
"""


def check_some(people_import: PeopleImport) -> None:
    """The next rows, into the table; after the last, all are sorted. The caller holds the import's lock."""
    judge = Judge(people_import.columns)
    rest = records(people_import, byte=people_import.next_byte, row=people_import.next_row)
    read = list(islice(rest, ROWS_AT_A_TIME))
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for record in read:
            if not record.is_blank:
                copy.write_row((people_import.pk, False, False, *judge.row(record)))
    if read:
        people_import.next_byte, people_import.next_row = read[-1].next_byte, read[-1].number + 1
    # Whatever is wrong with the end of the file shows only when the reader gets there.
    if len(read) < ROWS_AT_A_TIME:
        _finish_check(people_import)
    people_import.touched_at = timezone.now()
    people_import.save()


def _finish_check(people_import: PeopleImport) -> None:
    columns = list(people_import.columns)
    values = {
        "import": people_import.pk,
        "group": people_import.group_id,
        "most": MOST_AT_ADDRESS,
        "email_column": columns.index("email") if "email" in columns else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SORT_TWICE, values)
        cursor.execute(_SORT_HERE, values)
    people_import.counts = count_outcomes(people_import)
    people_import.state = PeopleImport.State.CHECKED


def count_outcomes(people_import: PeopleImport) -> dict[str, int]:
    """How many rows have which outcome, and for how many of those to import the row itself says no, or not yes."""
    rows = ImportRow.objects.filter(people_import=people_import)
    counts = {outcome.name.lower(): rows.filter(outcome=outcome).count() for outcome in ImportRow.Outcome}
    wanted = rows.filter(outcome__in=[ImportRow.Outcome.NEW, ImportRow.Outcome.HERE])
    counts["stop"] = wanted.filter(emails=ImportRow.Emails.STOP).count()
    counts["unsure"] = wanted.filter(emails=ImportRow.Emails.UNSURE).count()
    counts["no_address"] = wanted.filter(email="").count()
    return counts

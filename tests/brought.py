"""A made-up file of people with everything that real ones have, and the sum of what became of it."""

import csv
import hashlib
import io
import random
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from groups.actions import importing
from groups.models import LocalGroup, PeopleImport
from sanctuary.people.actions import decline, grant, suppress
from sanctuary.people.address import mac
from sanctuary.people.models import Supporter, Suppression, User, Wording
from tests import factories as make

FIRST = ["Amira", "Ben", "Chidi", "Dana", "Eilidh", "Farid", "Gwen", "Hana", "Idris", "José", "Khadija", "Luca", "Zoë"]
LAST = ["Example", "Sample", "Placeholder", "Fictional", "Madeup", "Invented", "Pretend", "Notional"]
POSTCODES = ["LS7 3HJ", "LS7", "ls73hj", "BD1 1HU", "", "", "CF10 1AA"]
PROOF = {
    "agreed": PeopleImport.Agreed.YES,
    "words": "Yes, send me news of the group by email.",
    "on": date(2025, 6, 1),
    "where": "Paper form at a made-up summer fair",
    "purposes": ["news", "activities"],
}
EVERY = 25  # of so many rows one speaks of somebody whom the network knows
MOST_KNOWN = 1000


def make_file(rows: int, mark: str, *, seed: int = 2005) -> bytes:
    """So many rows, always the same for a seed but for the mark in every address."""
    dice = random.Random(seed)
    page = io.StringIO(newline="")
    lines = csv.writer(page, lineterminator="\r\n")
    lines.writerow(["First Name", "Last Name", "Email Address", "Postcode", "Status", "Notes"])
    for number in range(rows):
        lines.writerow(_line(number, mark, dice))
    return b"\xef\xbb\xbf" + page.getvalue().encode()


def _line(number: int, mark: str, dice: random.Random) -> list[str]:
    kind = dice.randrange(1000)
    first, last, address = FIRST[number % len(FIRST)], LAST[number % len(LAST)], f"p{number}@{mark}.example.org"
    if kind < 10:  # twice, or another person at an address that is shared
        address = f"p{dice.randrange(max(1, number))}@{mark}.example.org"
    elif kind < 20:
        address = dice.choice(["nobody", "two@example.org, three@example.org", "x@localhost"])
    elif kind < 25:
        first = last = ""
    elif kind < 30:
        address = ""
    status = dice.choice(["Subscribed"] * 8 + ["Unsubscribed", ""])
    note = dice.choice(["", "", "likes\r\nwalks", 'said "hello"', "=1+1"])
    return [first, last, address, dice.choice(POSTCODES) if kind != 31 else "SW1A 99", status, note]


def furnish(group: LocalGroup, other: LocalGroup, rows: int, mark: str) -> None:
    """Some of those in the file are known: members, people of another group, people who said no or are silent."""
    wording = Wording.objects.current("email-question")
    for number in range(0, min(rows, MOST_KNOWN * EVERY), EVERY):
        address = f"p{number}@{mark}.example.org"
        name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
        person = Supporter.objects.create(name=name, email=address, email_mac=mac(address))
        make.MembershipFactory(group=group if number % 3 else other, supporter=person)
        if number % 2 == 0:
            decline(person, controllers=[group.controller], purposes=["news"], wording=wording, source="test")
        elif number % 5 == 0:
            grant(person, controllers=[group.controller], purposes=["news"], wording=wording, source="test")
        if number % 7 == 0:
            suppress(address, reason=Suppression.Reason.UNSUBSCRIBED)


def begin(group: LocalGroup, user: User, body: bytes) -> PeopleImport:
    """Uploaded, matched and answered for: ready to be checked by a worker."""
    file = importing.take_file(group, SimpleUploadedFile("made-up.csv", body), by=user)
    file = importing.match_columns(file, file.columns, by=user)
    return importing.say_how_they_agreed(file, by=user, **PROOF)


_SUMS = {
    "members": """
        SELECT s.name, replace(s.email, %(mark)s, ''), s.postcode, s.outward_code, s.district_code, s.region,
            s.latitude, s.kind, m.source, m.left_on
        FROM groups_membership m JOIN people_supporter s ON s.id = m.supporter_id WHERE m.group_id = %(group)s
    """,
    "macs": """
        SELECT count(*), count(DISTINCT s.email_mac), count(*) FILTER (WHERE s.email_mac = '')
        FROM groups_membership m JOIN people_supporter s ON s.id = m.supporter_id WHERE m.group_id = %(group)s
    """,
    "ledger": """
        SELECT s.name, replace(s.email, %(mark)s, ''), p.purpose, p.change, p.basis, w.text, p.source LIKE 'import:%%',
            CASE WHEN p.change = 'granted' AND p.source LIKE 'import:%%' THEN p.occurred_at END
        FROM people_permission p JOIN people_supporter s ON s.id = p.supporter_id
        LEFT JOIN people_wording w ON w.id = p.wording_id WHERE p.controller_id = %(controller)s
    """,
    "live": """
        SELECT s.name, replace(s.email, %(mark)s, ''), c.purpose FROM people_currentpermission c
        JOIN people_supporter s ON s.id = c.supporter_id WHERE c.controller_id = %(controller)s AND c.is_live
    """,
    "rows": """
        SELECT r.number, r.outcome, r.problem, r.made_supporter, r.filled_postcode, r.membership_id IS NULL,
            replace(s.email, %(mark)s, ''), s.name, replace(r.email, %(mark)s, ''), r.name,
            replace(r.cells::text, %(mark)s, '')
        FROM groups_importrow r LEFT JOIN people_supporter s ON s.id = r.supporter_id
        WHERE r.people_import_id = %(import)s
    """,
    "people": "SELECT count(*) FROM people_supporter WHERE email LIKE '%%' || %(mark)s || '%%'",
}


def sums(file: PeopleImport, mark: str) -> dict[str, object]:
    """What became of a file, without the database's own numbers and without the mark: equal for equal results."""
    file.refresh_from_db()
    values = {"group": file.group_id, "controller": file.group.controller_id, "import": file.pk, "mark": mark}
    found: dict[str, object] = {"state": file.state, "counts": file.counts}
    with connection.cursor() as cursor:
        for name, query in _SUMS.items():
            cursor.execute(query, values)
            rows = sorted(map(repr, cursor.fetchall()))
            found[name] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
    return found

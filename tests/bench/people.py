"""A million made-up supporters in less than a minute: whole sets in SQL, through the ledger's own triggers."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from groups.models import LocalGroup, Membership
from sanctuary.people.models import Controller, Permission, Supporter, Wording

BATCH = 100_000
# Some beyond ASCII, as in any list of people: what is written must cope.
FIRST = ["Amira", "Ben", "Carys", "Dawit", "Élodie", "Fatima", "Gwen", "Hamid", "Iseult", "Jamila", "Łucja", "Zoë"]
LAST = ["Example", "Sample", "O’Demo", "Demo-Jones", "Ñandú", "Probe", "Trial", "Specimen", "Çelik-Demo"]

_ADDRESS = "'supporter.' || n || '@m' || n %% 16 || '.example.org'"
_SUPPORTER = f"""
    WITH place AS (SELECT *, row_number() OVER (ORDER BY code) - 1 AS at FROM places_outwardcode WHERE region <> ''),
    size AS (SELECT count(*) AS places FROM place)
    INSERT INTO people_supporter (id, kind, name, email, email_mac, created_at, outward_code, postcode,
        district_code, region, nation, latitude, longitude{{columns}})
    SELECT n, 'person',
        (%(first)s::text[])[1 + n %% {len(FIRST)}] || ' ' || (%(last)s::text[])[1 + n / {len(FIRST)} %% {len(LAST)}],
        {_ADDRESS}, sha256(%(outer)s::bytea || sha256(%(inner)s::bytea || convert_to({_ADDRESS}, 'UTF8'))), %(now)s,
        p.code, p.code, p.district_code, p.region, p.nation, p.latitude, p.longitude{{values}}
    FROM generate_series(%(lo)s, %(hi)s) AS n, size s JOIN place p ON TRUE WHERE p.at = n %% s.places
"""
_PERMISSION = """
    INSERT INTO people_permission (supporter_id, controller_id, purpose, channel, change, basis, wording_id, source,
        occurred_at, recorded_at{columns})
    SELECT n, %(controller)s, purpose, 'email', 'granted', 'consent', %(wording)s, 'bench', %(now)s, %(now)s{values}
    FROM generate_series(%(lo)s, %(hi)s) AS n, unnest(ARRAY['campaigns', 'news']) AS purpose
"""
_MEMBERSHIP = """
    INSERT INTO groups_membership (supporter_id, group_id, source, joined_on{columns})
    SELECT n, (%(groups)s::bigint[])[1 + n %% array_length(%(groups)s::bigint[], 1)], 'pledge', %(today)s{values}
    FROM generate_series(%(lo)s, %(hi)s) AS n
"""


def add_people(until: int) -> None:
    """Supporters up to this number, each with permission, a place and a group. The network itself must stand."""
    done = Supporter.objects.aggregate(last=models.Max("pk"))["last"] or 0
    given = _given()
    for lo in range(done + 1, until + 1, BATCH):
        given |= {"lo": lo, "hi": min(lo + BATCH - 1, until)}
        for sql, model in ((_SUPPORTER, Supporter), (_PERMISSION, Permission), (_MEMBERSHIP, Membership)):
            _insert(sql, model, given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('people_supporter', 'id'), %s)", [until])


def _given() -> dict:
    now = timezone.now()
    inner, outer = hmac_pads(settings.SUPPRESSION_KEY.encode())
    return {
        "first": FIRST,
        "last": LAST,
        "inner": inner + b"supp:v1:email\0",
        "outer": outer,
        "now": now - timedelta(days=90),
        "today": now.date(),
        "controller": Controller.objects.national().pk,
        "wording": Wording.objects.current("email-question").pk,
        "groups": list(LocalGroup.objects.order_by("pk").values_list("pk", flat=True)),
    }


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """RFC 2104's two pads, with which SQL's plain `sha256` makes an HMAC."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def _insert(sql: str, model: type[models.Model], given: dict) -> None:
    """One set. A column that the statement does not name gets what the model would give it."""
    ours = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    rest = [field for field in ours if field.column not in sql]
    values = {f"_{field.column}": field.get_db_prep_save(field.get_default(), connection) for field in rest}
    columns = "".join(f", {field.column}" for field in rest)
    sql = sql.format(columns=columns, values="".join(f", %({name})s" for name in values))
    with connection.cursor() as cursor:
        cursor.execute(sql, given | values)

"""The bench's own database: built once in a run, and copied afresh for each measurement."""

import os
import random
import time

import psycopg
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

from campaigns.models import Campaign, Mailing
from pledges.actions import set_up_pledges
from sanctuary.demo import network, words
from sanctuary.people.actions import set_up_people
from sanctuary.people.models import User
from sanctuary.places.actions import load_outward_codes
from streams.actions import set_up_streams
from tests.bench import letter, machine
from tests.bench.people import add_people

SEED = 2005


def build(people: int) -> None:
    """The network with so many supporters, in an empty database; more of them in one that was built before."""
    started = time.monotonic()
    if "people_user" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
        found_network()
    add_people(people)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"Built {people:,} supporters in {time.monotonic() - started:.0f} s (sets in SQL)", flush=True)


def found_network() -> None:
    """Places, streams, groups and people with accounts; no supporters yet."""
    set_up_people(), set_up_pledges(), set_up_streams(), load_outward_codes()
    network.national()
    staff = network.people()
    network.groups(random.Random(SEED))
    network.campaigns(staff[words.STAFF], staff[words.APPROVER])


def keep() -> None:
    """Put this state aside; `renew` comes back to it."""
    administer("DROP DATABASE IF EXISTS {kept} WITH (FORCE)", "CREATE DATABASE {kept} TEMPLATE {own}")


def renew() -> None:
    """Forget all that was sent: every measurement begins with the same database."""
    administer("DROP DATABASE IF EXISTS {own} WITH (FORCE)", "CREATE DATABASE {own} TEMPLATE {kept}")


def name_of(which: str) -> str:
    """The bench's database that is kept aside ("kept"), or the peer's ("peer")."""
    return f"{connection.settings_dict['NAME']}_{which}"


def administer(*statements: str) -> None:
    """Change whole databases, from a connection to another one."""
    own = connection.settings_dict["NAME"]
    connection.close()
    names = {which: sql.Identifier(name_of(which)) for which in ("kept", "peer")} | {"own": sql.Identifier(own)}
    with psycopg.connect(os.environ["BENCH_ADMIN_URL"], autocommit=True) as talk:
        for statement in statements:
            talk.execute(sql.SQL(statement).format(**names))


def new_mailing(**fields) -> Mailing:
    """A mailing to everybody (or to another `audience`), approved and due."""
    author, approver = User.objects.get(email=words.STAFF), User.objects.get(email=words.APPROVER)
    now = timezone.now()
    mailing = Mailing(
        campaign=Campaign.objects.live().first(),
        controller=set_up_people(),
        author=author,
        subject=letter.SUBJECT,
        preheader=letter.PREHEADER,
        body=letter.BODY,
        state=Mailing.State.SCHEDULED,
        starts_at=now,
        **{"audience": {"kind": "everyone", "value": ""}, **fields},
    )
    mailing.tested_hash = mailing.approved_hash = mailing.content_hash
    mailing.approved_by, mailing.approved_at = approver, now
    mailing.save()
    return mailing


def postgres() -> list:
    """The server's process, with all its backends below it; empty when it is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return machine.server_of(cursor.fetchone()[0])


def pages_read() -> int:
    """Pages that PostgreSQL has fetched from outside its own cache for this database, since it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT blks_read FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def describe() -> str:
    with connection.cursor() as cursor:
        names = ["server_version", "shared_buffers", "fsync", "synchronous_commit"]
        cursor.execute("SELECT current_setting(name) FROM unnest(%s::text[]) AS name", [names])
        version, cache, fsync, commit = (row[0] for row in cursor.fetchall())
    return f"PostgreSQL {version} (shared_buffers {cache}, fsync {fsync}, synchronous_commit {commit})"

"""Fill an empty database with the made-up network. The same seed makes the same people."""

import random
import time
from collections.abc import Callable

from django.db import connection, transaction

from groups.actions import set_up_groups
from pledges.actions import set_up_pledges
from sanctuary.demo import (
    acting,
    activities,
    declaration,
    embeds,
    group_mail,
    imports,
    letters,
    life,
    log,
    network,
    partners,
    persons,
    seats,
    sharing,
    signing,
    stories,
    team,
    words,
)
from sanctuary.demo.supporters import Crowd, write
from sanctuary.people.actions import set_up_people
from sanctuary.people.models import User
from sanctuary.places.actions import DirectoryMissing, load_outward_codes, load_postcodes
from streams.actions import set_up_streams

SEED = 2005
POSTCODE_AREAS = ("LS", "CF", "EH", "BT")

# COPY gives ids of its own to supporters; the next one made by a person must come after them.
_NEXT_ID = "SELECT setval(pg_get_serial_sequence('people_supporter', 'id'), (SELECT max(id) FROM people_supporter))"
_INTENTIONS = """
    INSERT INTO pledges_intendedaction (pledge_id, kind, due_on, done_at)
    SELECT id, (ARRAY['meet', 'volunteer', 'campaign', 'invite'])[1 + id %% 4], NULL,
        CASE WHEN id %% 3 = 0 THEN confirmed_at + interval '20 days' END
    FROM pledges_pledge WHERE confirmed_at IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def is_built() -> bool:
    return User.objects.filter(email=words.STAFF).exists()


def build(supporters: int, say: Callable[[str], None]) -> None:
    """Make everything in one transaction, so that an interrupted build leaves nothing half there."""
    started = time.monotonic()
    dice = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    _whole_postcodes(say)
    with transaction.atomic():
        say("Places, streams and the words of the pledges …")
        set_up_people(), set_up_pledges(), set_up_streams(), set_up_groups(), load_outward_codes()
        seats.fill()
        network.national()
        staff = network.people()
        groups = network.groups(dice)
        network.roles(groups, staff[words.COORDINATOR])
        network.activities(groups, dice)
        activities.fill(staff[words.COORDINATOR])
        life.fill(groups)
        stories.fill(staff)
        campaigns = network.campaigns(staff[words.STAFF], staff[words.APPROVER])
        say(f"{len(groups)} groups. Now {supporters:,} supporters …")
        _supporters(supporters, say, started)
        acting.ask(campaigns[0], staff[words.COORDINATOR])
        signing.sign(campaigns, dice)
        acting.fill(campaigns[0], staff[words.STAFF], dice)
        sharing.fill(campaigns[0])
        partners.fill(staff[words.STAFF], staff[words.COORDINATOR], campaigns[0])
        declaration.fill(staff[words.STAFF], campaigns)
        persons.fill(staff[words.COORDINATOR])
        log.fill(staff[words.COORDINATOR], dice)
        # One small mailing leaves by itself when the workers start; the large one waits for somebody to send it.
        network.first_mailing(campaigns[0], staff[words.STAFF], staff[words.APPROVER])
        network.mailing(campaigns[0], staff[words.STAFF], audience={"kind": "everyone", "value": ""})
        group_mail.fill(staff[words.COORDINATOR])
        team.fill(staff[words.COORDINATOR])
        embeds.fill(staff[words.COORDINATOR], staff[words.STAFF], campaigns[0])
        imports.fill(staff[words.COORDINATOR])
        letters.fill(staff[words.STAFF], staff[words.APPROVER], dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE (SKIP_LOCKED)")
    say(f"The network is ready after {time.monotonic() - started:.0f} s.")


def _whole_postcodes(say) -> None:
    """Those of a few areas, so that the demonstration finds people to the street; the rest by `make postcodes`."""
    try:
        loaded = load_postcodes(POSTCODE_AREAS)
    except DirectoryMissing:
        say("Whole postcodes are left out: their package is not installed.")
    else:
        say(f"{loaded.postcodes:,} whole postcodes of {', '.join(POSTCODE_AREAS)}; `make postcodes` loads them all.")


def _supporters(count: int, say, started: float) -> None:
    done = 0
    with connection.cursor() as cursor:
        # Foreign keys are checked batch by batch: a million deferred checks would wait in memory for the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for rows in Crowd(SEED).make(count):
        write(rows)
        done += len(rows["supporter"])
        say(f"  {done:,} of {count:,} supporters, {time.monotonic() - started:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_ID)
        cursor.execute(_INTENTIONS.replace("%%", "%"))
        # What follows is little, and an import numbers its people before it writes them.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

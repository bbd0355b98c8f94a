"""Who visits, what is always there, and a database that transactional tests can flush."""

import time
from datetime import date

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from groups.actions import set_up_groups
from groups.models import GroupRole
from pledges.actions import set_up_pledges
from sanctuary.people.actions import set_up_people
from sanctuary.places.actions import load_outward_codes
from tests import emptying, factories
from tests.world import build_world, put_letter

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

# Django empties tables between transactional tests with TRUNCATE, which these forbid. That the migrations make them
# is shown in tests/sanctuary/test_ledger.py, on a database of its own.
NO_TRUNCATE = {
    "people_permission": "people_permission_no_truncate",
    "audit_entry": "audit_entry_no_truncate",
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, without the triggers that would stop Django from emptying it, and empty.

    A run that was killed may have left rows, and the database is kept from run to run.
    """
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            for table, trigger in NO_TRUNCATE.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
        call_command("flush", interactive=False, verbosity=0)
    emptying.be_quick()


@pytest.fixture(autouse=True)
def clean_valkey():
    """No rate limit, no cached page and no queued task of the test before."""
    client = cache._cache.get_client()
    if keys := list(client.scan_iter("test:*", count=1000)):
        client.delete(*keys)


@pytest.fixture
def essentials(db):
    """The rows without which nothing works. Returns the national controller."""
    set_up_pledges()
    set_up_groups()
    return set_up_people()


@pytest.fixture(autouse=True)
def _essentials_where_there_is_a_database(request):
    wants = {"db", "transactional_db", "client", "live_server"} & set(request.fixturenames)
    if wants or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("essentials")


@pytest.fixture
def places(db):
    """Every outward code of the country, in about 0.2 s."""
    load_outward_codes()


def client_of(user=None) -> Client:
    """A browser: a stranger's, or one signed in as `user`; national staff have passed the second step."""
    client = Client()
    if user is None:
        return client
    client.force_login(user)
    if user.is_staff:
        add_second_step(user)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def add_second_step(user) -> Authenticator:
    """An authenticator app with a secret that the tests know."""
    found, _ = Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(TOTP_SECRET)}}
    )
    return found


@pytest.fixture(name="client_of")
def client_of_fixture():
    return client_of


@pytest.fixture
def group(essentials):
    """The group of `coordinator`."""
    return factories.LocalGroupFactory(name="Amberford City of Sanctuary", slug="amberford", area="Amberford")


@pytest.fixture
def other_group(essentials):
    """A group in which nobody but `other_coordinator` has a part."""
    return factories.LocalGroupFactory(name="Brackenmouth of Sanctuary", slug="brackenmouth", area="Brackenmouth")


@pytest.fixture
def stranger():
    """Nobody signed in."""
    return None


@pytest.fixture
def supporter(essentials):
    """Somebody with an account who supports the network and runs nothing."""
    person = factories.SupporterFactory(name="Sabitha Supporter", email="sabitha@example.org")
    return factories.UserFactory(email=person.email, name=person.name, supporter=person)


@pytest.fixture
def coordinator(group):
    """Coordinates `group`."""
    return _coordinator_of(group, "Carys Coordinator", "carys@example.org")


@pytest.fixture
def helper(group):
    """Helps with the activities of `group`, and does not look after its people."""
    return _with_role(group, GroupRole.Role.HELPER, "Hope Helps", "hope@example.org")


@pytest.fixture
def other_coordinator(other_group):
    """Coordinates `other_group`, and must see nothing of `group`."""
    return _coordinator_of(other_group, "Owen Othergroup", "owen@example.org")


def _coordinator_of(group, name, email):
    return _with_role(group, GroupRole.Role.COORDINATOR, name, email)


def _with_role(group, role, name, email):
    user = factories.UserFactory(name=name, email=email)
    factories.GroupRoleFactory(group=group, user=user, role=role, started_on=date(2020, 1, 1))
    return user


@pytest.fixture
def staff(essentials):
    """National staff."""
    return factories.UserFactory(name="Nadia National", email="nadia@example.org", is_staff=True)


@pytest.fixture
def superuser(essentials):
    """Break-glass: no magic outside the admin."""
    return factories.UserFactory(name="Sully Super", email="sully@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def world(
    group,
    other_group,
    stranger,
    supporter,
    coordinator,
    helper,
    other_coordinator,
    staff,
    superuser,
    settings,
    tmp_path,
):
    """Two groups and everybody who visits: for the checks over all pages."""
    people = {
        "stranger": stranger,
        "supporter": supporter,
        "coordinator": coordinator,
        "helper": helper,
        "other_coordinator": other_coordinator,
        "staff": staff,
        "superuser": superuser,
    }
    for user in filter(None, people.values()):
        factories.EmailAddressFactory(user=user)
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    world = build_world(people, group, other_group)
    world.letter = put_letter(settings.MAILBOX_DIR)
    return world

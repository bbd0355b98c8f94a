"""What the database itself refuses, whoever asks: the permission ledger and the audit log are append-only."""

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from sanctuary.audit.actions import record
from sanctuary.audit.models import Entry
from sanctuary.people.actions import decline, withdraw
from sanctuary.people.models import Controller, CurrentPermission, Permission, Wording
from tests.conftest import NO_TRUNCATE
from tests.factories import SupporterFactory, UserFactory, permit

NEWS, CAMPAIGNS = Permission.Purpose.NEWS, Permission.Purpose.CAMPAIGNS


@pytest.fixture
def person(essentials):
    return SupporterFactory()


@pytest.fixture
def granted(person):
    return permit(person)


def is_live(person, purpose=CAMPAIGNS) -> bool | None:
    """None where nobody ever asked."""
    row = CurrentPermission.objects.filter(supporter=person, purpose=purpose).first()
    return row and row.is_live


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"change": "withdrawn"}, {"occurred_at": timezone.now()}, {"source": "forged"}, {"recorded_by_id": 1}],
    ids=lambda change: next(iter(change)),
)
def test_permission_cannot_be_rewritten(change, granted):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Permission.objects.filter(pk=granted.pk).update(**change)


@pytest.mark.django_db
def test_permission_cannot_be_deleted(granted):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Permission.objects.all().delete()
    assert Permission.objects.count() == 1


@pytest.mark.django_db
def test_author_of_an_entry_can_be_forgotten(person):
    author = UserFactory()
    wording = Wording.objects.current("email-question")
    national = [Controller.objects.national()]
    (entry,) = decline(person, controllers=national, purposes=[NEWS], wording=wording, source="test", by=author)
    author.delete()
    entry.refresh_from_db()
    assert (entry.recorded_by, entry.source) == (None, "test")


@pytest.mark.django_db
def test_audit_entry_cannot_be_rewritten_or_deleted(person):
    record("people.test", person, by="clock")
    for change in (lambda: Entry.objects.update(actor="nobody"), lambda: Entry.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.get().actor == "clock"


@pytest.mark.django_db
def test_ledger_says_who_agreed_now(person):
    assert is_live(person) is None
    permit(person)
    assert (is_live(person), is_live(person, NEWS)) == (True, None)
    withdraw(person, source="test")
    assert is_live(person) is False
    permit(person)
    assert is_live(person) is True


@pytest.mark.django_db
def test_withdrawal_beats_a_grant_of_the_same_moment(person):
    now = timezone.now()
    permit(person, at=now)
    withdraw(person, source="test", at=now)
    permit(person, at=now)
    assert is_live(person) is False


@pytest.mark.django_db
def test_a_late_entry_about_the_past_changes_nothing(person):
    """An import of last year's forms does not undo what was said since."""
    now = timezone.now()
    permit(person, at=now)
    withdraw(person, source="test", at=now + timedelta(seconds=1))
    permit(person, at=now - timedelta(days=365))
    assert is_live(person) is False


@pytest.mark.django_db
def test_permission_of_one_controller_is_none_of_anothers(person):
    permit(person, Controller.objects.create(kind="group", name="A group"))
    live = CurrentPermission.objects.live().filter(supporter=person)
    assert [row.controller.name for row in live] == ["A group"]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"wording": None}, {"basis": "none"}], ids=["no words", "no basis"])
def test_a_grant_needs_words_and_a_basis(wrong, granted):
    values = {name: getattr(granted, name) for name in ("supporter", "controller", "wording", "purpose", "change")}
    values |= {"source": "test", "occurred_at": timezone.now()} | wrong
    with pytest.raises(IntegrityError, match="people_a_grant_has"), transaction.atomic():
        Permission.objects.create(**values)


@pytest.fixture(scope="session")
def as_migrated(django_db_setup, django_db_blocker):
    """A connection to a database that has only been migrated: the other tests' one has lost two triggers."""
    name = f"{connection.settings_dict['NAME']}_ledger"
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.settings["ledger"] = connections.settings["default"] | {"NAME": name}
        settings.DATABASES["ledger"] = connections.settings["ledger"]
        call_command("migrate", database="ledger", verbosity=0)
        raw = connections["ledger"].connection
        raw.autocommit = True
        yield raw
        connections["ledger"].close()
        del connections.settings["ledger"]
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


@pytest.mark.parametrize("table", NO_TRUNCATE)
def test_table_cannot_be_emptied_at_once(table, as_migrated):
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        as_migrated.execute(f"TRUNCATE {table} CASCADE")


def test_a_truncate_of_what_stands_below_is_refused_too(as_migrated):
    """CASCADE from people_supporter would reach the ledger."""
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        as_migrated.execute("TRUNCATE people_supporter CASCADE")

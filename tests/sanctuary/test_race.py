"""The race helper catches what it is for."""

import pytest
from django.db import transaction

from sanctuary.people.models import Supporter
from tests.factories import SupporterFactory
from tests.race import NobodyMet, race

pytestmark = pytest.mark.django_db(transaction=True)

READS = 'FROM "people_supporter"'


def add_one(pk, *, locked):
    """Add a letter to a name, with or without a lock."""
    with transaction.atomic():
        rows = Supporter.objects.select_for_update() if locked else Supporter.objects
        person = rows.get(pk=pk)
        person.name += "x"
        person.save(update_fields=["name"])


@pytest.mark.parametrize(("locked", "name"), [(True, "Adaxx"), (False, "Adax")])
def test_race_finds_the_missing_lock(locked, name):
    pk = SupporterFactory(name="Ada").pk
    call = lambda: add_one(pk, locked=locked)  # noqa: E731
    assert race(call, call, after=READS, patience=0.3) == [None, None]
    assert Supporter.objects.get(pk=pk).name == name


def test_race_that_never_met_says_so():
    with pytest.raises(NobodyMet):
        race(lambda: None, lambda: None, after=READS, patience=0.1)


def test_race_hands_back_what_was_raised():
    (error,) = race(lambda: Supporter.objects.get(pk=0), after=READS, patience=0.1)
    assert isinstance(error, Supporter.DoesNotExist)

"""Finding, forgetting and answering for people, once and by two at once."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from sanctuary.audit.models import Entry
from sanctuary.people import actions
from sanctuary.people.models import AddressChange, CurrentPermission, Permission, Supporter, Suppression
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db
Purpose = Permission.Purpose


def amira(**changes):
    return {"kind": "person", "name": "Amira Hassan", "email": "Amira@Example.org"} | changes


def test_find_or_create_supporter_finds_the_same_person_however_they_spell_it():
    first = actions.find_or_create_supporter(**amira())
    assert actions.find_or_create_supporter(**amira(name="AMIRA hassan", email=" amira@example.org")) == first
    assert actions.find_or_create_supporter(**amira(name="Bashir Hassan")) != first
    assert actions.find_or_create_supporter(**amira(kind="organisation")) != first


def test_find_or_create_supporter_fills_in_what_was_not_known_and_overwrites_nothing(places):
    person = actions.find_or_create_supporter(**amira())
    actions.find_or_create_supporter(**amira(postcode="LS7 3HJ"))
    actions.find_or_create_supporter(**amira(postcode="BD1 1HU"))
    person.refresh_from_db()
    assert (person.postcode, person.outward_code) == ("LS7 3HJ", "LS7")
    assert person.has_position


@pytest.mark.django_db(transaction=True)
def test_find_or_create_supporter_at_once_makes_one():
    race(*[lambda: actions.find_or_create_supporter(**amira())] * 2, after='FROM "people_supporter"')
    assert Supporter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_stop_all_emails_twice_at_once_is_one_suppression():
    person = make.SupporterFactory()
    make.permit(person)
    race(
        *[lambda: actions.stop_all_emails(person, source="test")] * 2,
        after='FROM "people_suppression"',
    )
    assert Suppression.objects.count() == 1
    assert not CurrentPermission.objects.live().exists()


@pytest.mark.django_db(transaction=True)
def test_finish_address_change_twice_at_once_tells_the_old_mailbox_once():
    person = make.SupporterFactory(email="old@example.org")
    change = actions.start_address_change(person, "new@example.org")
    race(*[lambda: actions.finish_address_change(change)] * 2, after='FROM "people_addresschange"')
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert list(Email.objects.filter(to="old@example.org").values_list("kind", flat=True)) == ["people/address_changed"]
    assert Entry.objects.filter(verb="people.change_address").count() == 1


@pytest.mark.django_db(transaction=True)
def test_letters_at_once_stay_within_the_limit():
    person = make.SupporterFactory()
    for _ in range(2):
        actions.send_choices_link(person.email)
    race(*[lambda: actions.send_choices_link(person.email)] * 2, after='FROM "post_email"')
    assert Email.objects.count() == 3


def test_stop_all_emails_says_nothing_about_other_addresses():
    person, other = make.SupporterFactory(), make.SupporterFactory()
    make.permit(person)
    make.permit(other)
    actions.stop_all_emails(person, source="test")
    assert list(CurrentPermission.objects.live().values_list("supporter", flat=True)) == [other.pk]


def test_start_address_change_throws_stale_ones_away():
    person = make.SupporterFactory()
    stale = actions.start_address_change(person, "one@example.org")
    AddressChange.objects.filter(pk=stale.pk).update(asked_at="2020-01-01T00:00Z")
    kept = actions.start_address_change(person, "two@example.org")
    assert list(AddressChange.objects.all()) == [kept]


def test_erase_supporter_leaves_no_name_in_the_log_of_the_admin(staff):
    person, other = make.SupporterFactory(name="Amira Canary"), make.SupporterFactory(name="Bo Stays")
    for supporter in (person, other):
        LogEntry.objects.log_actions(staff.pk, [supporter], CHANGE, [{"changed": {"fields": ["Name"]}}])
    actions.erase_supporter(person, by=staff)
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {"Forgotten", "Bo Stays"}


def test_erase_supporter_tells_every_room_and_writes_no_name_down():
    person = make.SupporterFactory(name="Amira Canary", email="canary@example.org")
    make.permit(person)
    actions.erase_supporter(person, by=person)
    entry = Entry.objects.about(person).get()
    assert (entry.verb, entry.actor) == ("people.erase", f"supporter:{person.pk}")
    assert "anary" not in str(entry.detail)
    assert not CurrentPermission.objects.live().exists()
    history = list(Permission.objects.history(person).values_list("change", flat=True))
    assert history == ["granted", "withdrawn"]

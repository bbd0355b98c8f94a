"""The people the other tests borrow are who they say they are."""

import pytest

from groups.models import LocalGroup
from sanctuary.people.models import Controller, CurrentPermission, Supporter
from sanctuary.places.models import locate
from tests.factories import PledgeFactory, SupporterFactory, permit

pytestmark = pytest.mark.django_db


def test_coordinators_run_their_own_group_only(group, other_group, coordinator, other_coordinator, staff):
    assert list(LocalGroup.objects.run_by(coordinator)) == [group]
    assert list(LocalGroup.objects.run_by(other_coordinator)) == [other_group]
    assert list(LocalGroup.objects.run_by(staff)) == []


def test_essentials_are_there_without_asking():
    assert Controller.objects.national().name == "City of Sanctuary UK"


def test_permit_makes_a_live_permission():
    person = SupporterFactory()
    permit(person)
    assert list(CurrentPermission.objects.live().values_list("supporter", "purpose")) == [(person.pk, "campaigns")]


def test_factory_supporters_are_found_by_address():
    person = SupporterFactory(email="ada@example.org")
    assert list(Supporter.objects.with_address("ADA@example.org")) == [person]


def test_a_confirmed_pledge_keeps_its_details_with_the_supporter():
    pledge = PledgeFactory(supporter=SupporterFactory(), confirmed=True)
    assert (pledge.is_confirmed, pledge.name, pledge.email) == (True, "", "")


def test_places_are_loaded_on_demand(places):
    assert locate("LS7 3HJ").name == "Leeds"

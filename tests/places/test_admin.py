"""What staff see of who sits where: how old it is, and plainly what is not loaded."""

import pytest
from django.urls import reverse
from django.utils import timezone

from sanctuary.places.models import Load
from tests import factories as make
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
LISTS = ["admin:places_constituency_changelist", "admin:places_representative_changelist"]


@pytest.mark.parametrize("name", LISTS)
def test_what_is_not_loaded_is_said(name, superuser):
    page = client_of(superuser).get(reverse(name)).content.decode()
    assert page.count("not loaded. The command is") == {LISTS[0]: 5, LISTS[1]: 6}[name]


def test_how_old_the_list_is(superuser):
    now = timezone.now()
    Load.objects.create(what="commons", source="somewhere.csv", as_of="2026-03-01", loaded_at=now, count=1650)
    page = client_of(superuser).get(reverse(LISTS[1])).content.decode()
    assert "1,650, as of 1 March 2026. Source: somewhere.csv." in page
    assert page.count("not loaded") == 5


def test_who_has_left_is_told_apart(superuser):
    client = client_of(superuser)
    sits = make.RepresentativeFactory(name="Sits Example")
    left = make.RepresentativeFactory(name="Left Example", until="2026-01-01")
    for asked, shown in [("yes", (True, False)), ("no", (False, True)), ("", (True, True))]:
        page = client.get(reverse(LISTS[1]), {"in_office": asked} if asked else {}).content.decode()
        assert (sits.name in page, left.name in page) == shown


def test_lists_are_read_and_searched_only(superuser):
    client = client_of(superuser)
    seat = make.ConstituencyFactory(name="Alder")
    other = make.RepresentativeFactory(constituency=make.ConstituencyFactory(name="Beech"))
    mp = make.RepresentativeFactory(constituency=seat)
    page = client.get(reverse(LISTS[1]), {"q": "alder"}).content.decode()
    assert (mp.name in page, other.name in page) == (True, False)
    assert seat.name in client.get(reverse(LISTS[0]), {"q": seat.code}).content.decode()
    row = reverse("admin:places_representative_change", args=[mp.pk])
    assert client.get(row).status_code == 200
    answers = [
        client.post(row, {"name": "Nobody"}),
        client.post(reverse("admin:places_representative_add"), {"name": "Nobody"}),
        client.post(reverse("admin:places_representative_delete", args=[mp.pk]), {"post": "yes"}),
    ]
    mp.refresh_from_db()
    assert ([answer.status_code for answer in answers], mp.name != "Nobody") == ([403, 403, 403], True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(count, superuser, django_assert_num_queries):
    client = client_of(superuser)
    for _ in range(count):
        make.RepresentativeFactory(constituency=make.ConstituencyFactory())
    with django_assert_num_queries(7):
        assert client.get(reverse(LISTS[1])).status_code == 200


def test_who_is_not_staff_sees_nothing(coordinator):
    make.RepresentativeFactory(constituency=make.ConstituencyFactory())
    assert client_of(coordinator).get(reverse(LISTS[1])).status_code in (302, 403)

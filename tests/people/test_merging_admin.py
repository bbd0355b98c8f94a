"""National staff put two entries together, and take apart what they put together."""

import pytest
from django.urls import reverse

from sanctuary.people import actions
from sanctuary.people.models import Controller, Merge, Supporter
from tests import factories as make

pytestmark = pytest.mark.django_db

LIST = reverse("admin:people_supporter_changelist")


@pytest.fixture
def pair():
    return make.SupporterFactory(name="Rosa One"), make.SupporterFactory(name="Rosa Two")


def tick(browser, people, **answers):
    numbers = [each.pk for each in people]
    return browser.post(LIST, {"action": "put_together", "_selected_action": numbers, **answers}, follow=True)


def test_staff_are_asked_first_and_then_the_two_are_one(client_of, staff, pair):
    browser = client_of(staff)
    asked = tick(browser, pair)
    assert "Which email address stays?" in asked.text
    assert pair[0].email not in asked.text
    assert Merge.objects.count() == 0
    done = tick(browser, pair, kept=pair[1].pk, name=pair[0].pk)
    assert "They are one entry now" in done.text
    merge = Merge.objects.get()
    assert (merge.kept, merge.gone, merge.controller.kind) == (pair[1], pair[0], Controller.Kind.NATIONAL)
    assert Supporter.objects.get(pk=pair[1].pk).name == "Rosa One"


@pytest.mark.parametrize("count", [1, 3])
def test_other_than_two_are_refused(client_of, staff, pair, count):
    people = [*pair, make.SupporterFactory()][:count]
    assert "Tick two entries" in tick(client_of(staff), people, kept=people[0].pk, name=people[0].pk).text
    assert Merge.objects.count() == 0


def test_third_person_can_be_neither_kept_nor_named(client_of, staff, pair):
    third = make.SupporterFactory(name="CANARY")
    tick(client_of(staff), pair, kept=third.pk, name=pair[0].pk)
    tick(client_of(staff), pair, kept=pair[0].pk, name=third.pk)
    assert Merge.objects.count() == 0


def test_staff_undo_their_own_merges_and_see_none_of_a_groups(client_of, staff, pair, group):
    third, fourth = make.SupporterFactory(name="CANARY"), make.SupporterFactory()
    theirs = actions.merge_supporters(third, fourth, name="CANARY", controller=group.controller, by=staff)
    browser = client_of(staff)
    tick(browser, pair, kept=pair[0].pk, name=pair[0].pk)
    ours = Merge.objects.get(kept=pair[0])
    url = reverse("admin:people_merge_changelist")
    assert "CANARY" not in browser.get(url).text
    browser.post(url, {"action": "take_apart", "_selected_action": [ours.pk, theirs.pk]})
    assert list(Merge.objects.open()) == [theirs]

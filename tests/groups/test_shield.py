"""The national shield: raised once, it is up for the next request on every public page, and lowered again."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import Activity, LocalGroup, Shield
from sanctuary.audit.models import Entry
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

LEEDS = {"region": "Yorkshire and the Humber", "latitude": 53.8, "longitude": -1.5}
CARDIFF = {"region": "Wales", "latitude": 51.5, "longitude": -3.2}


@pytest.fixture
def shield(staff):
    return lambda **scope: actions.raise_shield(reason="Threats", by=staff, **scope)


@pytest.fixture
def there(group, other_group):
    """Two groups in two regions, each with a public venue."""
    for place, each in [(LEEDS, group), (CARDIFF, other_group)]:
        LocalGroup.objects.filter(pk=each.pk).update(**place)
        each.refresh_from_db()
        make.ActivityFactory(group=each, area="CANARY quarter", venue="CANARY Hall", is_venue_private=False)
    return group, other_group


def shielded():
    return set(LocalGroup.objects.with_shield().filter(has_shield=True))


def test_each_scope_covers_its_groups_and_no_others(there, shield, staff):
    ours, theirs = there
    nowhere = make.LocalGroupFactory(name="No region")
    for scope, covered in [({"group": ours}, {ours}), ({"region": "Wales"}, {theirs}), ({}, {ours, theirs, nowhere})]:
        up = shield(**scope)
        assert shielded() == covered
        assert {each for each in (ours, theirs, nowhere) if Shield.objects.covers(each)} == covered
        assert {activity.group for activity in Activity.objects.with_group() if activity.is_shielded} == (
            covered - {nowhere}
        )
        assert set(LocalGroup.objects.unshielded()) == {ours, theirs, nowhere} - covered
        actions.lower_shield(up, by=staff)
        assert shielded() == set()


def test_raising_twice_is_one_shield_and_one_line_in_the_log(group, shield, staff):
    first, second = shield(group=group), shield(group=group)
    assert first == second
    actions.lower_shield(first, by=staff)
    lowered = actions.lower_shield(first, by=staff)
    assert (lowered.raised_by, lowered.lowered_by) == (staff, staff)
    verbs = Entry.objects.about(first).order_by("pk").values_list("verb", "actor")
    assert list(verbs) == [("groups.raise_shield", f"user:{staff.pk}"), ("groups.lower_shield", f"user:{staff.pk}")]
    assert shield(group=group) != first


def test_a_region_and_a_group_at_once_is_refused(group, shield, staff):
    with pytest.raises(Exception, match="not both"):
        shield(group=group, region="Wales")
    with pytest.raises(IntegrityError), transaction.atomic():
        Shield.objects.create(group=group, region="Wales", reason="x", raised_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_at_once_raise_one(staff):
    def press():
        return actions.raise_shield(reason="Threats", by=staff).pk

    one, other = race(press, press, after='FROM "groups_shield"')
    assert one == other
    assert Shield.objects.count() == 1


# --- what strangers see ---------------------------------------------------------------------------


def page(client, name, *args):
    return client.get(reverse(name, args=args)).text


def test_group_page_shows_the_venue_until_the_very_next_request(client, there, shield, staff):
    ours, theirs = there
    url = ["groups:detail", ours.slug]
    assert "CANARY Hall, CANARY quarter" in page(client, *url)
    up = shield(group=ours)
    assert "CANARY" not in page(client, *url)
    assert "Ask the group for the exact place" in page(client, *url)
    assert "CANARY Hall" in page(client, "groups:detail", theirs.slug)
    actions.lower_shield(up, by=staff)
    assert "CANARY Hall" in page(client, *url)


def test_the_way_there_goes_with_the_shield(client, group, shield):
    activity = make.ActivityFactory(group=group, travel_help="CANARY bus stops at the door")
    url = ["groups:activity", activity.pk, activity.slug]
    assert "CANARY" in page(client, *url)
    shield()
    assert "CANARY" not in page(client, *url)


def test_first_names_go_with_the_shield(client, there, coordinator, shield):
    ours, _ = there
    coordinator.group_roles.update(is_named=True)
    assert "Carys" in page(client, "groups:detail", ours.slug)
    shield()
    assert "Carys" not in page(client, "groups:detail", ours.slug)


def test_maps_have_no_dot_and_lists_no_miles(client, there, places, shield):
    ours, theirs = there
    near, region = ("groups:near", "LS7"), ("groups:region", "yorkshire-and-the-humber")
    assert "mile" in page(client, *near)
    assert len(client.get(reverse("groups:region", args=region[1:])).context["spots"]) == 1
    shield(region=LEEDS["region"])
    assert list(LocalGroup.objects.spots()) == [(CARDIFF["latitude"], CARDIFF["longitude"])]
    answer = client.get(reverse("groups:near", args=near[1:]))
    assert answer.context["near"] == []
    assert [each.name for each in answer.context["groups"]] == [ours.name, theirs.name]
    assert answer.text.count("miles away") == 1
    assert client.get(reverse("groups:region", args=region[1:])).context["spots"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_group_page_asks_the_same_number_of_questions(client, there, shield, rows, django_assert_num_queries):
    ours, _ = there
    make.ActivityFactory.create_batch(rows - 1, group=ours, venue="CANARY Hall", is_venue_private=False)
    shield()
    with django_assert_num_queries(GROUP_PAGE):
        assert "CANARY" not in page(client, "groups:detail", ours.slug)


GROUP_PAGE = 6


# --- the switch -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["staff", "superuser"])
def test_staff_raise_and_lower_it_in_the_admin(client_of, request, who, group):
    user = request.getfixturevalue(who)
    desk = client_of(user)
    asked = {"app_label": "groups", "model_name": "shield", "field_name": "group", "term": group.name[:5]}
    assert str(group.pk) in [one["id"] for one in desk.get(reverse("admin:autocomplete"), asked).json()["results"]]
    add = reverse("admin:groups_shield_add")
    answer = desk.post(add, {"region": "", "group": group.pk, "reason": "Threats online"}, follow=True)
    assert answer.status_code == 200
    up = Shield.objects.get()
    assert (up.group, up.reason, up.raised_by, up.is_up) == (group, "Threats online", user, True)
    desk.post(add, {"region": "", "group": group.pk, "reason": "Again"}, follow=True)
    assert Shield.objects.get().reason == "Threats online"
    rows = {"action": "lower", "_selected_action": [up.pk]}
    desk.post(reverse("admin:groups_shield_changelist"), rows, follow=True)
    up.refresh_from_db()
    assert (up.is_up, up.lowered_by) == (False, user)


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"region": "Wales"}, {"region": "Mars"}])
def test_admin_asks_for_a_reason_and_one_scope(client_of, superuser, group, wrong):
    data = {"region": "", "group": group.pk, "reason": "Threats"} | wrong
    assert client_of(superuser).post(reverse("admin:groups_shield_add"), data).status_code == 200
    assert not Shield.objects.exists()


def test_nobody_but_staff_raises_it(client_of, coordinator):
    desk = client_of(coordinator)
    assert desk.get(reverse("admin:groups_shield_add")).status_code == 302
    assert desk.post(reverse("admin:groups_shield_add"), {"reason": "x"}).status_code == 302
    assert not Shield.objects.exists()


def test_staff_look_at_groups_and_roles_are_for_superusers(client_of, staff, group):
    desk = client_of(staff)
    page = desk.get(reverse("admin:groups_localgroup_change", args=[group.pk]))
    assert (page.status_code, "_save" in page.text, "Carys" in page.text) == (200, False, False)
    desk.post(reverse("admin:groups_localgroup_changelist"), {"action": "close", "_selected_action": [group.pk]})
    group.refresh_from_db()
    assert group.status == "active"
    assert desk.get(reverse("admin:groups_grouprole_changelist")).status_code == 403


def test_coordinators_read_that_it_is_up(client_of, coordinator, group, shield):
    url = reverse("groups:today", args=[group.slug])
    desk = client_of(coordinator)
    assert "national shield is up" not in desk.get(url).text
    shield(group=group)
    page = desk.get(url).text
    assert "national shield is up" in page
    assert "Threats" not in page

"""The back door: staff found, register and repair groups; the rules of the house hold there too."""

from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupRole, LocalGroup, Membership
from tests import factories as make

pytestmark = pytest.mark.django_db

GROUPS = reverse("admin:groups_localgroup_changelist")
ROLES = reverse("admin:groups_grouprole_changelist")


@pytest.fixture
def desk(client_of, superuser):
    return client_of(superuser)


def form_of(name="Amberford", **fields):
    empty = {"about": "", "languages": "", "mailbox": "", "founded_on": "", "postcode": ""}
    rows = {"roles-TOTAL_FORMS": "0", "roles-INITIAL_FORMS": "0"}
    return {"name": name, "area": name} | empty | rows | fields


def do(desk, where, action, rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(where, data, follow=True)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_members_are_not_in_the_admin():
    assert not admin.site.is_registered(Membership)


def test_adding_a_group_founds_it_with_its_controller(desk, places, superuser):
    answer = desk.post(reverse("admin:groups_localgroup_add"), form_of(postcode="ls7 3hj"), follow=True)
    assert answer.status_code == 200
    group = LocalGroup.objects.get()
    assert (group.status, group.outward_code, group.slug) == ("enquiry", "LS7", "amberford")
    assert group.controller.kind == "group"


@pytest.mark.parametrize("extra", [{"status": "active"}, {"slug": "mine"}, {"controller": "1"}, {"region": "Wales"}])
def test_adding_a_group_takes_only_what_the_form_asks(desk, extra):
    desk.post(reverse("admin:groups_localgroup_add"), form_of(**extra))
    group = LocalGroup.objects.get()
    assert (group.status, group.slug, group.region, group.controller.name) == ("enquiry", "amberford", "", "Amberford")


def test_a_wrong_postcode_is_said_beside_the_field(desk):
    answer = desk.post(reverse("admin:groups_localgroup_add"), form_of(postcode="nowhere"))
    assert "We do not know that postcode" in answer.text
    assert not LocalGroup.objects.exists()


def test_a_name_that_is_taken_is_said_beside_the_field(desk, group):
    answer = desk.post(reverse("admin:groups_localgroup_add"), form_of(name=group.name))
    assert "already exists" in answer.text
    assert LocalGroup.objects.count() == 1


def test_changing_the_postcode_moves_the_dot_and_nothing_else_changes_the_status(desk, places, group):
    url = reverse("admin:groups_localgroup_change", args=[group.pk])
    desk.post(url, form_of(name=group.name, area="Amberford", postcode="M1 1AE", status="closed"))
    group.refresh_from_db()
    assert (group.outward_code, group.region, group.status) == ("M1", "North West", "active")


def test_a_role_added_on_the_group_s_page_starts(desk, group):
    user = make.UserFactory()
    url = reverse("admin:groups_localgroup_change", args=[group.pk])
    row = {
        "roles-TOTAL_FORMS": "1",
        "roles-0-user": user.pk,
        "roles-0-role": "deputy",
        "roles-0-started_on": "2026-01-02",
    }
    assert desk.post(url, form_of(name=group.name, **row)).status_code == 302
    role = GroupRole.objects.get()
    assert (role.user, role.role, role.started_on, role.ended_on) == (user, "deputy", date(2026, 1, 2), None)


def test_groups_are_moved_on_one_by_one_and_a_refusal_is_said(desk):
    ready = make.ready_to_register(make.LocalGroupFactory(status="forming"))
    closed = make.LocalGroupFactory(name="Old Amberford", status="closed")
    answer = do(desk, GROUPS, "register", [ready, closed])
    assert said(answer) == ["1 registered.", "Old Amberford is closed: it cannot become registered now."]
    assert set(LocalGroup.objects.values_list("status", flat=True)) == {"registered", "closed"}


def test_the_last_coordinator_cannot_be_ended_here_either(desk, coordinator, other_coordinator):
    make.GroupRoleFactory(group=GroupRole.objects.get(user=coordinator).group, user=make.UserFactory())
    answer = do(desk, ROLES, "end_today", GroupRole.objects.filter(user__in=[coordinator, other_coordinator]))
    assert said(answer)[0] == "1 ended."
    assert "needs a coordinator" in said(answer)[1]
    assert GroupRole.objects.get(user=coordinator).ended_on == timezone.localdate()
    assert GroupRole.objects.get(user=other_coordinator).ended_on is None


@pytest.mark.parametrize(
    ("url", "questions"), [(GROUPS, 6), (ROLES, 6), (reverse("admin:groups_activity_changelist"), 8)]
)
@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_questions(desk, django_assert_num_queries, url, questions, count):
    for group in make.LocalGroupFactory.create_batch(count):
        make.GroupRoleFactory(group=group, user=make.UserFactory())
        make.ActivityFactory(group=group)
    with django_assert_num_queries(questions):
        assert desk.get(url, {"q": "town"}).status_code == 200


@pytest.mark.parametrize("model", ["localgroup", "grouprole"])
def test_nothing_here_is_deleted(desk, group, coordinator, model):
    pk = (group if model == "localgroup" else GroupRole.objects.get()).pk
    assert desk.get(reverse(f"admin:groups_{model}_delete", args=[pk])).status_code == 403

"""Stepping down: to somebody who says yes, on a day, without anybody at a desk; or back to the national team."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import GroupRole, HandBack, Invitation, LocalGroup, RegionalRole
from groups.tasks import mind_invitations
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

Role = GroupRole.Role
TODAY = timezone.localdate


def url(name, *args):
    return reverse(f"groups:{name}", args=args)


@pytest.fixture
def role(coordinator):
    return coordinator.group_roles.get()


@pytest.fixture
def next_one(group):
    """A helper of the group."""
    user = make.UserFactory(name="Nour Next", email="nour@example.org")
    make.EmailAddressFactory(user=user)
    make.GroupRoleFactory(group=group, user=user, role=Role.HELPER)
    return user


def coordinators(group, day):
    return set(group.roles.current(day).filter(role=Role.COORDINATOR).values_list("user__name", flat=True))


def step_down(browser, group, *, on, successor="email", **fields):
    return browser.post(url("handover", group.slug), {"successor": successor, "on": on.isoformat()} | fields)


def test_roles_change_on_the_day_without_anybody(client_of, group, coordinator, next_one):
    day = TODAY() + timedelta(days=10)
    desk = client_of(coordinator)
    answer = step_down(desk, group, on=day, successor=str(next_one.pk))
    assert (answer.status_code, answer.url) == (302, url("team", group.slug))
    assert coordinators(group, day) == {"Carys Coordinator"}
    letter = Email.objects.get()
    assert (letter.to, "take over on" in letter.text) == (next_one.email, True)
    invitation = Invitation.objects.get()
    client_of(next_one).post(url("invitation", invitation.token))
    assert coordinators(group, day - timedelta(days=1)) == {"Carys Coordinator"}
    assert coordinators(group, day) == {"Nour Next"}
    assert desk.get(url("team", group.slug)).status_code == 200
    assert Email.objects.filter(kind="groups/accepted", to=coordinator.email).count() == 1


def test_on_the_day_itself_the_next_request_of_the_old_one_is_refused(client_of, group, coordinator, next_one, role):
    desk = client_of(coordinator)
    actions.start_handover(role, email=next_one.email, on=TODAY(), by=coordinator)
    assert desk.get(url("team", group.slug)).status_code == 200
    actions.accept_invitation(Invitation.objects.get(), by=next_one)
    assert {desk.get(url(name, group.slug)).status_code for name in ("today", "team", "page_edit", "members")} == {404}
    assert client_of(next_one).get(url("members", group.slug)).status_code == 200


def test_accepted_after_the_day_it_begins_then(group, coordinator, next_one, role):
    actions.start_handover(role, email=next_one.email, on=TODAY(), by=coordinator)
    Invitation.objects.update(starts_on=TODAY() - timedelta(days=3))
    begun = actions.accept_invitation(Invitation.objects.get(), by=next_one)
    role.refresh_from_db()
    assert (begun.started_on, role.ended_on) == (TODAY(), TODAY())


def test_by_email_to_somebody_new(client_of, group, coordinator, role):
    step_down(client_of(coordinator), group, on=TODAY(), email="new@example.org")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.replaces) == ("new@example.org", Role.COORDINATOR, role)


def test_nothing_changes_while_nobody_says_yes_and_the_old_one_hears_of_it(client_of, group, coordinator, role):
    actions.start_handover(role, email="new@example.org", on=TODAY(), by=coordinator)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        mind_invitations()
    letter = Email.objects.get(kind="groups/handover_waits")
    assert letter.to == coordinator.email
    assert coordinators(group, TODAY()) == {"Carys Coordinator"}
    assert "did not answer" in client_of(coordinator).get(url("handover", group.slug)).text
    actions.start_handover(role, email="other@example.org", on=TODAY(), by=coordinator)
    assert Invitation.objects.open(timezone.now()).get().email == "other@example.org"


def test_one_handover_at_a_time_the_same_again_is_the_same(coordinator, role):
    first = actions.start_handover(role, email="new@example.org", on=TODAY(), by=coordinator)
    assert actions.start_handover(role, email="new@example.org", on=TODAY(), by=coordinator) == first
    with pytest.raises(ValidationError) as error:
        actions.start_handover(role, email="other@example.org", on=TODAY(), by=coordinator)
    assert error.value.code == "open_handover"
    actions.revoke_invitation(first, by=coordinator)
    actions.start_handover(role, email="other@example.org", on=TODAY(), by=coordinator)


@pytest.mark.django_db(transaction=True)
def test_two_handovers_at_once_are_one(coordinator, role):
    calls = [
        lambda email=email: actions.start_handover(role, email=email, on=TODAY(), by=coordinator)
        for email in ("one@example.org", "two@example.org")
    ]
    outcomes = race(*calls, after='FROM "groups_localgroup"')
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Invitation", "ValidationError"]


@pytest.mark.parametrize("days", [-1, 91])
def test_the_day_is_soon(client_of, group, coordinator, days):
    answer = step_down(client_of(coordinator), group, on=TODAY() + timedelta(days=days), email="new@example.org")
    assert (answer.status_code, "from today to three months" in answer.text) == (422, True)
    assert "new@example.org" in answer.text
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("wrong", [{"successor": "999"}, {"successor": ""}, {"email": ""}, {"on": "soon"}])
def test_wrong_input_is_said_and_nothing_happens(client_of, group, coordinator, wrong):
    fields = {"successor": "email", "email": "new@example.org", "on": TODAY().isoformat()} | wrong
    answer = client_of(coordinator).post(url("handover", group.slug), fields)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(wrong))
    assert not Invitation.objects.exists()


def test_somebody_of_another_group_cannot_be_chosen(client_of, group, coordinator, other_coordinator):
    page = client_of(coordinator).get(url("handover", group.slug)).text
    assert "Owen" not in page
    answer = step_down(client_of(coordinator), group, on=TODAY(), successor=str(other_coordinator.pk))
    assert answer.status_code == 422


def test_deputy_has_nothing_to_hand_over(client_of, group, coordinator, role):
    deputy = make.UserFactory()
    held = make.GroupRoleFactory(group=group, user=deputy, role=Role.DEPUTY)
    browser = client_of(deputy)
    assert "You have no role to hand over" in browser.get(url("handover", group.slug)).text
    assert step_down(browser, group, on=TODAY(), email="new@example.org").status_code == 302
    for wrong in (held, role):
        with pytest.raises(ValidationError):
            actions.start_handover(wrong, email="new@example.org", on=TODAY(), by=deputy)
        with pytest.raises(ValidationError):
            actions.hand_back(wrong, on=TODAY(), by=deputy)
    assert not Invitation.objects.exists()


# --- back to the national team --------------------------------------------------------------------


def test_hand_back_ends_the_last_role_and_tells_those_who_can_help(client_of, group, coordinator, essentials, role):
    LocalGroup.objects.filter(pk=group.pk).update(region="Wales")
    essentials.reply_to = "office@example.org"
    essentials.save()
    for name, region, day in [("wales", "Wales", None), ("left", "Wales", TODAY()), ("london", "London", None)]:
        user = make.UserFactory(email=f"{name}@example.org")
        RegionalRole.objects.create(user=user, region=region, started_on=TODAY() - timedelta(9), ended_on=day)
    day = TODAY() + timedelta(days=30)
    answer = step_down(client_of(coordinator), group, on=day, successor="national")
    assert answer.url == reverse("groups:manage_home")
    assert set(Email.objects.values_list("to", flat=True)) == {"office@example.org", "wales@example.org"}
    assert coordinators(group, day - timedelta(days=1)) == {"Carys Coordinator"}
    assert coordinators(group, day) == set()
    assert "handed back to the national team" in client_of(coordinator).get(url("team", group.slug)).text


def test_hand_back_twice_is_once(coordinator, role):
    first = actions.hand_back(role, on=TODAY(), by=coordinator)
    assert actions.hand_back(role, on=TODAY(), by=coordinator) == first
    assert Email.objects.count() == 1


def test_last_coordinator_cannot_just_leave(client_of, group, coordinator, role):
    answer = client_of(coordinator).post(url("end_role", group.slug, role.pk), follow=True)
    assert "needs a coordinator" in answer.text
    assert coordinators(group, TODAY()) == {"Carys Coordinator"}


@pytest.mark.parametrize("who", ["staff", "superuser"])
def test_staff_let_the_group_rest_and_settle_it(client_of, request, who, group, coordinator, role):
    user = request.getfixturevalue(who)
    told = actions.hand_back(role, on=TODAY(), by=coordinator)
    desk = client_of(user)
    rows = {"action": "let_rest", "_selected_action": [told.pk]}
    assert desk.post(reverse("admin:groups_handback_changelist"), rows, follow=True).status_code == 200
    told.refresh_from_db()
    group.refresh_from_db()
    assert (group.status, told.settled_by) == ("dormant", user)


def test_settled_it_guards_the_last_coordinator_again(group, coordinator, role, superuser):
    told = actions.hand_back(role, on=TODAY(), by=coordinator)
    after = make.GroupRoleFactory(group=group, user=make.UserFactory())
    actions.settle_hand_back(told, by=superuser)
    assert not HandBack.objects.open().exists()
    with pytest.raises(ValidationError) as error:
        actions.end_role(after, by=superuser)
    assert error.value.code == "last_coordinator"

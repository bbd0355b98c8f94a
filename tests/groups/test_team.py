"""Who does what for a group, and who may end it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupRole, Invitation
from tests import factories as make
from tests.team import invitation_of

pytestmark = pytest.mark.django_db

Role = GroupRole.Role
TEAM_QUERIES = 9


def url(name, *args):
    return reverse(f"groups:{name}", args=args)


def holder(group, role, name="", **fields):
    user = make.UserFactory(name=name or f"Some {role}")
    return make.GroupRoleFactory(group=group, user=user, role=role, **fields)


@pytest.fixture
def desk(client_of, coordinator):
    return client_of(coordinator)


def test_page_tells_who_does_what_now_and_before_of_this_group_alone(desk, group, other_group):
    holder(group, Role.HELPER, "Hana Helper")
    holder(group, Role.SAFEGUARDING_LEAD, "Sam Safe")
    holder(group, Role.DEPUTY, "Former Deputy", started_on=date(2020, 5, 1), ended_on=date(2021, 6, 2))
    holder(other_group, Role.HELPER, "CANARY Helper")
    invitation_of(other_group, make.UserFactory(), email="CANARY@example.org")
    page = desk.get(url("team", group.slug))
    names = [(role.user.name, role.role) for role in page.context["roles"]]
    assert names == [
        ("Carys Coordinator", Role.COORDINATOR),
        ("Hana Helper", Role.HELPER),
        ("Sam Safe", Role.SAFEGUARDING_LEAD),
    ]
    assert [role.user.name for role in page.context["former"]] == ["Former Deputy"]
    assert "1 May 2020 to 2 June 2021" in page.text
    assert "CANARY" not in page.text


ENDS = {
    Role.COORDINATOR: set(Role),
    Role.DEPUTY: set(Role) - {Role.COORDINATOR},
    Role.HELPER: None,
    Role.SAFEGUARDING_LEAD: None,
}


@pytest.mark.parametrize("who", ENDS)
def test_who_may_end_what(client_of, group, coordinator, who):
    browser = client_of(holder(group, who).user)
    ended = set()
    for role in Role:
        row = holder(group, role)
        answer = browser.post(url("end_role", group.slug, row.pk))
        row.refresh_from_db()
        ended |= {role} if row.ended_on else set()
        if ENDS[who] is None:
            assert answer.status_code == (403 if who == Role.HELPER else 404)
    assert ended == (ENDS[who] or set())


def test_everybody_who_coordinates_may_end_their_own_and_is_out_with_the_next_request(client_of, group, coordinator):
    mine = holder(group, Role.DEPUTY)
    browser = client_of(mine.user)
    assert browser.post(url("end_role", group.slug, mine.pk)).url == reverse("groups:manage_home")
    assert browser.get(url("team", group.slug)).status_code == 404


def test_looking_at_the_question_ends_nothing(desk, group):
    row = holder(group, Role.HELPER, "Hana Helper")
    page = desk.get(url("end_role", group.slug, row.pk))
    assert (page.status_code, "Hana Helper</strong> will not be helper" in page.text) == (200, True)
    row.refresh_from_db()
    assert row.ended_on is None


def test_ending_twice_or_another_group_s_is_no_such_page(desk, group, other_group):
    row, theirs = holder(group, Role.HELPER), holder(other_group, Role.HELPER)
    assert desk.post(url("end_role", group.slug, row.pk)).status_code == 302
    wrong = [row.pk, theirs.pk, 987_654, 2**70]
    assert {desk.post(url("end_role", group.slug, pk)).status_code for pk in wrong} == {404}
    theirs.refresh_from_db()
    assert theirs.ended_on is None


@pytest.mark.parametrize("verb", ["again", "revoke"])
def test_invitations_of_another_group_or_above_one_s_rights_stay_as_they_are(client_of, group, other_group, verb):
    deputy = holder(group, Role.DEPUTY).user
    above = invitation_of(group, make.UserFactory(), email="a@example.org", role=Role.COORDINATOR)
    theirs = invitation_of(other_group, make.UserFactory(), email="b@example.org")
    browser = client_of(deputy)
    assert browser.post(url(f"invitation_{verb}", group.slug, theirs.pk)).status_code == 404
    assert "You cannot" in browser.post(url(f"invitation_{verb}", group.slug, above.pk), follow=True).text
    assert Invitation.objects.open(timezone.now()).filter(sent_count=1).count() == 2


def test_role_that_begins_later_says_so_and_opens_nothing_yet(client_of, desk, group):
    later = holder(group, Role.DEPUTY, "Lena Later", started_on=timezone.localdate() + timedelta(days=3))
    assert "Lena Later" in desk.get(url("team", group.slug)).text
    assert client_of(later.user).get(url("team", group.slug)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_team_asks_the_same_number_of_questions(desk, group, rows, django_assert_num_queries):
    for number in range(rows):
        holder(group, Role.HELPER)
        old = holder(group, Role.DEPUTY, started_on=date(2020, 1, 1), ended_on=date(2021, 1, 1))
        invitation_of(group, old.user, email=f"asked{number}@example.org")
    with django_assert_num_queries(TEAM_QUERIES):
        assert desk.get(url("team", group.slug)).status_code == 200

"""Those who support the groups of a region: they see contacts and counts, move groups on, and see no members."""

from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import GroupRole, Invitation, LocalGroup, RegionalRole
from sanctuary import access
from sanctuary.audit.models import Entry
from sanctuary.people.models import User
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

at_once = pytest.mark.django_db(transaction=True)

YORKSHIRE, WALES = "yorkshire-and-the-humber", "wales"
TODAY = timezone.localdate
DAY = timedelta(days=1)


def region(slug=YORKSHIRE):
    return reverse("groups:region_overview", args=[slug])


def page_of(group, slug=YORKSHIRE, name="region_group"):
    return reverse(f"groups:{name}", args=[slug, group.slug])


@pytest.fixture
def north(group, other_group):
    """`group` stands in Yorkshire, `other_group` in Wales."""
    LocalGroup.objects.filter(pk=group.pk).update(region="Yorkshire and the Humber")
    LocalGroup.objects.filter(pk=other_group.pk).update(region="Wales")
    group.refresh_from_db()
    return group


@pytest.fixture
def rhian(north):
    user = make.UserFactory(name="Rhian Regional", email="rhian@example.org")
    make.RegionalRoleFactory(user=user, region="Yorkshire and the Humber")
    return user


@pytest.mark.parametrize(
    ("start", "end", "may"),
    [(0, None, True), (-9, 1, True), (1, None, False), (-9, 0, False)],
)
def test_the_days_of_a_regional_role_decide(start, end, may):
    user = make.UserFactory()
    ended = None if end is None else TODAY() + end * DAY
    make.RegionalRoleFactory(user=user, region="Wales", started_on=TODAY() + start * DAY, ended_on=ended)
    answers = [access.allows("groups.oversee_region", user, region) for region in ("Wales", "Scotland", "", None)]
    assert answers == [may, False, False, may]


def test_a_region_is_seen_by_its_own_and_by_staff(client_of, rhian, supporter, coordinator, staff, north):
    mine = {user: client_of(user).get(region()).status_code for user in (rhian, supporter, coordinator, staff)}
    assert mine == {rhian: 200, supporter: 404, coordinator: 404, staff: 200}
    others = [client_of(rhian).get(region(slug)) for slug in (WALES, "no-such-place", "not-placed")]
    assert {answer.status_code for answer in others} == {404}
    assert len({answer.content for answer in others}) == 1


def test_staff_without_the_second_step_see_no_telephone_numbers(client_of, staff, north):
    browser = client_of(staff)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 1}]
    session.save()
    for url in (region(), page_of(north), reverse("groups:regions")):
        assert browser.get(url).status_code == 302
        assert browser.post(url).status_code == 302


def test_a_group_outside_the_region_is_no_page(client_of, rhian, other_group, north):
    ghost = LocalGroup(slug="ghost")
    browser = client_of(rhian)
    for name in ("region_group", "region_visit"):
        for slug in (YORKSHIRE, WALES):
            answers = [browser.post(page_of(one, slug, name), {"to": "dormant"}) for one in (other_group, ghost)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content
    other_group.refresh_from_db()
    assert other_group.status == "active"


def test_each_region_shows_its_own_groups_to_those_who_see_all(client_of, staff, north, other_group):
    browser = client_of(staff)
    assert browser.get(page_of(other_group, YORKSHIRE)).status_code == 404
    assert other_group.name not in browser.get(region()).text
    assert other_group.name in browser.get(region(WALES)).text


def test_the_overview_counts_members_and_names_none(client_of, rhian, north, coordinator, other_group):
    for number in range(3):
        member = make.SupporterFactory(name=f"CANARY {number}", email=f"canary{number}@example.org")
        make.MembershipFactory(group=north, supporter=member)
    make.GroupContactFactory(group=north, name="Tess Treasurer", telephone="01632 960 777")
    make.GroupContactFactory(group=other_group, name="CANARY contact")
    overview, one = (client_of(rhian).get(url) for url in (region(), page_of(north)))
    assert [group.current_member_count for state in overview.context["states"] for group in state["groups"]] == [3]
    assert coordinator.name in overview.text
    assert other_group.name not in overview.text
    assert "01632 960 777" in one.text
    for page in (overview, one):
        assert "CANARY" not in page.text
        assert "canary" not in page.text
        assert coordinator.email not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_asks_the_same_number_of_questions(client_of, rhian, django_assert_num_queries, count):
    for number in range(count):
        group = make.LocalGroupFactory(region="Yorkshire and the Humber")
        make.GroupRoleFactory(group=group, user=make.UserFactory())
        make.GroupContactFactory.create_batch(number + 1, group=group)
        make.SafeguardingFactory(group=group)
        make.ActivityFactory(group=group)
    browser = client_of(rhian)
    with django_assert_num_queries(7):
        browser.get(region())


def test_groups_nobody_placed_are_for_staff(client_of, staff, rhian):
    lost = make.LocalGroupFactory(name="Somewhere", region="", status="enquiry")
    assert "Somewhere" in client_of(staff).get(region("not-placed")).text
    assert client_of(staff).get(page_of(lost, "not-placed")).status_code == 200
    assert "Not placed yet" in client_of(staff).get(reverse("groups:regions")).text
    assert client_of(rhian).get(page_of(lost, "not-placed")).status_code == 404


def test_my_groups_leads_to_the_regions(client_of, rhian, group):
    home = reverse("groups:manage_home")
    assert client_of(rhian).get(home).url == reverse("groups:regions")
    assert "Yorkshire" in client_of(rhian).get(reverse("groups:regions")).text
    assert "Wales" not in client_of(rhian).get(reverse("groups:regions")).text
    make.GroupRoleFactory.create_batch(1, group=group, user=rhian)
    make.GroupRoleFactory(group=make.LocalGroupFactory(), user=rhian)
    assert reverse("groups:regions") in client_of(rhian).get(home).text


# --- moving on ----------------------------------------------------------------------------------


def test_a_group_is_moved_on_with_a_reason(client_of, rhian, north):
    page = client_of(rhian).post(page_of(north), {"to": "dormant", "reason": "They need a rest"}, follow=True)
    north.refresh_from_db()
    assert north.status == "dormant"
    assert "They need a rest" in page.text
    assert north.life_moves.get().recorded_by == rhian


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"to": "dormant", "reason": ""}, "Say why"),
        ({"to": "", "reason": "x"}, "Choose what happens now"),
        ({"to": "registered", "reason": "x"}, "Choose what happens now"),
        ({"to": "emperor\x00", "reason": "x"}, "Choose what happens now"),
    ],
)
def test_a_wrong_move_is_said_and_moves_nothing(client_of, rhian, north, told, said):
    answer = client_of(rhian).post(page_of(north), told)
    north.refresh_from_db()
    assert (answer.status_code, north.status) == (422, "active")
    assert said in answer.text


def test_registering_too_soon_says_what_is_missing(client_of, rhian):
    group = make.LocalGroupFactory(status="forming", region="Yorkshire and the Humber")
    answer = client_of(rhian).post(page_of(group), {"to": "registered", "reason": "Ready"})
    assert answer.status_code == 422
    for words in ("sign the Charter", "at least three contacts", "safeguarding page"):
        assert words in answer.text
    make.ready_to_register(group)
    assert client_of(rhian).post(page_of(group), {"to": "registered", "reason": "Ready"}).status_code == 302


def test_one_live_group_holds_at_every_move(client_of, rhian, north):
    rival = make.ready_to_register(make.LocalGroupFactory(status="forming", area=north.area, region=north.region))
    answer = client_of(rhian).post(page_of(rival), {"to": "registered", "reason": "Ready"})
    assert f"{north} already serves {north.area}" in answer.text
    sleeper = make.LocalGroupFactory(status="dormant", area=north.area, region=north.region)
    answer = client_of(rhian).post(page_of(sleeper), {"to": "active", "reason": "Back"})
    assert answer.status_code == 422
    assert LocalGroup.objects.live().filter(area=north.area).get() == north


@at_once
def test_a_sleeper_and_a_newcomer_of_one_area_leave_one_live(staff):
    newcomer = make.ready_to_register(make.LocalGroupFactory(area="brighton", status="forming"))
    sleeper = make.LocalGroupFactory(area="Brighton", status="dormant")
    outcomes = race(
        lambda: actions.register_group(newcomer, by=staff),
        lambda: actions.activate_group(sleeper, by=staff),
        after='FROM "groups_localgroup"',
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]
    assert [error.code for error in refused] == ["area_taken"]
    assert LocalGroup.objects.live().count() == 1


def test_an_enquiry_is_merged_with_a_group(client_of, rhian, north):
    enquiry = make.LocalGroupFactory(status="enquiry", region=north.region)
    url = page_of(enquiry)
    assert "Choose the group" in client_of(rhian).post(url, {"to": "merged", "reason": "x"}).text
    client_of(rhian).post(url, {"to": "merged", "into": north.pk, "reason": "One valley"})
    assert enquiry.life_moves.get().joined_group == north


# --- visits -------------------------------------------------------------------------------------


def test_a_visit_is_noted_once_and_the_group_can_read_it(client_of, rhian, north, coordinator):
    told = {"on": TODAY().isoformat(), "note": "They look for a hall"}
    for _ in range(2):
        client_of(rhian).post(page_of(north, name="region_visit"), told)
    assert north.support_visits.get().recorded_by == rhian
    assert "They look for a hall" in client_of(coordinator).get(reverse("groups:our_group", args=[north.slug])).text


@pytest.mark.parametrize("day", ["2099-01-01", "", "soon", "0001-01-01\x00"])
def test_a_visit_on_a_wrong_day_is_said_and_its_words_kept(client_of, rhian, north, day):
    answer = client_of(rhian).post(page_of(north, name="region_visit"), {"on": day, "note": "Kept words"})
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert not north.support_visits.exists()


# --- who does it --------------------------------------------------------------------------------


def test_a_regional_role_begins_and_ends_once(staff):
    user = make.UserFactory()
    first = actions.start_regional_role(user, "Wales", by=staff)
    assert actions.start_regional_role(user, "Wales", by=staff) == first
    for _ in range(2):
        actions.end_regional_role(first, by=staff)
    assert not RegionalRole.objects.current(TODAY()).exists()
    verbs = Entry.objects.filter(verb__contains="regional_role").values_list("verb", flat=True)
    assert sorted(verbs) == ["groups.end_regional_role", "groups.start_regional_role"]


def test_staff_give_and_end_regional_roles_in_the_admin(client_of, superuser):
    user = make.UserFactory()
    browser = client_of(superuser)
    told = {"user": user.pk, "region": "Wales", "started_on": "2026-01-01"}
    browser.post(reverse("admin:groups_regionalrole_add"), told)
    role = RegionalRole.objects.get(user=user, region="Wales")
    told = {"action": "end_today", "_selected_action": [role.pk]}
    browser.post(reverse("admin:groups_regionalrole_changelist"), told)
    assert not RegionalRole.objects.current(TODAY()).exists()
    assert set(Entry.objects.values_list("verb", flat=True)) == {
        "groups.start_regional_role",
        "groups.end_regional_role",
    }


# --- welcoming an enquiry -----------------------------------------------------------------------


def test_a_welcomed_enquirer_is_asked_to_coordinate(client_of, rhian):
    group = make.LocalGroupFactory(status="enquiry", region="Yorkshire and the Humber")
    make.EnquiryFactory(group=group, confirmed_at=timezone.now(), email="esi@example.org")
    for _ in range(2):
        client_of(rhian).post(page_of(group), {"to": "researching", "reason": "Gladly"})
    group.refresh_from_db()
    invitation = Invitation.objects.get()
    assert (group.status, invitation.email, invitation.role) == ("researching", "esi@example.org", "coordinator")
    assert list(Email.objects.values_list("to", flat=True)) == ["esi@example.org"]
    assert not GroupRole.objects.filter(group=group).exists()
    assert not User.objects.filter(email="esi@example.org").exists()


@pytest.mark.parametrize("status", ["registered", "active", "dormant"])
def test_who_supports_a_region_gives_no_role_in_a_grown_group(rhian, staff, status):
    group = make.LocalGroupFactory(status=status, region="Yorkshire and the Humber")
    for by in (rhian, staff):
        with pytest.raises(ValidationError) as refusal:
            actions.invite(group, email="me@example.org", role="coordinator", by=by)
        assert refusal.value.code == "not_yours_to_give"

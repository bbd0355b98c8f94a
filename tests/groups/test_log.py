"""Writing up an activity: who came, how many in all, and whether people who had not met before met."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Activity, ActivityLog, Attendance, Membership
from groups.views.who_came import TICKS_SHOWN, short_names
from sanctuary.audit.models import Entry
from sanctuary.people.models import Permission, Supporter
from tests import factories as make
from tests.factories import permit
from tests.logs import DAY, GIVEN, activity_of, facts, helper_of, keep, member_of, names_at, page_of

pytestmark = pytest.mark.django_db


def ticks_of(answer):
    return {tick.name: tick.is_ticked for tick in answer.context["ticks"]}


# --- what was it, and when? ---------------------------------------------------------------------


@pytest.fixture
def log_url(group):
    return reverse("groups:log", args=[group.slug])


def test_the_first_page_offers_what_waits_and_what_may_come_again(client_of, group, other_group, coordinator, log_url):
    waiting = activity_of(group, title="Shared supper")
    done = activity_of(group, ago=8 * DAY, title="Knitting club")
    keep(done, coordinator)
    activity_of(group, ago=80 * DAY, title="Long past")
    activity_of(group, title="Cancelled walk", cancelled_at=timezone.now())
    make.ActivityFactory(group=group, title="To come")
    activity_of(other_group, title="CANARY supper")
    choices = dict(client_of(coordinator).get(log_url).context["form"].fields["what"].choices)
    day = f"{timezone.localtime(waiting.starts_at):%A %-d %B}"
    again = Activity.objects.get(title="Long past")
    assert choices == {
        f"a{waiting.pk}": f"Shared supper, {day}",
        f"t{done.pk}": "Knitting club, once more",
        f"t{again.pk}": "Long past, once more",
        "new": "Something new",
    }


def test_one_that_waits_needs_no_day(client_of, group, coordinator, log_url):
    waiting = activity_of(group)
    answer = client_of(helper_of(group)).post(log_url, {"what": f"a{waiting.pk}", "when": "other", "day": ""})
    assert (answer.status_code, answer.url, Activity.objects.count()) == (302, page_of(waiting), 1)


def test_one_more_time_makes_one_activity_a_day_however_often_it_is_pressed(client_of, group, coordinator, log_url):
    model = activity_of(group, ago=8 * DAY, title="Knitting club", kind="craft")
    keep(model, coordinator)
    browser = client_of(coordinator)
    urls = {browser.post(log_url, {"what": f"t{model.pk}", "when": "yesterday"}).url for _ in range(2)}
    made = Activity.objects.exclude(pk=model.pk).get()
    assert urls == {page_of(made)}
    yesterday = timezone.localdate() - DAY
    told = (made.title, made.kind, made.area, made.is_public, timezone.localdate(made.starts_at))
    assert told == ("Knitting club", "craft", "Amberford", False, yesterday)


def test_something_new_today_has_begun_already(client_of, group, coordinator, log_url):
    client_of(coordinator).post(log_url, {"what": "new", "title": "Picnic", "kind": "meal", "when": "today"})
    made = Activity.objects.get()
    assert made.starts_at <= timezone.now()
    assert timezone.localdate(made.starts_at) == timezone.localdate()


def test_something_new_on_another_date(client_of, group, coordinator, log_url):
    asked = {"what": "new", "title": "Picnic", "kind": "meal", "when": "other"}
    day = timezone.localdate() - 9 * DAY
    client_of(coordinator).post(log_url, asked | {"day": f"{day:%d/%m/%Y}"})
    assert timezone.localdate(Activity.objects.get().starts_at) == day


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({}, {"what"}),
        ({"what": "a999999999999999999999"}, {"what"}),
        ({"what": "new"}, {"title", "kind", "when"}),
        ({"what": "new", "title": "Picnic", "kind": "meal", "when": "other"}, {"day"}),
        ({"what": "new", "title": "Picnic", "kind": "meal", "when": "other", "day": "2099-01-01"}, {"day"}),
        ({"what": "new", "title": "Picnic", "kind": "meal", "when": "other", "day": "1999-01-01"}, {"day"}),
        ({"what": "new", "title": "a\0b", "kind": "meal", "when": "today"}, {"title"}),
        ({"what": "new", "title": "x" * 121, "kind": "meal", "when": "today"}, {"title"}),
    ],
)
def test_the_first_page_says_what_is_missing_and_keeps_what_was_typed(
    client_of, group, coordinator, log_url, asked, fields
):
    answer = client_of(coordinator).post(log_url, asked)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, fields)
    assert Activity.objects.count() == 0
    if "title" in asked:
        assert asked["title"].replace("\0", "") in answer.text.replace("\0", "")


def test_another_groups_activity_is_no_choice(client_of, group, other_group, coordinator, log_url):
    theirs = activity_of(other_group)
    for what in (f"a{theirs.pk}", f"t{theirs.pk}"):
        assert client_of(coordinator).post(log_url, {"what": what, "when": "today"}).status_code == 422
    assert Activity.objects.get() == theirs


# --- who came -----------------------------------------------------------------------------------


def test_saving_keeps_names_and_numbers_apart(client_of, group, coordinator):
    activity = activity_of(group)
    bea, sam, _ = [member_of(group, name) for name in ("Bea Wood", "Sam Taylor", "Tara Singh")]
    told = GIVEN | {"who": [bea.pk, sam.pk], "is_co_run": "yes", "note": "Bring more chairs"}
    answer = client_of(coordinator).post(page_of(activity), told)
    assert (answer.status_code, answer.url) == (302, page_of(activity, "who_came_done"))
    assert names_at(activity) == {"Bea Wood", "Sam Taylor"}
    assert facts(activity) == {
        "total_count": 20,
        "seeking": "6-10",
        "contact": "yes",
        "is_co_run": True,
        "note": "Bring more chairs",
        "reached_count": None,
    }
    assert "20 people came" in client_of(coordinator).get(answer.url).text


def test_nothing_kept_says_whether_a_named_person_seeks_sanctuary():
    assert {field.name for field in Attendance._meta.get_fields()} == {"id", "activity", "supporter"}


def test_saving_twice_is_harmless(client_of, group, coordinator):
    activity, bea = activity_of(group), member_of(group, "Bea Wood")
    told = GIVEN | {"who": [bea.pk], "seen": 0}
    for _ in range(2):
        assert client_of(coordinator).post(page_of(activity), told).status_code == 302
    assert names_at(activity) == {"Bea Wood"}
    assert [entry.verb for entry in Entry.objects.filter(verb__contains="log")] == ["groups.log_activity"]


def test_it_can_be_corrected_later(client_of, group, coordinator):
    activity = activity_of(group)
    bea, sam = member_of(group, "Bea Wood"), member_of(group, "Sam Taylor")
    keep(activity, coordinator, came=[bea], total_count=3, seeking="0")
    browser = client_of(coordinator)
    page = browser.get(page_of(activity))
    assert "This is saved" in page.text
    assert ticks_of(page) == {"Bea": True, "Sam": False}
    told = GIVEN | {"total_count": "5", "seeking": "1-2", "was": page.context["was"], "who": [sam.pk], "seen": 1}
    browser.post(page_of(activity), told)
    assert names_at(activity) == {"Sam Taylor"}
    assert (facts(activity)["total_count"], facts(activity)["seeking"]) == (5, "1-2")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"total_count": ""}, "total_count"),
        ({"total_count": "1"}, "total_count"),
        ({"total_count": "-1"}, "total_count"),
        ({"total_count": "10000"}, "total_count"),
        ({"total_count": "9" * 400}, "total_count"),
        ({"seeking": ""}, "seeking"),
        ({"seeking": "all"}, "seeking"),
        ({"seeking": "21+"}, "seeking"),
        ({"contact": ""}, "contact"),
        ({"note": "x" * 301}, "note"),
        ({"note": "a\0b"}, "note"),
        ({"reached_count": "many"}, "reached_count"),
        ({"stream": "99999999999999999999"}, "stream"),
    ],
)
def test_wrong_answers_are_told_beside_their_field_and_nothing_is_lost(client_of, group, coordinator, told, field):
    activity = activity_of(group)
    bea, sam = member_of(group, "Bea Wood"), member_of(group, "Sam Taylor")
    given = GIVEN | {"who": [bea.pk, sam.pk], "note": "Chairs"} | told
    answer = client_of(coordinator).post(page_of(activity), given)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert ticks_of(answer) == {"Bea": True, "Sam": True}
    assert given["note"].replace("\0", "") in answer.text.replace("\0", "")
    assert (names_at(activity), ActivityLog.objects.logged().count()) == (set(), 0)


@pytest.mark.parametrize(("total", "seeking"), [("2", "1-2"), ("2", "unsaid"), ("2", "0")])
def test_a_range_that_may_be_others_is_kept(client_of, group, coordinator, total, seeking):
    activity, bea = activity_of(group), member_of(group, "Bea Wood")
    told = GIVEN | {"total_count": total, "seeking": seeking, "who": [bea.pk]}
    assert client_of(coordinator).post(page_of(activity), told).status_code == 302


def test_a_number_that_tells_about_the_named_is_refused(client_of, group, coordinator):
    """Three came, three or more of them seek sanctuary: that would be a line about each of the named."""
    activity, bea = activity_of(group), member_of(group, "Bea Wood")
    told = GIVEN | {"total_count": "3", "seeking": "3-5"}
    answer = client_of(coordinator).post(page_of(activity), told | {"who": [bea.pk]})
    assert answer.status_code == 422
    assert "We would rather not say" in answer.text
    assert "would tell that everybody you ticked" in answer.text
    assert client_of(coordinator).post(page_of(activity), told).status_code == 302
    assert client_of(coordinator).post(page_of(activity), {"do": "add", "q": "Bea", "seen": 1}).status_code == 422
    assert names_at(activity) == set()


def test_ticks_of_other_groups_and_of_those_who_left_are_nobody(client_of, group, other_group, coordinator):
    activity = activity_of(group)
    theirs = member_of(other_group, "Theirs CANARY")
    gone = member_of(group, "Gone CANARY", left_on=timezone.localdate())
    school = make.MembershipFactory(group=group, supporter=make.OrganisationFactory(name="School CANARY"))
    told = GIVEN | {"who": [theirs.pk, gone.pk, school.pk, "x", "9" * 30, "-1", 987654321]}
    answer = client_of(coordinator).post(page_of(activity), told | {"contact": ""})
    assert (answer.status_code, ticks_of(answer)) == (422, {})
    assert "CANARY" not in answer.text
    assert client_of(coordinator).post(page_of(activity), told).status_code == 302
    assert names_at(activity) == set()


def test_what_is_to_come_or_cancelled_has_no_log(client_of, group, coordinator):
    browser = client_of(coordinator)
    to_come = make.ActivityFactory(group=group)
    cancelled = activity_of(group, cancelled_at=timezone.now())
    for activity, words in ((to_come, "has not taken place yet"), (cancelled, "was cancelled")):
        assert words in browser.get(page_of(activity)).text
        answer = browser.post(page_of(activity), GIVEN)
        assert (answer.status_code, ActivityLog.objects.count()) == (422, 0)
        assert browser.get(page_of(activity, "who_came_done")).url == page_of(activity)


@pytest.mark.parametrize("name", ["who_came", "who_came_done"])
def test_another_groups_activity_is_answered_like_a_missing_one(client_of, group, other_group, coordinator, name):
    activity_of(group)
    theirs = activity_of(other_group, title="CANARY supper")
    browser = client_of(coordinator)
    hidden = browser.get(reverse(f"groups:{name}", args=[group.slug, theirs.pk]))
    for number in (987654321, 2**63, 10**40):
        missing = browser.get(reverse(f"groups:{name}", args=[group.slug, number]))
        assert (hidden.status_code, missing.status_code, hidden.content) == (404, 404, missing.content)


# --- names on the list --------------------------------------------------------------------------


def test_helpers_see_first_names_and_never_an_address(client_of, group, other_group):
    activity = activity_of(group)
    member_of(group, "Amira Hassan", email="hassan.canary@example.org", postcode="LS7 3HJ")
    member_of(group, "Amira Said")
    member_of(group, "Bea Wood")
    member_of(other_group, "Theirs CANARY")
    member_of(group, "Gone CANARY", left_on=timezone.localdate())
    page = client_of(helper_of(group)).get(page_of(activity))
    assert ticks_of(page) == {"Amira H.": False, "Amira S.": False, "Bea": False}
    for hidden in ("Hassan", "Wood", "canary@", "LS7 3HJ", "CANARY"):
        assert hidden not in page.text


def test_two_of_one_whole_name_are_told_apart_by_when_they_came(group):
    old = make.MembershipFactory(group=group, supporter=make.SupporterFactory(name="Amal"), joined_on="2024-05-01")
    new = make.MembershipFactory(group=group, supporter=make.SupporterFactory(name="Amal"), joined_on="2026-06-01")
    both = Membership.objects.with_supporter()
    assert short_names(both) == {old.pk: "Amal (since May 2024)", new.pk: "Amal (since Jun 2026)"}


def test_those_who_come_most_stand_first_and_the_list_stays_short(client_of, group, other_group, coordinator):
    people = [member_of(group, f"Person{number} X") for number in range(TICKS_SHOWN + 3)]
    often, lately, once = people[:3]
    for ago, came in ((20 * DAY, [often, once]), (10 * DAY, [often, lately])):
        before = activity_of(group, ago=ago)
        for each in came:
            Attendance.objects.create(activity=before, supporter=each.supporter)
    elsewhere = activity_of(other_group)
    Attendance.objects.create(activity=elsewhere, supporter=people[5].supporter)
    ticks = client_of(coordinator).get(page_of(activity_of(group))).context["ticks"]
    assert [tick.membership for tick in ticks][:3] == [often, lately, once]
    assert len(ticks) == TICKS_SHOWN


def test_members_who_booked_stand_first(client_of, group, coordinator):
    activity = activity_of(group)
    member_of(group, "Bea Wood")
    sam = member_of(group, "Sam Taylor")
    now = timezone.now()
    said = {"state": "coming", "confirmed_at": now}
    activity.bookings.create(supporter=sam.supporter, name="Sam", guests=1, **said)
    activity.bookings.create(name="Stranger CANARY", email="canary@example.org", **said)
    page = client_of(coordinator).get(page_of(activity))
    assert [(tick.name, tick.note) for tick in page.context["ticks"]] == [("Sam", "booked"), ("Bea", "")]
    assert "3 had booked" in page.text
    assert "CANARY" not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_as_for_one(
    client_of, group, coordinator, django_assert_num_queries, count
):
    before, activity = activity_of(group, ago=9 * DAY), activity_of(group)
    for number in range(count):
        member = member_of(group, f"Person{number} X")
        Attendance.objects.create(activity=before, supporter=member.supporter)
        Attendance.objects.create(activity=activity, supporter=member.supporter)
    browser = client_of(coordinator)
    browser.get(page_of(activity))
    with django_assert_num_queries(16):
        browser.get(page_of(activity), {"find": "Person"})


# --- adding a name ------------------------------------------------------------------------------


def test_one_who_fits_is_ticked_and_every_answer_stays(client_of, group, other_group, coordinator):
    activity = activity_of(group)
    bea = member_of(group, "Bea Wood")
    member_of(group, "Zelda Quick")
    member_of(other_group, "Zelda CANARY")
    told = {
        "do": "add",
        "q": "zel",
        "who": [bea.pk],
        "total_count": "7",
        "contact": "little",
        "note": "Chairs",
        "seen": 0,
    }
    browser = client_of(coordinator)
    answer = browser.post(page_of(activity), told)
    assert (answer.status_code, names_at(activity)) == (302, {"Bea Wood", "Zelda Quick"})
    page = browser.get(answer.url)
    assert "Zelda</strong> is ticked" in page.text
    assert ticks_of(page) == {"Bea": True, "Zelda": True}
    form = page.context["form"]
    assert [form[name].value() for name in ("total_count", "contact", "note", "seeking")] == [7, "little", "Chairs", ""]
    assert Activity.objects.unlogged(timezone.now()).get() == activity, "it is not finished"


def test_of_several_who_fit_the_page_asks_who_is_meant(client_of, group, other_group, coordinator):
    activity = activity_of(group)
    member_of(group, "Amira Hassan"), member_of(group, "Amira Said"), member_of(other_group, "Amira CANARY")
    browser = client_of(coordinator)
    answer = browser.post(page_of(activity), {"do": "add", "q": "Amira", "total_count": "7"})
    page = browser.get(answer.url)
    assert names_at(activity) == set()
    assert {tick.name for tick in page.context["ticks"] if tick.is_found} == {"Amira H.", "Amira S."}
    assert "CANARY" not in page.text
    assert page.context["form"]["total_count"].value() == 7


def test_nobody_is_found_by_an_address(client_of, group):
    activity = activity_of(group)
    member_of(group, "Bea Wood", email="hidden.person@example.org")
    browser = client_of(helper_of(group))
    for asked in ("hidden", "hidden.person@example.org", "example"):
        page = browser.get(page_of(activity), {"find": asked})
        assert {tick.name for tick in page.context["ticks"] if tick.is_found} == set()
    assert {tick.name for tick in browser.get(page_of(activity), {"find": "be"}).context["ticks"]} == {"Bea"}


def test_last_names_find_people_for_coordinators_only(client_of, group, coordinator):
    activity = activity_of(group)
    member_of(group, "Bea Wood")
    for user, found in ((coordinator, 1), (helper_of(group), 0)):
        assert client_of(user).get(page_of(activity), {"find": "woo"}).context["found_count"] == found


def test_somebody_unknown_is_added_with_one_more_press(client_of, group, coordinator):
    activity = activity_of(group)
    browser = client_of(coordinator)
    url = browser.post(page_of(activity), {"do": "add", "q": "Amal"}).url
    assert "Add them as a new person" in browser.get(url).text
    told = {"do": "new", "offered": "Amal"}
    for _ in range(2):
        assert browser.post(page_of(activity), told).status_code == 302
    person = Supporter.objects.get(name="Amal")
    membership = Membership.objects.get(supporter=person)
    joined = (membership.source, membership.joined_on)
    assert joined == ("joined", timezone.localdate(activity.starts_at))
    assert names_at(activity) == {"Amal"}


def test_an_address_gives_no_permission_and_looks_at_no_other_group(client_of, group, other_group):
    elsewhere = member_of(other_group, "Amal", email="amal@example.org", postcode="LS7 3HJ")
    permit(elsewhere.supporter, other_group.controller)
    before = Permission.objects.count()
    told = {"do": "new", "new_name": "Amal", "new_email": " Amal@EXAMPLE.org "}
    activity = activity_of(group)
    assert client_of(helper_of(group)).post(page_of(activity), told).status_code == 302
    mine = Membership.objects.with_email_state().get(group=group)
    assert mine.supporter != elsewhere.supporter
    assert (mine.supporter.email, mine.supporter.postcode, mine.may_email) == ("amal@example.org", "", False)
    assert Permission.objects.count() == before


def test_a_name_the_group_knows_is_asked_about_first(client_of, group, coordinator):
    activity = activity_of(group)
    amira = member_of(group, "Amira Hassan")
    browser = client_of(coordinator)
    told = {"do": "new", "new_name": "Amira", "new_email": "other@example.org"}
    answer = browser.post(page_of(activity), told)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"new_name"})
    assert [tick.membership for tick in answer.context["ticks"] if tick.is_found] == [amira]
    assert "other@example.org" in answer.text
    assert browser.post(page_of(activity), told | {"sure": "Amira"}).status_code == 302
    assert Membership.objects.filter(group=group).count() == 2


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"do": "add"}, "q"),
        ({"do": "add", "q": "a\0b"}, "q"),
        ({"do": "new"}, "new_name"),
        ({"do": "new", "new_name": "x" * 101}, "new_name"),
        ({"do": "new", "new_name": "Amal", "new_email": "nonsense"}, "new_email"),
        ({"do": "add", "q": "Bea", "total_count": "many"}, "total_count"),
    ],
)
def test_a_name_that_cannot_be_added_is_told_beside_its_box(client_of, group, coordinator, told, field):
    activity = activity_of(group)
    answer = client_of(coordinator).post(page_of(activity), told | {"note": "Chairs"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert "Chairs" in answer.text
    assert (names_at(activity), Membership.objects.count()) == (set(), 0)


def test_a_name_typed_and_not_yet_added_is_not_forgotten_by_save(client_of, group, coordinator):
    activity, _ = activity_of(group), member_of(group, "Bea Wood")
    answer = client_of(coordinator).post(page_of(activity), GIVEN | {"do": "save", "q": "Bea"})
    assert "added=" in answer.url
    assert names_at(activity) == {"Bea Wood"}
    assert facts(activity)["total_count"] == 20


def test_adding_a_name_to_what_is_finished_raises_the_total_to_the_names(client_of, group, coordinator):
    activity = activity_of(group)
    bea, _ = member_of(group, "Bea Wood"), member_of(group, "Sam Taylor")
    keep(activity, coordinator, came=[bea], total_count=1, seeking="0")
    told = {"do": "add", "q": "Sam", "was": [bea.pk], "who": [bea.pk], "seen": 1}
    assert client_of(coordinator).post(page_of(activity), told).status_code == 302
    assert (facts(activity)["total_count"], facts(activity)["contact"]) == (2, "yes")

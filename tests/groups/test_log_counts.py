"""Two who write at once, people who are forgotten or leave, and the numbers that social contact is measured by."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from groups import actions
from groups.models import Activity, ActivityLog, Attendance, Membership
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about, merge_supporters, undo_merge
from sanctuary.people.models import Supporter
from tests import factories as make
from tests.logs import DAY, GIVEN, activity_of, codes, facts, helper_of, keep, member_of, names_at, page_of
from tests.race import race

pytestmark = pytest.mark.django_db
at_once = pytest.mark.django_db(transaction=True)

# --- two at once --------------------------------------------------------------------------------


@at_once
def test_names_that_two_tick_at_once_add_up(group, coordinator):
    activity, helper = activity_of(group), helper_of(group)
    bea, sam, tara = [member_of(group, name) for name in ("Bea Wood", "Sam Taylor", "Tara Singh")]
    outcomes = race(
        lambda: keep(activity, coordinator, came=[bea, sam], total_count=9),
        lambda: keep(activity, helper, came=[sam, tara], total_count=9),
        after='FROM "groups_activity"',
    )
    assert [type(outcome) for outcome in outcomes] == [ActivityLog, ActivityLog]
    assert sorted(activity.attendances.values_list("supporter__name", flat=True)) == [
        "Bea Wood",
        "Sam Taylor",
        "Tara Singh",
    ]
    assert [entry.verb for entry in Entry.objects.filter(verb__contains="log")] == ["groups.log_activity"]


@at_once
def test_of_two_different_answers_at_once_one_is_told_of_the_other(group, coordinator):
    activity, helper = activity_of(group), helper_of(group)
    ActivityLog.objects.create(activity=activity)
    outcomes = race(
        lambda: keep(activity, coordinator, total_count=20),
        lambda: keep(activity, helper, total_count=30),
        after='FROM "groups_activitylog"',
    )
    told = [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]
    assert [error.code for error in told] == ["changed_meanwhile"]
    kept = next(outcome for outcome in outcomes if isinstance(outcome, ActivityLog))
    assert facts(activity)["total_count"] == kept.total_count


@at_once
def test_one_new_person_pressed_twice_at_once_is_one_person(group, coordinator):
    activity = activity_of(group)
    ActivityLog.objects.create(activity=activity)

    def press():
        keep(activity, coordinator, finish=False, newcomer={"name": "Amal", "known": []})

    race(press, press, after='FROM "groups_membership"')
    assert Supporter.objects.filter(name="Amal").count() == 1
    assert names_at(activity) == {"Amal"}


@at_once
def test_one_activity_noted_by_two_at_once_is_one(group, coordinator):
    def note():
        return actions.note_activity(group, title="Picnic", kind="meal", on=timezone.localdate(), by=coordinator)

    one, other = race(note, note, after='FROM "groups_localgroup"')
    assert one == other == Activity.objects.get()


def test_the_second_to_save_sees_what_the_first_said_and_loses_nothing(client_of, group, coordinator):
    activity, helper = activity_of(group), helper_of(group, "Hana Helper")
    bea = member_of(group, "Bea Wood")
    keep(activity, coordinator, came=[bea], total_count=20)
    browser = client_of(helper)
    told = GIVEN | {"total_count": "25", "note": "Chairs", "seen": 0}
    answer = browser.post(page_of(activity), told)
    assert answer.status_code == 422
    for words in ("Carys Coordinator saved other answers", "20 in total", "Chairs", 'value="25"'):
        assert words in answer.text
    assert facts(activity)["total_count"] == 20
    again = told | {"seen": answer.context["seen"], "was": answer.context["was"]}
    assert browser.post(page_of(activity), again).status_code == 302
    assert (facts(activity)["total_count"], names_at(activity)) == (25, {"Bea Wood"})


def test_an_error_of_ones_own_does_not_hide_the_clash(client_of, group, coordinator):
    activity, helper = activity_of(group), helper_of(group)
    keep(activity, coordinator, total_count=20)
    answer = client_of(helper).post(page_of(activity), GIVEN | {"total_count": "", "seen": 0})
    assert (answer.status_code, str(answer.context["seen"])) == (422, "0")


def test_adding_a_name_with_empty_boxes_wipes_out_nobodys_answers(group, coordinator):
    activity, helper, bea = activity_of(group), helper_of(group), member_of(group, "Bea Wood")
    keep(activity, coordinator, finish=False, total_count=7, note="Chairs", seeking="", contact="")
    empty = {"total_count": None, "seeking": "", "contact": "", "note": ""}
    keep(activity, helper, came=[bea], finish=False, **empty)
    assert (facts(activity)["total_count"], facts(activity)["note"], names_at(activity)) == (7, "Chairs", {"Bea Wood"})


def test_ones_own_later_word_is_kept_without_asking(group, coordinator):
    activity = activity_of(group)
    for total in (20, 25):
        keep(activity, coordinator, total_count=total, seen=0)
    assert facts(activity)["total_count"] == 25


# --- promises -----------------------------------------------------------------------------------


def test_promises_of_the_action(group, coordinator):
    past, bea = activity_of(group), member_of(group, "Bea Wood")
    assert codes(lambda: keep(make.ActivityFactory(group=group), coordinator)) == "too_early"
    assert codes(lambda: keep(activity_of(group, cancelled_at=timezone.now()), coordinator)) == "cancelled"
    assert codes(lambda: keep(past, coordinator, came=[bea], total_count=0)) == {"total_count": "too_few"}
    assert codes(lambda: keep(past, coordinator, total_count=5)) == {"seeking": "too_many_seeking"}
    assert codes(lambda: keep(past, coordinator, came=[bea], total_count=6)) == {"seeking": "names_tell"}
    assert (ActivityLog.objects.logged().count(), Attendance.objects.count()) == (0, 0)


def test_an_awareness_session_says_for_which_stream_and_how_many_it_reached(client_of, group, coordinator):
    activity, stream = activity_of(group, kind="talk"), make.StreamFactory()
    client_of(coordinator).post(page_of(activity), GIVEN | {"stream": stream.pk, "reached_count": "60"})
    activity.refresh_from_db()
    assert (activity.stream, facts(activity)["reached_count"]) == (stream, 60)


def test_the_audit_log_says_who_wrote_and_names_nobody_who_came(group, coordinator):
    activity = activity_of(group)
    keep(activity, coordinator, came=[member_of(group, "Bea Wood")], newcomer={"name": "Amal"}, note="Chairs")
    lines = Entry.objects.filter(verb__in=["groups.log_activity", "groups.add_newcomer"]).order_by("pk")
    assert [(line.verb, line.actor) for line in lines] == [
        ("groups.add_newcomer", f"user:{coordinator.pk}"),
        ("groups.log_activity", f"user:{coordinator.pk}"),
    ]
    assert not {"Bea", "Amal", "Chairs"} & {word for line in lines for word in str(line.detail).split()}


# --- people go, counts stay ---------------------------------------------------------------------


def test_who_is_forgotten_becomes_one_without_a_name(client_of, group, coordinator):
    activity, bea, sam = activity_of(group), member_of(group, "Bea Wood"), member_of(group, "Sam Taylor")
    keep(activity, coordinator, came=[bea, sam])
    for _ in range(2):
        erase_supporter(bea.supporter, by=coordinator)
    assert (names_at(activity), facts(activity)["total_count"]) == ({"Sam Taylor"}, 20)
    done = client_of(coordinator).get(page_of(activity, "who_came_done"))
    assert (done.context["named_count"], done.context["unnamed_count"]) == (1, 19)


def test_who_leaves_the_group_is_shown_no_more_and_counted_still(client_of, group, coordinator):
    activity, bea, sam = activity_of(group), member_of(group, "Bea Wood"), member_of(group, "Sam Taylor")
    keep(activity, coordinator, came=[bea, sam], total_count=7)
    actions.leave_group(bea.supporter, group)
    page = client_of(coordinator).get(page_of(activity))
    assert [tick.name for tick in page.context["ticks"]] == ["Sam"]
    assert ("Bea" in page.text, "1 more person is counted" in page.text) == (False, True)
    told = GIVEN | {"total_count": "7", "was": page.context["was"], "who": [], "seen": page.context["seen"]}
    assert client_of(coordinator).post(page_of(activity), told).status_code == 302
    assert (names_at(activity), facts(activity)["total_count"]) == ({"Bea Wood"}, 7)


def test_people_may_read_what_they_came_to_and_nothing_of_the_log(group, coordinator):
    activity, bea = activity_of(group, title="Shared supper"), member_of(group, "Bea Wood")
    other = activity_of(group, title="CANARY walk")
    keep(activity, coordinator, came=[bea], note="CANARY note")
    keep(other, coordinator, came=[member_of(group, "Sam Taylor")])
    held = held_about(bea.supporter)
    day = timezone.localdate(activity.starts_at)
    assert held["Activities you came to"] == [
        {"Activity": "Shared supper", "Group": str(group), "Day": f"{day:%-d %B %Y}"}
    ]
    assert "CANARY" not in str(held)


def test_two_entries_put_together_came_once_and_apart_again_each_to_their_own(group, coordinator):
    both, only = activity_of(group), activity_of(group, ago=9 * DAY)
    kept, gone = member_of(group, "Bea Wood").supporter, member_of(group, "Bea Woods").supporter
    for activity, person in ((both, kept), (both, gone), (only, gone)):
        Attendance.objects.create(activity=activity, supporter=person)
    merge = merge_supporters(kept, gone, name="Bea Wood", controller=group.controller, by=coordinator)
    came = set(Attendance.objects.values_list("supporter", "activity"))
    assert came == {(kept.pk, both.pk), (kept.pk, only.pk)}
    undo_merge(merge, by=coordinator)
    came = set(Attendance.objects.values_list("supporter", "activity"))
    assert came == {(kept.pk, both.pk), (gone.pk, both.pk), (gone.pk, only.pk)}


# --- the numbers --------------------------------------------------------------------------------


def test_unlogged_are_those_over_lately_that_nobody_wrote_up(group, coordinator):
    now = timezone.now()
    fresh, begun, done = activity_of(group), activity_of(group, ago=2 * DAY), activity_of(group, ago=3 * DAY)
    under_way = activity_of(group, ago=timedelta(minutes=5))
    activity_of(group, ago=60 * DAY), activity_of(group, cancelled_at=now), make.ActivityFactory(group=group)
    keep(begun, coordinator, finish=False)
    keep(done, coordinator)
    assert list(Activity.objects.unlogged(now)) == [fresh, begun]
    assert list(Activity.objects.to_log(now)) == [under_way, fresh, begun]


def test_totals_count_finished_logs_of_the_time_and_group(group, other_group, coordinator):
    now = timezone.now()
    since = now - 28 * DAY
    for place, ago, answers in (
        (group, 1, {"total_count": 20, "contact": "yes", "is_co_run": True}),
        (group, 2, {"total_count": 7, "contact": "little", "reached_count": 60}),
        (group, 3, {"total_count": 9, "contact": "no", "is_co_run": False}),
        (group, 40, {"total_count": 100}),
        (other_group, 1, {"total_count": 100}),
    ):
        keep(activity_of(place, ago=ago * DAY), coordinator, **answers)
    keep(activity_of(group), coordinator, finish=False, total_count=100)
    logs = ActivityLog.objects.for_group(group).between(since, now)
    assert logs.totals() == {
        "activity_count": 3,
        "met_count": 36,
        "contact_count": 2,
        "contact_share": 67,
        "co_run_count": 1,
        "co_run_share": 33,
        "reached_count": 60,
    }
    assert ActivityLog.objects.none().totals()["contact_share"] == 0


def test_members_by_how_they_came(group, other_group):
    now = timezone.now()
    bea, sam, tara = [member_of(group, name) for name in ("Bea Wood", "Sam Taylor", "Tara Singh")]
    last = activity_of(group, ago=10 * DAY)
    old = activity_of(group, ago=200 * DAY)
    for activity, each in ((last, bea), (old, bea), (old, sam), (activity_of(other_group), tara)):
        Attendance.objects.create(activity=activity, supporter=each.supporter)
    mine = Membership.objects.filter(group=group)
    assert set(mine.came_since(now - 90 * DAY)) == {bea}
    assert set(mine.never_came()) == {tara}
    known = {each: (each.came_count, each.last_came_at) for each in mine.with_attendance()}
    assert known == {bea: (2, last.starts_at), sam: (1, old.starts_at), tara: (0, None)}

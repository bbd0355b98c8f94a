"""The yearly health check, safeguarding dates, what is due, and the reminders by the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions, tasks
from groups.models import HealthCheck, LifeMove, LocalGroup, Nudge, Safeguarding
from groups.models.due import due_for, with_life
from groups.models.health_check import CHOICES
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

at_once = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
ANSWERS = {name: HealthCheck._meta.get_field(name).choices[0][0] for name in CHOICES}
ANSWERS |= {"glad_of": "The choir", "help_needed": ""}
SAFE = {
    "lead_name": "Lena Lead",
    "lead_checked_on": "2026-01-02",
    "lead_trained_on": "",
    "deputy_name": "Dan Deputy",
    "deputy_checked_on": "",
    "deputy_trained_on": "",
    "policy_url": "https://example.org/policy",
    "policy_reviewed_on": "",
    "public_email": "safe@example.org",
    "public_telephone": "",
}


def room(name, group):
    return reverse(f"groups:{name}", args=[group.slug])


@pytest.fixture
def well(group, coordinator):
    """A group with which all is well today."""
    now = timezone.now()
    make.ready_to_register(group)
    make.ActivityFactory(group=group, starts_at=now - 2 * DAY, ends_at=now - DAY)
    HealthCheck.objects.create(group=group, submitted_at=now, **ANSWERS)
    coordinator.last_login = now
    coordinator.save()
    return group


def kinds(group, today):
    return {(due.kind, due.is_late) for due in due_for(group, today)}


# --- the check ----------------------------------------------------------------------------------


def test_a_draft_is_kept_and_sent_once(client_of, group, coordinator):
    browser = client_of(coordinator)
    browser.post(room("health_check", group), {"money": "worried", "glad_of": "The choir", "save": "1"})
    page = browser.get(room("health_check", group))
    assert page.context["form"].initial["money"] == "worried"
    for _ in range(2):
        browser.post(room("health_check", group), ANSWERS | {"send": "1"})
    check = HealthCheck.objects.get()
    assert (check.submitted_by, check.glad_of) == (coordinator, "The choir")
    assert "What you sent" in browser.get(room("health_check", group)).text


def test_sending_asks_for_every_choice_and_loses_nothing(client_of, group, coordinator):
    answer = client_of(coordinator).post(room("health_check", group), {"glad_of": "The choir", "send": "1"})
    assert answer.status_code == 422
    assert answer.text.count("Choose an answer to") == 2 * len(CHOICES)
    assert "The choir" in answer.text
    with pytest.raises(ValidationError) as refusal:
        actions.submit_health_check(group, by=coordinator, glad_of="The choir")
    assert set(refusal.value.error_dict) == set(CHOICES)
    assert not HealthCheck.objects.exists()


@at_once
def test_two_who_send_at_once_send_one(group, coordinator):
    def send():
        return actions.submit_health_check(group, by=coordinator, **ANSWERS)

    first, second = race(send, send, after='FROM "groups_localgroup"')
    assert first == second == HealthCheck.objects.get()


@at_once
def test_two_who_save_at_once_share_a_draft(group, coordinator):
    def save():
        return actions.save_health_check(group, by=coordinator, money="enough")

    race(save, save, after='FROM "groups_localgroup"')
    assert HealthCheck.objects.drafts().count() == 1


@pytest.mark.parametrize("wrong", [{"money": "gold"}, {"glad_of": "x" * 1001}, {"help_needed": "a\x00b"}])
def test_a_wrong_answer_is_said_and_saves_nothing(client_of, group, coordinator, wrong):
    answer = client_of(coordinator).post(room("health_check", group), wrong | {"save": "1"})
    assert answer.status_code == 422
    assert not HealthCheck.objects.exists()


def test_a_draft_is_the_group_s_alone(client_of, group, staff, coordinator):
    LocalGroup.objects.filter(pk=group.pk).update(region="Wales")
    actions.save_health_check(group, by=coordinator, help_needed="CANARY draft")
    url = reverse("groups:region_group", args=["wales", group.slug])
    assert "CANARY" not in client_of(staff).get(url).text
    actions.submit_health_check(group, by=coordinator, **ANSWERS | {"help_needed": "A hall"})
    assert "A hall" in client_of(staff).get(url).text


# --- safeguarding -------------------------------------------------------------------------------


def test_safeguarding_keeps_names_days_and_a_link(client_of, group, coordinator):
    for _ in range(2):
        assert client_of(coordinator).post(room("safeguarding", group), SAFE).status_code == 302
    known = Safeguarding.objects.get()
    assert (known.lead_name, known.lead_checked_on) == ("Lena Lead", date(2026, 1, 2))
    assert len(known.missing) == 4
    # Nothing of what a check found, and no file, has a place.
    assert not {"result", "certificate", "number", "file"} & {field.name for field in Safeguarding._meta.fields}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"lead_checked_on": "2099-01-01"}, "not in the future"),
        ({"lead_checked_on": "soon"}, "Enter a date"),
        ({"deputy_name": "lena lead"}, "The deputy is a second person"),
        ({"policy_url": "javascript:alert(1)"}, "Enter a web address"),
        ({"is_contact_public": "on", "public_email": ""}, "to show"),
        ({"public_telephone": "call me"}, "Enter a telephone number"),
    ],
)
def test_wrong_safeguarding_is_said_and_nothing_is_kept(client_of, group, coordinator, wrong, said):
    answer = client_of(coordinator).post(room("safeguarding", group), SAFE | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "https://example.org/policy" in answer.text or "policy_url" in wrong
    assert not Safeguarding.objects.exists()


@pytest.mark.parametrize("is_public", [True, False])
def test_the_public_page_shows_the_contact_only_if_the_group_says_so(client, group, is_public):
    make.SafeguardingFactory(group=group, public_email="safe@example.org", is_contact_public=is_public)
    page = client.get(group.get_absolute_url()).text
    assert ("safe@example.org" in page) == is_public
    assert "Lena Lead" not in page
    assert "Dan Deputy" not in page


# --- what is due --------------------------------------------------------------------------------


def test_nothing_is_due_where_all_is_well(well):
    assert due_for(well, timezone.localdate()) == []


@pytest.mark.parametrize(
    ("days", "due"),
    [(334, set()), (335, {False}), (365, {False}), (394, {False}), (395, {True})],
)
def test_the_health_check_is_due_after_a_year(group, days, due):
    sent = datetime(2025, 3, 1, 12, tzinfo=UTC)
    HealthCheck.objects.create(group=group, submitted_at=sent, **ANSWERS)
    found = {late for kind, late in kinds(group, sent.date() + days * DAY) if kind == "health_check"}
    assert found == due


def test_the_first_health_check_is_due_a_year_after_registering(group):
    LifeMove.objects.create(group=group, before="forming", after="registered", at=datetime(2025, 3, 1, tzinfo=UTC))
    assert ("health_check", False) in kinds(group, date(2026, 3, 1))
    assert "health_check" not in dict(kinds(group, date(2025, 12, 1)))


def test_safeguarding_dates_run_out(well):
    today = timezone.localdate()
    three_years = today.replace(year=today.year - 3) if (today.month, today.day) != (2, 29) else today - 1096 * DAY
    Safeguarding.objects.filter(group=well).update(
        lead_checked_on=three_years + 59 * DAY,
        deputy_trained_on=three_years - DAY,
        policy_reviewed_on=today - 366 * DAY,
    )
    assert kinds(well, today) == {
        ("lead_checked_on", False),
        ("deputy_trained_on", True),
        ("policy_reviewed_on", True),
    }


@pytest.mark.parametrize(("weeks", "due"), [(5, set()), (7, {("activity", False)}), (14, {("activity", True)})])
def test_silence_about_activities_is_noticed(well, weeks, due):
    ended = timezone.now() - timedelta(weeks=weeks)
    well.activities.update(starts_at=ended - timedelta(hours=1), ends_at=ended)
    assert kinds(well, timezone.localdate()) == due


def test_a_coordinator_who_does_not_sign_in_is_noticed(well, coordinator):
    coordinator.last_login = timezone.now() - 61 * DAY
    coordinator.save()
    assert kinds(well, timezone.localdate()) == {("sign_in", True)}


def test_half_a_year_of_silence_asks_the_region_and_closes_nothing(well, coordinator):
    past = timezone.now() - 200 * DAY
    well.activities.update(starts_at=past - DAY, ends_at=past)
    HealthCheck.objects.update(submitted_at=past)
    coordinator.last_login = past
    coordinator.save()
    due = {one.kind: one for one in due_for(well, timezone.localdate())}
    assert set(due) == {"activity", "sign_in", "silence"}
    assert [one.kind for one in due.values() if one.for_region] == ["silence"]
    make.RegionalRoleFactory(user=make.UserFactory(email="rhian@example.org"), region="Wales")
    LocalGroup.objects.filter(pk=well.pk).update(region="Wales")
    tasks.nudge_groups()
    well.refresh_from_db()
    assert well.status == "active"
    letter = Email.objects.get(to="rhian@example.org")
    assert "Should the group rest for a while?" in letter.text


def test_groups_that_do_not_live_have_nothing_due(group):
    for status in ("forming", "dormant", "closed"):
        group.status = status
        group.save()
        assert due_for(group, timezone.localdate()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_due_is_one_question_for_any_number(group, other_group, django_assert_num_queries, count):
    for one in (group, other_group)[:count]:
        make.SafeguardingFactory(group=one)
    with django_assert_num_queries(1):
        for one in with_life(LocalGroup.objects.live()):
            due_for(one, timezone.localdate())


# --- reminders ----------------------------------------------------------------------------------


def test_a_reminder_comes_once_for_each_occasion(well, coordinator, other_coordinator):
    make.GroupRoleFactory(group=well, user=make.UserFactory(email="helper@example.org"), role="helper")
    well.contacts.first().delete()
    today = timezone.localdate()
    assert actions.nudge_groups(today) > 0
    Email.objects.all().delete()
    assert actions.nudge_groups(today) == 0
    make.GroupRoleFactory(group=well, user=make.UserFactory(email="deputy@example.org"), role="deputy")
    Safeguarding.objects.filter(group=well).update(policy_reviewed_on=today - 400 * DAY)
    actions.nudge_groups(today)
    letters = {letter.to: letter.text for letter in Email.objects.all()}
    assert set(letters) == {coordinator.email, "deputy@example.org"}
    assert all("policy ran out" in text and "three contacts" not in text for text in letters.values())


@at_once
def test_two_clocks_that_ring_at_once_send_one_letter(group, coordinator):
    today = timezone.localdate()

    def ring():
        return actions.nudge_groups(today)

    race(ring, ring, after='FROM "groups_nudge"')
    assert Email.objects.filter(to=coordinator.email).count() == 1


@at_once
def test_two_clocks_tell_a_region_once(group):
    user = make.UserFactory(email="rhian@example.org")
    make.RegionalRoleFactory(user=user, region="Wales")
    LocalGroup.objects.filter(pk=group.pk).update(region="Wales")
    today = timezone.localdate()

    def ring():
        return actions.tell_regions(today)

    race(ring, ring, after='FROM "groups_regionalrole"')
    assert Email.objects.filter(to="rhian@example.org").count() == 1


def test_what_stays_late_is_told_to_the_region_after_a_month(well, coordinator):
    LocalGroup.objects.filter(pk=well.pk).update(region="Wales")
    for name, region in (("rhian", "Wales"), ("elsewhere", "Scotland")):
        make.RegionalRoleFactory(user=make.UserFactory(email=f"{name}@example.org"), region=region)
    well.contacts.first().delete()
    today = timezone.localdate()
    actions.nudge_groups(today)
    assert actions.tell_regions(today) == 0
    Nudge.objects.update(sent_at=timezone.now() - 31 * DAY)
    for _ in range(2):
        actions.tell_regions(today)
    letters = Email.objects.exclude(to=coordinator.email)
    assert [letter.to for letter in letters] == ["rhian@example.org"]
    assert "Name at least three contacts" in letters[0].text


def test_what_was_done_is_not_told_to_the_region(well):
    LocalGroup.objects.filter(pk=well.pk).update(region="Wales")
    make.RegionalRoleFactory(user=make.UserFactory(), region="Wales")
    gone = well.contacts.first()
    gone.delete()
    today = timezone.localdate()
    actions.nudge_groups(today)
    Nudge.objects.update(sent_at=timezone.now() - 31 * DAY)
    gone.save(force_insert=True)
    assert actions.tell_regions(today) == 0


def test_a_group_without_coordinators_is_told_to_its_region_at_once(group):
    make.RegionalRoleFactory(user=make.UserFactory(email="rhian@example.org"), region="Wales")
    LocalGroup.objects.filter(pk=group.pk).update(region="Wales")
    actions.tell_regions(timezone.localdate())
    assert "The group has no coordinator" in Email.objects.get().text

"""From the first word to the schedule: tested, approved by a second person, and void again at any new word."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign, Mailing
from sanctuary.audit.models import Entry
from sanctuary.people.actions import withdraw
from sanctuary.people.models import Controller
from sanctuary.post.models import Email
from tests import factories
from tests.campaigns.conftest import GOOD
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _https(settings):
    settings.PUBLIC_URL = "https://sanctuary.example.org"


@pytest.fixture
def mailing(campaign, staff):
    factories.permit(factories.SupporterFactory(name="Ada Example", email="ada@example.org"))
    return factories.MailingFactory(campaign=campaign, author=staff, subject="Hello ((first_name|friend))", body=GOOD)


def fresh(mailing):
    return Mailing.objects.get(pk=mailing.pk)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def schedule(mailing, by, **more):
    return actions.schedule_mailing(mailing, by=by, seen=mailing.content_hash, **more)


# --- writing ----------------------------------------------------------------------------------------


def test_write_new_is_by_whom_writes_and_from_the_national_charity(campaign, colleague):
    mailing = actions.write_mailing(Mailing(campaign=campaign, subject="Hello", body=GOOD), by=colleague)
    assert (mailing.author, mailing.controller) == (colleague, Controller.objects.national())


CHANGES = {
    "subject": "Another subject",
    "preheader": "Another line",
    "body": GOOD + " More.",
    "audience": {"kind": "region", "value": "Wales"},
    "is_big_moment": True,
}


@pytest.mark.parametrize("field", [*CHANGES, "campaign"])
def test_any_change_voids_test_and_approval_and_changes_the_author(mailing, staff, colleague, field):
    actions.send_test(mailing, by=staff)
    mailing = actions.approve_mailing(mailing, by=colleague, seen=mailing.content_hash)
    value = factories.CampaignFactory(owner=staff) if field == "campaign" else CHANGES[field]
    setattr(mailing, field, value)
    actions.write_mailing(mailing, by=colleague)
    after = fresh(mailing)
    assert getattr(after, field) == value
    assert (after.is_tested, after.is_approved, after.approved_by, after.author) == (False, False, None, colleague)


def test_change_and_change_back_is_still_void(mailing, staff, colleague):
    """Else an approver could slip words past a test, or approve their own."""
    actions.send_test(mailing, by=staff)
    mailing = actions.approve_mailing(mailing, by=colleague, seen=mailing.content_hash)
    before, mailing.body = mailing.body, "Other words"
    actions.write_mailing(mailing, by=colleague)
    mailing.body = before
    actions.write_mailing(mailing, by=colleague)
    assert (fresh(mailing).is_tested, fresh(mailing).is_approved) == (False, False)


def test_saving_without_a_change_voids_nothing(mailing, staff, colleague):
    actions.send_test(mailing, by=staff)
    mailing = actions.approve_mailing(mailing, by=colleague, seen=mailing.content_hash)
    mailing.per_minute = 60
    actions.write_mailing(mailing, by=colleague)
    after = fresh(mailing)
    assert (after.per_minute, after.is_tested, after.is_approved, after.author) == (60, True, True, staff)


@pytest.mark.parametrize("state", ["scheduled", "sending", "paused", "stopped", "done"])
def test_write_is_refused_once_it_left_the_desk(mailing, staff, state):
    now = timezone.now()
    Mailing.objects.update(state=state, starts_at=now, frozen_at=now)
    changed = fresh(mailing)
    changed.body = "Other words"
    assert refused(actions.write_mailing, changed, by=staff) == "not_draft"
    assert fresh(mailing).body == GOOD


# --- checking ---------------------------------------------------------------------------------------

PROBLEMS = [
    ({"body": "Dear ((first_nam|x))"}, ["unknown"]),
    ({"subject": "((first_name))"}, ["no_fallback"]),
    ({"preheader": "((group))"}, ["no_fallback"]),
    ({"body": "Dear ((first_name|friend"}, ["unclosed"]),
    ({"body": "Dear {{ first_name }}"}, ["foreign"]),
    ({"body": "![](https://sanctuary.example.org/a.png)"}, ["no_alt"]),
    ({"body": "![a door](https://elsewhere.example.com/a.png)"}, ["foreign_picture"]),
    ({"body": "[here](http://elsewhere.example.com)"}, ["bad_link"]),
    ({"body": "[here](www.example.com)"}, ["bad_link"]),
    ({"body": "[here](https://example.com) ![a door](https://sanctuary.example.org/a.png)"}, []),
    ({"body": "[write](mailto:hello@example.org)"}, []),
    ({"body": "<script>alert(1)</script> [x](javascript:alert(1))"}, []),
    ({"body": GOOD}, []),
]


@pytest.mark.parametrize(("words", "codes"), PROBLEMS, ids=[str(words) for words, _ in PROBLEMS])
def test_check_names_what_is_wrong(mailing, words, codes):
    for field, value in words.items():
        setattr(mailing, field, value)
    assert [problem.code for problem in actions.check_mailing(mailing)] == codes


def test_check_misses_an_action_on_the_campaign(mailing, campaign):
    campaign.actions.all().delete()
    assert [problem.code for problem in actions.check_mailing(mailing)] == ["no_ask"]


def test_script_in_the_body_does_not_survive(mailing):
    mailing.body = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    shown = actions.preview(mailing)
    assert "<script" not in shown.html
    assert "<img" not in shown.html
    assert 'href="javascript' not in shown.html


# --- testing ----------------------------------------------------------------------------------------


def test_test_goes_to_oneself_through_the_outbox_and_is_what_is_sent(mailing, staff):
    actions.send_test(mailing, by=staff)
    letter, shown = Email.objects.get(), actions.preview(mailing)
    assert (letter.to, letter.subject) == ("nadia@example.org", f"Test: {shown.subject}")
    assert letter.text.strip() == shown.text.strip()
    assert letter.html.strip() == shown.html.strip()
    assert fresh(mailing).is_tested
    assert mail.outbox == []


def test_test_with_problems_is_refused(mailing, staff):
    Mailing.objects.update(body="((nobody))")
    assert refused(actions.send_test, mailing, by=staff) == "problems"
    assert not Email.objects.exists()


def test_sample_shows_people_with_permission_and_gives_their_links_no_power(mailing, group):
    inside, outside, left, asked = (factories.SupporterFactory() for _ in range(4))
    for person in (inside, left, asked):
        factories.MembershipFactory(group=group, supporter=person, joined_on="2026-01-01")
    for person in (inside, left, outside):
        factories.permit(person)
    withdraw(left, source="test")
    mailing.audience = {"kind": "group", "value": str(group.pk)}
    (shown,) = actions.sample_recipients(mailing)
    assert (shown.name, shown.group, shown.supporter_id) == (inside.name, group.name, 0)


# --- approving --------------------------------------------------------------------------------------


def test_approve_own_is_refused(mailing, staff):
    assert refused(actions.approve_mailing, mailing, by=staff, seen=mailing.content_hash) == "own_mailing"


def test_approve_what_was_not_seen_is_refused(mailing, staff, colleague):
    seen = mailing.content_hash
    mailing.body = GOOD + " And one thing more."
    actions.write_mailing(mailing, by=staff)
    assert refused(actions.approve_mailing, mailing, by=colleague, seen=seen) == "changed"
    assert refused(actions.approve_mailing, mailing, by=colleague, seen="") == "changed"
    assert not fresh(mailing).is_approved


def test_whoever_changed_it_last_cannot_approve_it(mailing, colleague):
    mailing.body = GOOD + " My words."
    mailing = actions.write_mailing(mailing, by=colleague)
    assert refused(actions.approve_mailing, mailing, by=colleague, seen=mailing.content_hash) == "own_mailing"


@pytest.mark.django_db(transaction=True)
def test_edit_and_approve_at_once_never_approves_unread_words(mailing, staff, colleague):
    seen = mailing.content_hash
    edited = fresh(mailing)
    edited.body = GOOD + " Slipped in."
    race(
        lambda: actions.write_mailing(edited, by=staff),
        lambda: actions.approve_mailing(mailing, by=colleague, seen=seen),
        after='FROM "campaigns_mailing"',
    )
    after = fresh(mailing)
    assert not (after.is_approved and "Slipped in" in after.body)


# --- scheduling -------------------------------------------------------------------------------------


def test_schedule_stamps_counts_and_waits_for_the_undo_window(mailing, staff, settings):
    settings.MAILING_UNDO_MINUTES = 10
    actions.send_test(mailing, by=staff)
    before = timezone.now()
    schedule(fresh(mailing), staff)
    after = fresh(mailing)
    assert (after.state, after.counts["recipients"]) == (Mailing.State.SCHEDULED, 1)
    assert timedelta(minutes=10) <= after.starts_at - before < timedelta(minutes=11)
    assert Entry.objects.about(after).get(verb="campaigns.schedule_mailing").detail == {"recipients": 1}


def test_schedule_for_a_time_keeps_it(mailing, staff):
    actions.send_test(mailing, by=staff)
    then = timezone.now() + timedelta(days=2)
    assert schedule(fresh(mailing), staff, starts_at=then).starts_at == then


def test_schedule_untested_is_refused(mailing, staff):
    assert refused(schedule, mailing, staff) == "untested"


def test_schedule_for_nobody_is_refused(mailing, staff):
    mailing.audience = {"kind": "region", "value": "Wales"}
    actions.write_mailing(mailing, by=staff)
    actions.send_test(mailing, by=staff)
    assert refused(schedule, fresh(mailing), staff) == "no_recipients"


@pytest.mark.parametrize("state", ["approved", "resting", "closed"])
def test_schedule_of_a_campaign_that_is_not_live_is_refused(mailing, staff, state):
    actions.send_test(mailing, by=staff)
    Campaign.objects.update(state=state)
    assert refused(schedule, fresh(mailing), staff) == "campaign_not_live"


def test_schedule_with_problems_is_refused(mailing, staff):
    Mailing.objects.update(body="((nobody))")
    assert refused(schedule, fresh(mailing), staff) == "problems"


def test_schedule_what_was_not_seen_is_refused(mailing, staff):
    actions.send_test(mailing, by=staff)
    assert refused(actions.schedule_mailing, mailing, by=staff, seen="0" * 64) == "changed"


def test_four_eyes_above_the_limit_and_not_at_it(mailing, staff, colleague, settings):
    actions.send_test(mailing, by=staff)
    settings.FOUR_EYES_ABOVE = 0
    assert refused(schedule, fresh(mailing), staff) == "needs_approval"
    settings.FOUR_EYES_ABOVE = 1
    assert schedule(fresh(mailing), staff).state == Mailing.State.SCHEDULED
    actions.unschedule_mailing(mailing, by=staff)
    settings.FOUR_EYES_ABOVE = 0
    actions.approve_mailing(mailing, by=colleague, seen=mailing.content_hash)
    assert schedule(fresh(mailing), staff).state == Mailing.State.SCHEDULED


def test_schedule_twice_is_refused(mailing, staff):
    actions.send_test(mailing, by=staff)
    schedule(fresh(mailing), staff)
    assert refused(schedule, fresh(mailing), staff) == "already_scheduled"


@pytest.mark.django_db(transaction=True)
def test_two_staff_schedule_at_once_and_one_succeeds(mailing, staff, colleague):
    actions.send_test(mailing, by=staff)
    ready = fresh(mailing)
    outcomes = race(
        lambda: schedule(ready, staff), lambda: schedule(ready, colleague), after='FROM "campaigns_campaign"'
    )
    assert sorted(getattr(outcome, "code", "scheduled") for outcome in outcomes) == ["already_scheduled", "scheduled"]
    assert Entry.objects.filter(verb="campaigns.schedule_mailing").count() == 1


def test_unschedule_brings_it_back_whole(mailing, staff):
    actions.send_test(mailing, by=staff)
    schedule(fresh(mailing), staff)
    after = actions.unschedule_mailing(mailing, by=staff)
    assert (after.state, after.starts_at, after.counts, after.is_tested) == ("draft", None, {}, True)
    assert actions.unschedule_mailing(mailing, by=staff).state == "draft"


@pytest.mark.parametrize("state", ["sending", "paused", "stopped", "done"])
def test_unschedule_too_late_is_refused(mailing, staff, state):
    now = timezone.now()
    Mailing.objects.update(state=state, starts_at=now, frozen_at=now)
    assert refused(actions.unschedule_mailing, mailing, by=staff) == "too_late"
    assert fresh(mailing).state == state


@pytest.mark.django_db(transaction=True)
def test_undo_and_the_clock_at_once_never_both(mailing, staff):
    actions.send_test(mailing, by=staff)
    schedule(fresh(mailing), staff)
    ready = fresh(mailing)
    race(
        lambda: actions.unschedule_mailing(ready, by=staff),
        lambda: actions.freeze_and_start(ready),
        after='FROM "campaigns_mailing"',
    )
    after = fresh(mailing)
    assert (after.state, after.deliveries.count()) in {("draft", 0), ("sending", 1)}

"""The circuit breaker: it trips for good reason, once, tells two people, and lets a person have the last word."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import actions, tasks
from campaigns.actions import limiting
from campaigns.models import Chunk, Delivery, MailDomain, Mailing, Returned, Throttle
from sanctuary.audit.models import Entry
from sanctuary.people.models import Permission
from sanctuary.post.models import Email
from tests import factories
from tests.race import race

pytestmark = pytest.mark.django_db

State = Mailing.State


@pytest.fixture(autouse=True)
def _fresh():
    limiting.forget_what_is_felt()
    yield
    limiting.forget_what_is_felt()


@pytest.fixture
def sending(mailing, colleague):
    """Being sent to 10,000 people. The colleague approved it."""
    now = timezone.now()
    mailing.state, mailing.starts_at, mailing.frozen_at, mailing.approved_by = "sending", now, now, colleague
    mailing.approved_at = now
    mailing.save()
    return mailing


def handed(mailing, sent, refused=0):
    """So many were handed over, counted where the counters are."""
    Chunk.objects.update_or_create(
        mailing=mailing, no=1, defaults={"lo": 1, "hi": 10_000, "sent": sent, "refused": refused}
    )


def came_back(mailing, kind, count, first=1):
    Returned.objects.bulk_create(
        Returned(mailing=mailing, kind=kind, seq=first + n, door="mailbox", at=timezone.now()) for n in range(count)
    )


def left(mailing, count, essentials):
    supporters = factories.SupporterFactory.create_batch(count)
    Permission.objects.bulk_create(
        Permission(
            supporter=each,
            controller=essentials,
            purpose=purpose,
            change="withdrawn",
            basis="none",
            source=f"mailing:{mailing.pk}",
            occurred_at=timezone.now(),
        )
        for each in supporters
        for purpose in ("campaigns", "news")
    )


def state_of(mailing):
    return Mailing.objects.get(pk=mailing.pk).state


@pytest.mark.parametrize(
    ("kind", "sent", "fine", "words"),
    [
        ("hard", 3, 10, "So far, 11 addresses do not work"),
        ("hard", 1000, 50, "So far, 51 of 1,000 addresses do not work"),
        ("complaint", 3, 2, "So far, 3 of 3 people reported it as spam"),
        ("complaint", 4000, 4, "So far, 5 of 4,000 people reported it as spam"),
        ("left", 900, 20, "So far, 21 of 900 people stopped our emails"),
        ("left", 1500, 30, "So far, 31 of 1,500 people stopped our emails"),
    ],
)
def test_trips_just_above_the_bar_and_not_at_it(sending, essentials, kind, sent, fine, words):
    handed(sending, sent)

    def more(count, first):
        left(sending, count, essentials) if kind == "left" else came_back(sending, kind, count, first)

    more(fine, 1)
    assert actions.guard_mailing(sending) == ""
    assert state_of(sending) == State.SENDING
    more(1, fine + 1)
    assert actions.guard_mailing(sending).startswith(words)
    assert state_of(sending) == State.PAUSED
    assert Mailing.objects.get(pk=sending.pk).pause_reason.startswith(words)


def test_refusals_for_any_other_reason_trip_it_too(sending):
    handed(sending, 950, refused=50)
    assert actions.guard_mailing(sending) == ""
    handed(sending, 949, refused=51)
    assert actions.guard_mailing(sending).startswith("So far, 51 of 1,000 emails were refused")


def test_one_bounce_of_three_does_not_trip_it(sending):
    handed(sending, 2, refused=1)
    came_back(sending, "hard", 1)
    assert actions.guard_mailing(sending) == ""


def test_what_came_back_of_another_mailing_does_not_count(sending, staff, essentials):
    other = factories.MailingFactory(campaign=sending.campaign, author=staff)
    handed(sending, 1000)
    came_back(other, "hard", 200)
    left(other, 30, essentials)
    came_back(sending, "soft", 200)
    assert actions.guard_mailing(sending) == ""


def test_author_and_approver_are_told_once(sending, staff, colleague):
    factories.UserFactory(email="third@example.org", is_staff=True)
    handed(sending, 1000)
    came_back(sending, "hard", 51)
    for _ in range(3):
        tasks.guard_mailings()
        actions.guard_mailing(sending)
    letters = list(Email.objects.filter(kind="campaigns/paused"))
    assert {letter.to for letter in letters} == {staff.email, colleague.email}
    assert len(letters) == 2
    assert letters[0].subject == "Paused: Hello"
    for words in ("So far, 51 of 1,000 addresses do not work", f"/admin/campaigns/mailing/{sending.pk}/live/"):
        assert words in letters[0].text
        assert words in letters[0].html
    assert Entry.objects.about(sending).filter(verb="campaigns.pause_mailing", actor="guard").count() == 1


def test_others_are_told_when_the_author_left_and_nobody_approved(sending, staff, colleague, superuser, supporter):
    Mailing.objects.update(approved_by=None, approved_at=None)
    type(staff).objects.filter(pk=staff.pk).update(is_active=False)
    handed(sending, 1000)
    came_back(sending, "hard", 51)
    tasks.guard_mailings()
    assert set(Email.objects.values_list("to", flat=True)) == {colleague.email, superuser.email}


def test_a_pause_by_a_person_tells_nobody_and_one_by_the_clock_does(sending, staff, colleague):
    actions.resume_mailing(actions.pause_mailing(sending, by=colleague, reason="A typo."), by=colleague)
    assert not Email.objects.exists()
    actions.pause_mailing(sending, by="clock", reason="The mail relay does not take messages: 421 no")
    assert set(Email.objects.values_list("to", flat=True)) == {staff.email, colleague.email}


def test_going_on_raises_the_bar(sending, staff):
    handed(sending, 1000)
    came_back(sending, "hard", 51)
    assert actions.guard_mailing(sending)
    came_back(sending, "hard", 40, first=100)  # while they read
    sending = actions.resume_mailing(sending, by=staff)
    assert actions.guard_mailing(sending) == ""
    came_back(sending, "hard", 10, first=200)
    assert actions.guard_mailing(sending) == ""
    handed(sending, 1100)
    came_back(sending, "hard", 1, first=300)
    assert actions.guard_mailing(sending).startswith("Since it went on again, 11 of 100 addresses do not work")


def test_going_on_after_a_pause_of_ones_own_forgives_nothing(sending, staff):
    handed(sending, 1000)
    came_back(sending, "hard", 50)
    sending = actions.resume_mailing(actions.pause_mailing(sending, by=staff), by=staff)
    came_back(sending, "hard", 1, first=100)
    assert actions.guard_mailing(sending)


@pytest.mark.parametrize("state", [State.PAUSED, State.STOPPED, State.DONE])
def test_only_what_is_being_sent_is_guarded(sending, state):
    handed(sending, 1000)
    came_back(sending, "hard", 51)
    Mailing.objects.update(state=state)
    assert actions.guard_mailing(sending) == ""
    assert (state_of(sending), Email.objects.count()) == (state, 0)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_each_person_once(sending):
    handed(sending, 1000)
    came_back(sending, "hard", 51)
    race(
        lambda: actions.guard_mailing(sending),
        lambda: actions.guard_mailing(sending),
        after='FROM "campaigns_returned"',
    )
    assert Email.objects.count() == 2


def test_guard_counts_no_deliveries(sending):
    handed(sending, 1000)
    with CaptureQueriesContext(connection) as asked:
        actions.guard_mailing(sending)
    assert len(asked) <= 6
    assert not [query for query in asked if "campaigns_delivery" in query["sql"]]


# --- a domain that puts our mail off ----------------------------------------------------------------


def tried(mailing, *, put_off, sent, domain="busy.example.org", reply="451 4.7.0 try later", attempts=1):
    now = timezone.now()
    first = mailing.deliveries.count() + 1
    for n in range(put_off + sent):
        waits = n < put_off
        Delivery.objects.create(
            mailing=mailing,
            seq=first + n,
            supporter_id=first + n,
            address=f"p{first + n}@{domain}",
            outcome=0 if waits else 1,
            settled_at=None if waits else now,
            attempts=attempts,
            reply=reply if waits else "250 ok",
            not_before=now + timedelta(minutes=1) if waits else None,
        )
    Chunk.objects.create(
        mailing=mailing,
        no=first,
        lo=first,
        hi=first + put_off + sent - 1,
        sent=sent,
        not_before=now + timedelta(minutes=1),
    )


def test_domain_that_puts_off_half_rests_and_nobody_else_does(sending):
    tried(sending, put_off=20, sent=20)
    tried(sending, put_off=20, sent=21, domain="calm.example.org")
    assert actions.rest_domains(sending) == ["busy.example.org"]
    throttle = Throttle.objects.resting(timezone.now()).get()
    assert throttle.reason == "busy.example.org asked us to try 20 of 40 emails again later. We give it half an hour."
    assert timedelta(minutes=29) < throttle.resting_until - timezone.now() <= timedelta(minutes=30)
    assert state_of(sending) == State.SENDING
    assert actions.rest_domains(sending) == []


@pytest.mark.parametrize(
    "given",
    [
        {"put_off": 19, "sent": 0},
        {"put_off": 30, "sent": 31},
        {"put_off": 40, "sent": 0, "reply": "Waits: Gmail takes no more for now."},
        {"put_off": 40, "sent": 0, "attempts": 0},
    ],
    ids=["few", "less than half", "held back by us", "never tried"],
)
def test_domain_goes_on_when_there_is_too_little_against_it(sending, given):
    tried(sending, **given)
    assert actions.rest_domains(sending) == []
    assert not Throttle.objects.resting(timezone.now()).exists()


def test_domain_of_a_known_provider_rests_with_its_provider(sending):
    throttle = Throttle.objects.create(name="Busy", per_minute=60)
    for name in ("busy.example.org", "busy2.example.org"):
        MailDomain.objects.create(name=name, throttle=throttle)
    tried(sending, put_off=30, sent=0)
    tasks.guard_mailings()
    throttle.refresh_from_db()
    assert (throttle.resting_until > timezone.now(), throttle.per_minute) == (True, 60)
    assert Throttle.objects.count() == 1


def test_after_its_rest_a_domain_is_judged_by_what_it_does_then(sending):
    tried(sending, put_off=30, sent=0)
    actions.rest_domains(sending)
    Throttle.objects.update(resting_until=timezone.now() - timedelta(seconds=1))
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert actions.rest_domains(sending) == []

"""What the desk says about people who must wait: the night, limits, rests, and what came back."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from campaigns import actions
from campaigns.models import Chunk, MailDomain, Mailing, Returned, Throttle
from sanctuary.audit.models import Entry

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _https(settings):
    settings.PUBLIC_URL = "https://sanctuary.example.org"
    settings.QUIET_HOURS = [time(21), time(8)]


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def sending(clock, mailing):
    """Half sent."""
    mailing.state, mailing.starts_at, mailing.frozen_at, mailing.counts = "sending", NOON, NOON, {"recipients": 6}
    mailing.save()
    Chunk.objects.create(mailing=mailing, no=1, lo=1, hi=3, state=2, sent=3)
    Chunk.objects.create(mailing=mailing, no=2, lo=4, hi=6)
    return mailing


@pytest.fixture
def desk(clock, client_of, staff):
    """Signed in when the clock has stopped."""
    return client_of(staff)


def url(mailing, page):
    return reverse(f"admin:campaigns_mailing_{page}", args=[mailing.pk])


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition('id="content"')[2]).split())


def live(desk, mailing) -> str:
    return words(desk.get(url(mailing, "live")))


# --- the night --------------------------------------------------------------------------------------


def test_live_says_that_it_waits_for_the_morning(desk, clock, sending):
    assert "It is being sent" in live(desk, sending)
    clock.move_to(NIGHT)
    shown = live(desk, sending)
    assert "It waits for the morning The night is quiet. It goes on by itself at 8am." in shown
    assert "It is being sent" not in shown
    Mailing.objects.update(is_urgent=True)
    assert "It is being sent" in live(desk, sending)


def test_check_names_the_quiet_hours(desk, mailing, staff):
    actions.send_test(mailing, by=staff)
    assert "The night is quiet from 9pm to 8am" in words(desk.get(url(mailing, "check")))


def test_scheduling_for_the_night_says_until_when_it_waits(desk, mailing, staff):
    actions.send_test(mailing, by=staff)
    form = {"seen": mailing.content_hash, "starts_at": "2026-11-23T22:30"}
    answer = desk.post(url(mailing, "check"), form, follow=True)
    shown = words(answer)
    said = [str(message) for message in answer.context["messages"]]
    assert said[-1] == "It will wait until 8am on 24 November: the night is quiet."
    assert "It leaves on Tuesday 24 November 2026 at 8am" in shown
    assert "10.30pm is in the quiet hours" in shown


def test_urgent_is_written_on_the_form_and_shown_to_whoever_approves(desk, mailing, staff, colleague):
    actions.send_test(mailing, by=staff)
    actions.approve_mailing(Mailing.objects.get(), by=colleague, seen=mailing.content_hash)
    form = {"campaign": mailing.campaign_id, "subject": mailing.subject, "body": mailing.body}
    desk.post(url(mailing, "change"), form | {"audience_kind": "everyone", "is_urgent": "on"})
    after = Mailing.objects.get()
    assert (after.is_urgent, after.is_tested, after.is_approved) == (True, False, False)
    shown = words(desk.get(url(mailing, "check")))
    assert "It cannot wait until morning, so it also goes out at night." in shown
    assert "The night is quiet" not in shown


# --- limits and rests -------------------------------------------------------------------------------


def test_live_says_who_rests_and_until_when(desk, sending):
    Throttle.objects.create(name="Busy", resting_until=NOON + timedelta(minutes=30), reason="It put off 20 of 40.")
    Throttle.objects.create(name="Calm", resting_until=NOON - timedelta(minutes=1), reason="Long ago.")
    shown = live(desk, sending)
    assert "Mail to Busy rests until 12.30pm, then it goes on. It put off 20 of 40." in shown
    assert "Calm" not in shown


def test_live_names_a_limit_only_to_whom_it_holds_back(desk, sending):
    throttle = Throttle.objects.create(name="Busy", per_minute=600)
    assert "Busy" not in live(desk, sending)
    throttle.turns = {str(sending.pk): (NOON + timedelta(seconds=9)).timestamp()}
    throttle.save()
    assert "Mail to Busy: at most 600 a minute, so some people wait for their turn." in live(desk, sending)
    actions.pause_mailing(sending, by=sending.author)
    assert "Busy" not in live(desk, sending)


def test_live_says_that_the_day_is_spent(desk, sending):
    Throttle.objects.create(name="All", is_relay=True, most_a_day=1000, day=NOON.date(), sent_that_day=1000)
    assert "All our mail: the 1,000 emails for today have left. The others wait until tomorrow." in live(desk, sending)


def test_live_names_a_pace_only_while_nothing_has_lain_between(desk, clock, sending):
    clock.shift(timedelta(minutes=1))
    assert "3 a minute. About 1 minute left." in live(desk, sending)
    actions.pause_mailing(sending, by=sending.author)
    actions.resume_mailing(sending, by=sending.author)
    assert "a minute" not in live(desk, sending)


@pytest.mark.parametrize(
    ("hours", "is_known"), [(1, True), (3, True), (5, False), (14, False), (16, False), (40, False)]
)
def test_live_names_no_pace_after_a_night(desk, sending, hours, is_known):
    """The night ends four hours before noon and begins fifteen before it."""
    Mailing.objects.update(frozen_at=NOON - timedelta(hours=hours))
    Chunk.objects.filter(no=1).update(hi=30_000, sent=30_000)
    Chunk.objects.filter(no=2).update(lo=30_001, hi=30_003)
    assert ("a minute" in live(desk, sending)) == is_known
    Mailing.objects.update(is_urgent=True)
    assert "a minute" in live(desk, sending)


def test_live_of_a_stopped_mailing_counts_nobody_who_was_cancelled(desk, sending):
    Mailing.objects.update(state="stopped")
    Chunk.objects.filter(no=2).update(state=2, cancelled=3)
    shown = live(desk, sending)
    assert "3 of 6 dealt with" in shown
    assert "Cancelled, because it was stopped 3" in shown


def test_live_shows_what_came_back_later(desk, sending):
    for kind, door, seq in [("hard", "mailbox", 1), ("hard", "relay", 2), ("complaint", "provider", 1)]:
        Returned.objects.create(mailing=sending, kind=kind, door=door, seq=seq, at=NOON)
    assert "Came back later The address does not work 1 Reported as spam 1" in live(desk, sending)


# --- what staff may set -----------------------------------------------------------------------------


def throttle_url(throttle=None, page="change"):
    name = f"admin:campaigns_throttle_{page}"
    return reverse(name, args=[throttle.pk] if throttle else [])


def form(**more):
    return {
        "name": "Busy",
        "per_minute": "600",
        "most_a_day": "",
        "resting_until_0": "",
        "resting_until_1": "",
        "reason": "They told us.",
        "domains-TOTAL_FORMS": 1,
        "domains-INITIAL_FORMS": 0,
        "domains-0-name": "someone@BUSY.example.org ",
        **more,
    }


def test_staff_set_a_limit_and_the_log_knows(desk, staff):
    assert desk.post(throttle_url(page="add"), form()).status_code == 302
    throttle = Throttle.objects.get()
    assert (throttle.name, throttle.per_minute, throttle.is_relay) == ("Busy", 600, False)
    assert MailDomain.objects.get().name == "busy.example.org"
    assert Entry.objects.about(throttle).get().actor == f"user:{staff.pk}"


@pytest.mark.parametrize("field", ["per_minute", "most_a_day"])
def test_a_limit_of_nothing_is_refused_in_words(desk, field):
    answer = desk.post(throttle_url(page="add"), form(**{field: "0"}))
    assert answer.context["adminform"].form.errors == {field: ["Write 1 or more, or leave it empty for no limit."]}


def test_a_domain_is_kept_as_addresses_spell_it(desk):
    desk.post(throttle_url(page="add"), form(**{"domains-0-name": "Bücher.example.org"}))
    assert MailDomain.objects.get().name == "xn--bcher-kva.example.org"


@pytest.mark.parametrize(
    "domain",
    [
        "busy",
        "a b.example.org",
        "x@",
        "busy.example.org, calm.example.org",
        "<b>.example.org",
        "a..example.org",
        "-.org",
    ],
)
def test_what_is_no_domain_is_refused(desk, domain):
    assert desk.post(throttle_url(page="add"), form(**{"domains-0-name": domain})).status_code == 200
    assert not Throttle.objects.exists()


def test_a_domain_of_another_provider_is_refused(desk):
    MailDomain.objects.create(name="busy.example.org", throttle=Throttle.objects.create(name="Other"))
    answer = desk.post(throttle_url(page="add"), form())
    assert "There is a limit for this domain already." in words(answer)
    assert Throttle.objects.count() == 1


def test_changing_a_limit_leaves_the_bucket_alone(desk, clock):
    throttle = Throttle.objects.create(name="Busy", per_minute=60, next_send_at=NOON, turns={"1": 5.0}, sent_that_day=3)
    desk.post(throttle_url(throttle), form(per_minute="900", is_relay="on", sent_that_day="0"))
    after = Throttle.objects.get()
    assert (after.per_minute, after.next_send_at, after.turns) == (900, NOON, {"1": 5.0})
    assert (after.sent_that_day, after.is_relay) == (3, False)


def test_the_limit_of_all_our_mail_can_be_set_but_not_named_or_deleted(desk):
    relay = Throttle.objects.create(name="All our mail", is_relay=True)
    desk.post(throttle_url(relay), form(name="Mine", most_a_day="500"))
    after = Throttle.objects.get()
    assert (after.name, after.per_minute, after.most_a_day) == ("All our mail", 600, 500)
    assert not MailDomain.objects.exists()
    assert desk.post(throttle_url(relay, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("persona", ["stranger", "supporter", "coordinator"])
def test_nobody_but_staff_sets_limits(client_of, request, persona):
    client = client_of(request.getfixturevalue(persona))
    throttle = Throttle.objects.create(name="Busy")
    for address in (throttle_url(page="changelist"), throttle_url(throttle), throttle_url(page="add")):
        assert "/login/" in client.get(address).url
    assert client.post(throttle_url(throttle), form()).status_code == 302
    assert Throttle.objects.get().per_minute is None

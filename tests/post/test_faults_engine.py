"""The same faults as the ledger of a mailing to 200 people tells them: outcomes, attempts, waits, pauses with words."""

import contextlib
import functools
import statistics
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from campaigns import actions
from campaigns.actions import keeping
from campaigns.actions.settling import FIRST_WAIT, GIVE_UP_AFTER, LONGEST_WAIT, wait_before_retry
from campaigns.models import Chunk, Delivery, Mailing
from sanctuary.people.address import mac
from sanctuary.people.models import Supporter, Suppression
from sanctuary.post.pump import Outcome as Answer
from sanctuary.post.pump import Pump
from sanctuary.post.sink import Sink
from tests import factories
from tests.post.test_faults import (
    MESSAGES,
    MET_BY_ONE_MESSAGE,
    PATIENCE,
    SILENCE,
    TAKES_NOTHING,
    Away,
    Fault,
    picked,
    put_off,
    server_side,
)

pytestmark = pytest.mark.django_db

Outcome = Delivery.Outcome
MEANS = {
    Answer.ACCEPTED: Outcome.SENT,
    Answer.REFUSED: Outcome.REFUSED,
    Answer.DEFERRED: Outcome.PENDING,
    Answer.DOUBT: Outcome.IN_DOUBT,
    Answer.FREE: Outcome.PENDING,
}


@pytest.fixture
def send(settings, monkeypatch, tmp_path):
    """One turn of sending in this process, with short patience, to the sink given; returns how long it took."""
    settings.JOURNAL_DIR, settings.EMAIL_HOST, settings.MAIL_CONNECTIONS = tmp_path, "127.0.0.1", 4
    settings.QUIET_HOURS = []
    monkeypatch.setattr(keeping, "Pump", functools.partial(Pump, **PATIENCE))

    def send(mailing, sink):
        settings.EMAIL_PORT = sink.port
        monkeypatch.setattr(keeping, "_own", threading.local())
        started = time.perf_counter()
        assert not actions.send_for(mailing.pk, 20)
        took = time.perf_counter() - started
        with contextlib.suppress(AttributeError):  # neither was needed when nothing was free
            keeping._own.pump.close()
            keeping._own.journal.close()
        return took

    return send


def frozen(staff, addresses):
    """A mailing to these people, who all agreed, ready to be sent."""
    factories.agreed(
        factories.SupporterFactory.build(name=f"Person {n}", email=address, email_mac=mac(address))
        for n, address in enumerate(addresses)
    )
    campaign = factories.CampaignFactory(owner=staff)
    mailing = factories.MailingFactory(
        campaign=campaign, author=staff, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
    )
    return actions.freeze_and_start(mailing)


def letters(bad=lambda row: False):
    return [f"p{row}{'.bad' if bad(row) else ''}@example.org" for row in range(1, MESSAGES + 1)]


def rows_of(mailing):
    mailing.refresh_from_db()
    return list(mailing.deliveries.order_by("seq"))


def assert_nobody_twice(mailing, *sinks):
    """What every relay kept is what the ledger calls sent, or in doubt; each at most once."""
    copies = Counter(address for sink in sinks for message in sink.accepted for address in message.recipients)
    rows = rows_of(mailing)
    sent = {row.address for row in rows if row.outcome == Outcome.SENT}
    doubt = {row.address for row in rows if row.outcome == Outcome.IN_DOUBT}
    assert set(copies.values()) <= {1}
    assert sent <= set(copies) <= sent | doubt
    sums = mailing.chunks.all().progress()
    assert sums["sent"] == len(sent)
    assert sums["in_doubt"] == len(doubt)
    assert sums["total"] == len(rows)


@pytest.mark.parametrize("name", MET_BY_ONE_MESSAGE)
def test_ledger_says_what_the_relay_did_to_each(name, send, staff):
    case = MET_BY_ONE_MESSAGE[name]
    at_mail = case.fault["at"] == "mail"
    bad = (lambda row: True) if at_mail else picked(case)
    mailing = frozen(staff, letters(bad))
    with Sink(faults={"faults": [{**case.fault, "match": "" if at_mail else ".bad@"}]}) as sink:
        assert send(mailing, sink) < 2 * SILENCE
    # A large letter is not ours to make: a small one is gone, dot and all, before the relay can hang up.
    end = Answer.DOUBT if case.large else case.end
    wrong = [row.address for row in rows_of(mailing) if row.outcome != expected(row, end)]
    assert wrong == []
    assert_nobody_twice(mailing, sink)
    met = [row for row in mailing.deliveries.all() if ".bad@" in row.address]
    assert {row.attempts for row in met} == {1}
    assert {row.reply[:3] for row in met} == {str(case.code) if case.code else met[0].reply[:3]}
    assert {row.reply.startswith("Three connections broke over it: ") for row in met} == {
        end == case.end and case.breaks
    }
    waits = [row.not_before is not None for row in met]
    assert waits == [end == Answer.DEFERRED] * len(met)
    assert_state(mailing, end)
    assert silenced(case) == Suppression.objects.exists()


def expected(row, end):
    return MEANS[end] if ".bad@" in row.address else Outcome.SENT


def assert_state(mailing, end):
    """Done when nobody waits; running while some wait for their time; never paused for what a few of them meet."""
    assert mailing.state == (Mailing.State.SENDING if end == Answer.DEFERRED else Mailing.State.DONE)
    assert mailing.chunks.exclude(state=Chunk.State.DONE).exists() == (end == Answer.DEFERRED)
    assert mailing.pause_reason == ""


def silenced(case):
    """Whether the relay said that the address does not exist: only then may nobody write to it again."""
    return case.fault.get("reply", "")[:9] in {"550 5.1.1", "553 5.1.3"}


CERTIFICATE = Away({"at": "quit"}, "its certificate is not trusted: ", settings={"starttls": True})
PAUSES = TAKES_NOTHING | {"26 certificate nobody vouches for": CERTIFICATE}


@pytest.mark.parametrize("name", PAUSES)
def test_relay_that_takes_nothing_pauses_with_its_words_and_resume_reaches_everybody(
    name, send, staff, settings, certificate
):
    case = PAUSES[name]
    mailing = frozen(staff, letters())
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = case.settings.get("username", ""), "secret"
    settings.EMAIL_USE_TLS = "starttls" in case.settings
    users = {"post": "secret"} if settings.EMAIL_HOST_USER else None
    tls = server_side(certificate) if settings.EMAIL_USE_TLS else None
    with Sink(faults={"faults": [case.fault]}, users=users, tls=tls) as away:
        assert send(mailing, away) < 2 * SILENCE
    rows = rows_of(mailing)
    assert {(row.outcome, row.attempts, row.not_before) for row in rows} == {(Outcome.PENDING, 0, None)}
    assert mailing.state == Mailing.State.PAUSED
    assert case.words in mailing.pause_reason
    assert mailing.pause_reason.startswith("The mail relay does not take messages: The relay 127.0.0.1:")
    assert {chunk.state for chunk in mailing.chunks.all()} == {Chunk.State.FREE}
    actions.resume_mailing(mailing, by=staff)
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS = "", False
    with Sink() as back:
        send(mailing, back)
    assert_nobody_twice(mailing, away, back)
    assert len(back.accepted) == MESSAGES


@pytest.mark.parametrize("name", [name for name, case in MET_BY_ONE_MESSAGE.items() if case.breaks and not case.large])
def test_relay_that_lets_no_message_begin_pauses_and_everybody_is_reached_after_the_waits(name, send, staff):
    """It looks like a relay that is away, and is one. Whoever it broke over three times waits; the rest are free."""
    mailing = frozen(staff, letters())
    with Sink(faults={"faults": [MET_BY_ONE_MESSAGE[name].fault]}) as away:
        assert send(mailing, away) < 2 * SILENCE
    waits = Counter((row.outcome, row.attempts, row.not_before is not None) for row in rows_of(mailing))
    late = waits[(Outcome.PENDING, 1, True)]
    assert late in put_off(MET_BY_ONE_MESSAGE[name])
    assert waits == {(Outcome.PENDING, 0, False): MESSAGES - late, (Outcome.PENDING, 1, True): late}
    assert mailing.state == Mailing.State.PAUSED
    assert mailing.pause_reason.startswith("The mail relay does not take messages: The relay 127.0.0.1:")
    actions.resume_mailing(mailing, by=staff)
    with Sink() as back:
        send(mailing, back)
        assert len(back.accepted) == MESSAGES - late
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            send(mailing, back)
    assert_nobody_twice(mailing, away, back)
    assert len(back.accepted) == MESSAGES
    assert mailing.state == Mailing.State.DONE


@pytest.mark.parametrize(
    "fault",
    [{"at": "dot", "do": "cut", "every": 100}, {"at": "banner", "reply": "421 4.7.0 too many", "over": 2}],
    ids=["23 cut every 100", "24 too many connections"],
)
def test_relay_with_narrow_limits_gets_everybody_in_one_turn(fault, send, staff):
    mailing = frozen(staff, letters())
    with Sink(faults={"faults": [fault]}) as sink:
        send(mailing, sink)
    assert {(row.outcome, row.attempts) for row in rows_of(mailing)} == {(Outcome.SENT, 1)}
    assert mailing.state == Mailing.State.DONE
    assert_nobody_twice(mailing, sink)


def test_25_address_that_needs_smtputf8_is_refused_by_us_alone_and_with_words(send, staff):
    """None can be typed or imported; here one was put into the tables by hand."""
    mailing = frozen(staff, letters())
    Supporter.objects.filter(email="p7@example.org").update(email="pé7@example.org")
    mailing.deliveries.filter(address="p7@example.org").update(address="pé7@example.org")
    with Sink() as sink:
        send(mailing, sink)
    assert_nobody_twice(mailing, sink)
    (refused,) = mailing.deliveries.filter(outcome=Outcome.REFUSED)
    assert refused.reply == "Could not be written: email: this is not a plain email address"
    assert mailing.chunks.all().progress()["sent"] == MESSAGES - 1
    assert mailing.state == Mailing.State.DONE


def test_rows_in_doubt_are_never_sent_again_by_machine(send, staff):
    bad = picked(Fault({}, Answer.DOUBT))
    mailing = frozen(staff, letters(bad))
    lost = [{"at": "dot", "do": "lose", "match": ".bad@"}]
    with Sink(faults={"faults": lost}) as first:
        send(mailing, first)
    with Sink() as second, time_machine.travel(timezone.now() + timedelta(days=1)):
        send(mailing, second)
    assert second.accepted == []
    assert {row.address for row in mailing.deliveries.in_doubt()} == {a for a in letters(bad) if ".bad@" in a}
    assert_nobody_twice(mailing, first, second)


def test_421_in_the_middle_puts_off_only_the_message_it_answers(send, staff):
    """A relay that closes after the dot of some: those are put off, all others go over new connections."""
    mailing = frozen(staff, letters())
    with Sink(faults={"faults": [{"at": "dot", "reply": "421 4.3.2 closing", "every": 50}]}) as sink:
        send(mailing, sink)
    by_outcome = Counter(row.outcome for row in rows_of(mailing))
    assert by_outcome[Outcome.SENT] + by_outcome[Outcome.PENDING] == MESSAGES
    assert 1 <= by_outcome[Outcome.PENDING] <= 4
    assert {row.reply for row in mailing.deliveries.filter(outcome=Outcome.PENDING)} == {"421 4.3.2 closing"}
    assert_nobody_twice(mailing, sink)


def test_domain_that_puts_off_holds_up_nobody_else_and_gets_its_mail_later(send, staff):
    slow = [f"p{row}@slow.example.org" for row in range(50)]
    mailing = frozen(staff, [*slow, *letters()[50:]])
    with Sink(faults={"faults": [{"at": "rcpt", "match": "@slow.", "reply": "450 4.7.1 greylisted"}]}) as first:
        send(mailing, first)
    waiting = [row for row in rows_of(mailing) if row.outcome == Outcome.PENDING]
    assert sorted(row.address for row in waiting) == sorted(slow)
    assert len(first.accepted) == MESSAGES - 50
    with Sink() as early:
        send(mailing, early)
    assert early.accepted == []
    with Sink() as second, time_machine.travel(timezone.now() + timedelta(minutes=2)):
        send(mailing, second)
    assert len(second.accepted) == 50
    assert {row.attempts for row in rows_of(mailing) if row.address in slow} == {2}
    assert mailing.state == Mailing.State.DONE
    assert_nobody_twice(mailing, first, second)


NEVER = {
    "full": ({"reply": "452 4.2.2 full"}, "452 4.2.2 full"),
    "breaks": ({"do": "drop"}, "Three connections broke over it: closed the connection"),
}


@pytest.mark.parametrize("name", NEVER)
def test_mailbox_that_never_takes_it_is_tried_for_three_days_and_then_refused_with_the_last_words(name, send, staff):
    """Each later try has the relay to itself; that it breaks over this one again never pauses the mailing."""
    fault, words = NEVER[name]
    mailing = frozen(staff, ["full@example.org", "ok@example.org"])
    frozen_at, now, waits = mailing.frozen_at, timezone.now(), []
    with Sink(faults={"faults": [{"at": "rcpt", "match": "full@", **fault}]}) as sink:
        send(mailing, sink)
        while (row := mailing.deliveries.get(address="full@example.org")).outcome == Outcome.PENDING:
            assert row.attempts == len(waits) + 1
            waits.append(row.not_before - now)
            now = row.not_before + timedelta(seconds=1)
            with time_machine.travel(now):
                send(mailing, sink)
            assert len(waits) < 60, "it never ends"
    assert (row.outcome, row.reply) == (Outcome.REFUSED, words)
    over = row.settled_at - frozen_at
    assert GIVE_UP_AFTER < over < GIVE_UP_AFTER + LONGEST_WAIT + timedelta(minutes=1)
    assert row.attempts == len(waits) + 1
    assert waits[0] < timedelta(seconds=77) < waits[2] < waits[5] < waits[8] < LONGEST_WAIT
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DONE
    assert len(sink.accepted) == 1
    assert not Suppression.objects.exists()


@hypothesis_settings(max_examples=300)
@given(attempts=st.integers(1, 30_000))
def test_each_wait_doubles_from_a_minute_to_four_hours_with_a_quarter_of_jitter(attempts):
    least = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT / 1.25)
    assert FIRST_WAIT <= least <= wait_before_retry(attempts) <= least * 1.25 <= LONGEST_WAIT


@pytest.mark.parametrize("attempts", [1, 5, 30])
def test_those_put_off_together_do_not_come_back_together(attempts):
    waits = [wait_before_retry(attempts).total_seconds() for _ in range(500)]
    assert len(set(waits)) > 490
    assert statistics.pstdev(waits) > 0.05 * statistics.mean(waits)

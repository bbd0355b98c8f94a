"""The pump against a relay that misbehaves: every message ends as what it is, and none arrives twice."""

import itertools
import re
import time
from collections import Counter

import pytest

from sanctuary.post import journal as states
from sanctuary.post.pump import Envelope, Outcome, Pump, RelayDown, RelayRefused, stuffed
from sanctuary.post.sink import Sink

ACCEPTED, REFUSED, DEFERRED, DOUBT, FREE = Outcome
STATE = {
    ACCEPTED: states.ACCEPTED,
    REFUSED: states.REFUSED,
    DEFERRED: states.DEFERRED,
    DOUBT: states.COMMITTING,
    FREE: states.UNTOUCHED,
}
QUICK = {"connect_timeout": 0.3, "step_timeout": 0.3, "message_timeout": 0.6}


class Notes:
    """A journal that remembers."""

    def __init__(self):
        self.states = {}
        self.committed = []
        self.history = []

    def mark(self, row, state):
        self.states[row] = state
        self.history.append(state)

    def mark_committing(self, row):
        self.committed.append(row)
        self.history.append(states.COMMITTING)
        self.states[row] = states.COMMITTING


def envelopes(count, start=1):
    for row in range(start, start + count):
        body = f"Message-ID: <{row}>\r\nSubject: x\r\n\r\nrow {row}\r\n".encode()
        yield Envelope(row, "news@example.org", f"p{row}@example.org", body)


def rows_at(sink):
    return [int(message.message_id.strip("<>")) for message in sink.accepted]


def assert_honest(results, notes, sink, count=None):
    """Each row has one end (all of `count` have), the journal says the same, and the relay's own books agree."""
    rows = sorted(result.row for result in results)
    assert rows == list(range(1, (count or len(rows)) + 1))
    assert set(notes.states) == set(rows)
    for result in results:
        assert notes.states[result.row] == STATE[result.outcome]
    there = rows_at(sink)
    assert len(there) == len(set(there))
    outcome = {result.row: result.outcome for result in results}
    assert all(outcome[row] in (ACCEPTED, DOUBT) for row in there)
    assert {row for row in outcome if outcome[row] == ACCEPTED} <= set(there)
    assert set(there) <= set(notes.committed)


def pumped(sink, count, **settings):
    """Send and look at the ends; settings for the pump."""
    notes = Notes()
    results = []
    error = None
    with Pump("127.0.0.1", sink.port, **{"connections": 4, **QUICK, **settings}) as pump:
        try:
            for result in pump.send(envelopes(count), notes):
                results.append(result)
        except (RelayDown, RelayRefused) as problem:
            error = problem
    return results, notes, error


@pytest.fixture(params=[True, False], ids=["pipelined", "step by step"])
def pipelining(request):
    return request.param


@pytest.mark.parametrize("connections", [1, 3, 16])
def test_every_message_arrives_once_and_whole(pipelining, connections):
    with Sink(pipelining=pipelining) as sink:
        results, notes, _ = pumped(sink, 300, connections=connections)
        assert_honest(results, notes, sink, 300)
        assert Counter(result.outcome for result in results) == {ACCEPTED: 300}
        assert sink.violations == 0
    for message in sink.accepted:
        row = message.message_id.strip("<>")
        assert message.recipients == (f"p{row}@example.org",)
        assert message.data.endswith(f"\r\n\r\nrow {row}\r\n".encode())


FAULTS = {
    "MAIL 451": ({"at": "mail", "reply": "451 4.3.0 later"}, DEFERRED, 451),
    "MAIL 550": ({"at": "mail", "reply": "550 5.7.1 no"}, REFUSED, 550),
    "RCPT 450": ({"at": "rcpt", "reply": "450 4.2.1 busy"}, DEFERRED, 450),
    "RCPT 451": ({"at": "rcpt", "reply": "451 4.3.0 greylisted"}, DEFERRED, 451),
    "RCPT 452": ({"at": "rcpt", "reply": "452 4.2.2 full"}, DEFERRED, 452),
    "RCPT 550": ({"at": "rcpt", "reply": "550 5.1.1 unknown"}, REFUSED, 550),
    "RCPT 552": ({"at": "rcpt", "reply": "552 5.2.2 full"}, REFUSED, 552),
    "RCPT 553": ({"at": "rcpt", "reply": "553 5.1.3 syntax"}, REFUSED, 553),
    "DATA 451": ({"at": "data", "reply": "451 4.3.0 later"}, DEFERRED, 451),
    "DATA 503": ({"at": "data", "reply": "503 5.5.1 what"}, DEFERRED, 503),
    "DATA 552": ({"at": "data", "reply": "552 5.3.4 big"}, REFUSED, 552),
    "DATA 554": ({"at": "data", "reply": "554 5.7.1 no"}, REFUSED, 554),
    "dot 421": ({"at": "dot", "reply": "421 4.3.2 closing"}, DEFERRED, 421),
    "dot 451": ({"at": "dot", "reply": "451 4.3.0 later"}, DEFERRED, 451),
    "dot 552": ({"at": "dot", "reply": "552 5.3.4 big"}, REFUSED, 552),
    "dot 554": ({"at": "dot", "reply": "554 5.7.1 spam"}, REFUSED, 554),
    "dot 354": ({"at": "dot", "reply": "354 what"}, DOUBT, 0),
    "drop in body": ({"at": "body", "do": "drop"}, DOUBT, 0),
    "drop before 250": ({"at": "dot", "do": "drop"}, DOUBT, 0),
    "250 lost": ({"at": "dot", "do": "lose"}, DOUBT, 0),
    "250 late": ({"at": "dot", "do": "late", "seconds": 90}, DOUBT, 0),
    "never answers": ({"at": "dot", "do": "hang"}, DOUBT, 0),
    "one byte a second": ({"at": "dot", "do": "drip", "seconds": 0.1}, DOUBT, 0),
    "reply without end": ({"at": "dot", "do": "endless", "seconds": 0.001}, DOUBT, 0),
    "slow reply without end": ({"at": "dot", "do": "endless", "seconds": 0.1}, DOUBT, 0),
    "garbage for 250": ({"at": "dot", "do": "garbage"}, DOUBT, 0),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_that_comes_now_and_then_is_classed_right(name, pipelining):
    fault, outcome, code = FAULTS[name]
    slow = fault.get("do") in {"late", "hang", "drip", "endless"}
    count = 40 if slow else 200
    script = {"seed": 3, "faults": [{**fault, "chance": 0.1 if slow else 0.2}]}
    with Sink(pipelining=pipelining, faults=script) as sink:
        results, notes, error = pumped(sink, count)
        assert error is None
        assert_honest(results, notes, sink, count)
    ends = Counter(result.outcome for result in results)
    assert set(ends) == {ACCEPTED, outcome}
    assert {result.code for result in results if result.outcome == outcome} == {code}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_that_never_ends_does_not_hold_the_pump_or_the_rows(name, pipelining):
    fault, outcome, _ = FAULTS[name]
    started = time.monotonic()
    with Sink(pipelining=pipelining, faults={"faults": [fault]}) as sink:
        results, notes, error = pumped(sink, 20)
        assert isinstance(error, RelayDown) == (outcome == DOUBT)
        assert_honest(results, notes, sink)
    assert time.monotonic() - started < 5
    ends = Counter(result.outcome for result in results)
    assert set(ends) <= {outcome, FREE}
    if outcome == DOUBT:
        assert 1 <= ends[DOUBT] <= 4 + 2  # One on each connection, then two tries by one connection.
    else:
        assert ends[outcome] == 20


AWAY = {
    "nobody listens": ({"at": "connect", "do": "refuse"}, "connection refused"),
    "nobody answers": ({"at": "connect", "do": "ignore"}, "did not answer"),
    "421 banner": ({"at": "banner", "reply": "421 4.3.2 closed for the night"}, "421 4.3.2 closed for the night"),
    "554 banner": ({"at": "banner", "reply": "554 5.7.1 go away"}, "554 5.7.1 go away"),
    "garbage banner": ({"at": "banner", "do": "garbage"}, "what is not SMTP"),
    "silent banner": ({"at": "banner", "do": "hang"}, "took too long to greet us"),
    "dripping banner": ({"at": "banner", "do": "drip", "seconds": 0.1}, "took too long to greet us"),
    "garbage EHLO": ({"at": "ehlo", "do": "garbage"}, "what is not SMTP"),
    "EHLO without end": ({"at": "ehlo", "do": "endless", "seconds": 0.001}, "reply without end"),
    "EHLO 421": ({"at": "ehlo", "reply": "421 4.3.2 busy"}, "421 4.3.2 busy"),
    "EHLO dropped": ({"at": "ehlo", "do": "drop"}, "closed the connection"),
}


@pytest.mark.parametrize("name", AWAY)
def test_relay_that_is_away_is_quoted_and_nothing_is_lost(name):
    fault, words = AWAY[name]
    started = time.monotonic()
    with Sink(faults={"faults": [fault]}) as sink:
        results, notes, error = pumped(sink, 20)
    assert time.monotonic() - started < 5
    assert isinstance(error, RelayDown)
    assert words in str(error)
    assert str(error).startswith(f"The relay 127.0.0.1:{sink.port} is away: ")
    assert {result.outcome for result in results} <= {FREE}
    assert notes.committed == []


def test_name_without_an_address_is_a_relay_that_is_away():
    with Pump("nowhere.invalid", 25) as pump, pytest.raises(RelayDown, match=r"nowhere\.invalid:25 has no address"):
        list(pump.send(envelopes(3)))


def test_second_address_is_tried_when_the_first_is_closed(monkeypatch):
    with Sink() as sink:
        pump = Pump("localhost", sink.port, **QUICK)
        pump._endpoints = [(2, ("127.0.0.1", 1)), (2, ("127.0.0.1", sink.port))]
        pump._resolved_at = time.monotonic()
        with pump:
            results = list(pump.send(envelopes(20), deadline=time.monotonic() + 3))
            assert [result.outcome for result in results] == [ACCEPTED] * 20


def test_relay_that_closes_after_some_messages_gets_them_all(pipelining):
    for every in (1, 7):
        with Sink(pipelining=pipelining, faults={"faults": [{"at": "dot", "do": "cut", "every": every}]}) as sink:
            results, notes, _ = pumped(sink, 100)
            assert_honest(results, notes, sink, 100)
        assert Counter(result.outcome for result in results) == {ACCEPTED: 100}


def test_relay_that_takes_few_connections_gets_all_over_those():
    with Sink(faults={"faults": [{"at": "banner", "reply": "421 4.7.0 too many", "over": 2}]}) as sink:
        results, notes, _ = pumped(sink, 200, connections=8)
        assert_honest(results, notes, sink, 200)
        assert 1 <= sink.faults._by_place["banner"][0].met <= 6
    assert Counter(result.outcome for result in results) == {ACCEPTED: 200}


def test_relay_that_says_354_to_nobody_gets_an_empty_end(pipelining):
    script = {"faults": [{"at": "rcpt", "reply": "550 5.1.1 unknown", "every": 3}]}
    with Sink(pipelining=pipelining, careless=True, faults=script) as sink:
        results, notes, _ = pumped(sink, 90, connections=1)
    ends = {result.row: result.outcome for result in results}
    assert [row for row in range(1, 91) if ends[row] == REFUSED] == list(range(3, 91, 3))
    assert sorted(rows_at_nonempty(sink)) == [row for row in range(1, 91) if row % 3]
    assert set(notes.committed) == {row for row in range(1, 91) if row % 3}


def test_relay_that_takes_a_recipient_for_a_refused_sender_gets_no_empty_message():
    script = {"faults": [{"at": "mail", "reply": "550 5.7.1 no", "every": 3}]}
    with Sink(careless=True, faults=script) as sink:
        results, notes, _ = pumped(sink, 30, connections=1)
    refused = {result.row for result in results if result.outcome == REFUSED}
    assert sorted(rows_at(sink)) == sorted(set(range(1, 31)) - refused)
    assert len(refused) == 10
    assert not refused & set(notes.committed)


def rows_at_nonempty(sink):
    return [int(message.message_id.strip("<>")) for message in sink.accepted if message.recipients]


def test_connections_are_kept_from_one_send_to_the_next():
    with Sink() as sink, Pump("127.0.0.1", sink.port, connections=3, **QUICK) as pump:
        for _ in range(3):
            assert len(list(pump.send(envelopes(30)))) == 30
            kept = set(sink.sessions)
            assert len(kept) == 3
        assert set(sink.sessions) == kept


def test_one_message_opens_one_connection():
    with Sink() as sink, Pump("127.0.0.1", sink.port, connections=8) as pump:
        list(pump.send(envelopes(1)))
        assert len(sink.sessions) == 1


def test_connection_closed_between_two_sends_is_opened_again():
    with Sink() as sink, Pump("127.0.0.1", sink.port, connections=3, **QUICK) as pump:
        list(pump.send(envelopes(30)))
        for session in list(sink.sessions):
            sink.loop.call_soon_threadsafe(session.transport.abort)
        time.sleep(0.05)
        assert {result.outcome for result in pump.send(envelopes(30))} == {ACCEPTED}


def test_closing_says_goodbye():
    with Sink(faults={"faults": [{"at": "quit", "do": "cut"}]}) as sink:
        pumped(sink, 4)
        until = time.monotonic() + 2
        while sink.sessions and time.monotonic() < until:
            time.sleep(0.01)
        assert not sink.sessions
        assert sum(fault.met for fault in sink.faults._by_place["quit"]) == 4


def test_deadline_stops_before_new_messages_are_committed(pipelining):
    with Sink(pipelining=pipelining, faults={"faults": [{"at": "dot", "do": "late", "seconds": 0.05}]}) as sink:
        notes = Notes()
        with Pump("127.0.0.1", sink.port, connections=2, **QUICK) as pump:
            deadline = time.monotonic() + 0.3
            results = list(pump.send(envelopes(1000), notes, deadline=deadline))
            assert time.monotonic() < deadline + 0.3
        ends = Counter(result.outcome for result in results)
        assert 0 < ends[ACCEPTED] < 100
        assert set(ends) <= {ACCEPTED, FREE}
        assert len(results) < 100  # What was not taken from the envelopes has no result.
        assert set(rows_at(sink)) == {result.row for result in results if result.outcome == ACCEPTED}


def test_deadline_in_the_past_sends_nothing_at_all():
    with Sink() as sink, Pump("127.0.0.1", sink.port) as pump:
        assert list(pump.send(envelopes(10), deadline=time.monotonic() - 1)) == []
        assert sink.count == 0


def test_asked_to_stop_it_stops_and_can_go_on_later(pipelining):
    with Sink(pipelining=pipelining) as sink, Pump("127.0.0.1", sink.port, connections=3, **QUICK) as pump:
        results = []
        source = envelopes(1000)
        for result in pump.send(source, should_stop=lambda: len(results) >= 50):
            results.append(result)
        first = Counter(result.outcome for result in results)
        assert 50 <= first[ACCEPTED] < 60 + 200
        assert sink.count == first[ACCEPTED]
        again = list(pump.send(source))
        assert {result.outcome for result in again} == {ACCEPTED}


def test_deadline_that_passes_while_the_next_message_is_made_stops_this_one():
    """As when the process was frozen for a while: the lease is gone, so nothing may leave any more."""

    def slow():
        for envelope in envelopes(5):
            if envelope.row == 3:
                time.sleep(0.2)
            yield envelope

    with Sink() as sink, Pump("127.0.0.1", sink.port, connections=1, **QUICK) as pump:
        results = list(pump.send(slow(), deadline=time.monotonic() + 0.15))
        assert {result.row: result.outcome for result in results} == {1: ACCEPTED, 2: FREE, 3: FREE}
        assert rows_at(sink) == [1]


def test_process_that_dies_at_the_commit_mark_has_sent_nothing_of_that_row(pipelining):
    class Dying(Notes):
        def mark_committing(self, row):
            super().mark_committing(row)
            if row == 4:
                raise SystemExit

    notes = Dying()
    with Sink(pipelining=pipelining) as sink, Pump("127.0.0.1", sink.port, connections=1, **QUICK) as pump:
        with pytest.raises(SystemExit):
            list(pump.send(envelopes(10), notes))
        time.sleep(0.1)
        assert rows_at(sink) == [1, 2, 3]


def test_caller_who_stops_listening_leaves_a_true_journal():
    with Sink() as sink:
        notes = Notes()
        with Pump("127.0.0.1", sink.port, connections=4, **QUICK) as pump:
            sending = pump.send(envelopes(500), notes)
            list(itertools.islice(sending, 20))
            sending.close()
            time.sleep(0.1)
            there = set(rows_at(sink))
            assert there <= set(notes.committed)
            accepted = {row for row, state in notes.states.items() if state == states.ACCEPTED}
            assert accepted <= there
            assert there - accepted <= {row for row, state in notes.states.items() if state == states.COMMITTING}
            assert {result.outcome for result in pump.send(envelopes(5, 1001))} == {ACCEPTED}


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(1, "a@example.org", "b@example.org>\r\nRCPT TO:<c@example.org", b"x\r\n"),
        Envelope(1, "a@example.org", "é@example.org", b"x\r\n"),
        Envelope(1, "a@example.org", "", b"x\r\n"),
        Envelope(1, "a b@example.org", "b@example.org", b"x\r\n"),
        Envelope(1, "a@example.org", "b@example.org", b"x"),
        Envelope(1, "a@example.org", "b@example.org", b"x\r\n.\r\nMAIL FROM:<e@example.org>\r\n"),
        Envelope(1, "a@example.org", "b@example.org", b".\r\nx\r\n"),
    ],
    ids=range(7),
)
def test_envelope_that_could_speak_to_the_relay_is_refused_here(envelope):
    with Sink() as sink, Pump("127.0.0.1", sink.port) as pump:
        results = list(pump.send([envelope, Envelope(2, "", "ok@example.org", b"x\r\n..stuffed\r\n")]))
        assert [(result.row, result.outcome) for result in sorted(results)] == [(1, REFUSED), (2, ACCEPTED)]
        assert [message.data for message in sink.accepted] == [b"x\r\n.stuffed\r\n"]


@pytest.mark.parametrize("data", [b"x", b"x\n.\ny\n", b"x\r.\ry", b".\r\n.x", b"..\n\n.\r\r\n", b""])
def test_any_message_can_be_made_fit(data):
    with Sink() as sink, Pump("127.0.0.1", sink.port) as pump:
        (result,) = pump.send([Envelope(1, "a@example.org", "b@example.org", stuffed(data))])
        assert result.outcome == ACCEPTED
        assert sink.count == 1
        assert re.sub(rb"\r\n|\r|\n", b"\n", data).rstrip(b"\n") + b"\n" == sink.accepted[0].data.replace(
            b"\r\n", b"\n"
        )


def test_large_messages_to_a_slow_reader_arrive_whole(pipelining):
    big = b"".join(b"%070d\r\n" % number for number in range(40_000))
    with Sink(pipelining=pipelining) as sink, Pump("127.0.0.1", sink.port, connections=3, step_timeout=5) as pump:
        found = list(pump.send(Envelope(row, "a@example.org", "b@example.org", big) for row in range(6)))
        assert [result.outcome for result in found] == [ACCEPTED] * 6
        assert {message.data == big for message in sink.accepted} == {True}


def test_rows_are_rendered_only_as_they_are_needed():
    taken = []

    def lazily():
        for envelope in envelopes(5000):
            taken.append(envelope.row)
            yield envelope

    with Sink() as sink, Pump("127.0.0.1", sink.port, connections=4) as pump:
        ahead = [len(taken) - index for index, _ in enumerate(pump.send(lazily()))]
        assert sink.count == 5000
    assert max(ahead) < 1000


def test_source_that_takes_its_time_is_not_held_against_the_relay(pipelining):
    def slowly():
        for envelope in envelopes(60):
            if envelope.row % 20 == 0:
                time.sleep(0.8)  # longer than the patience with a relay
            yield envelope

    with Sink(pipelining=pipelining) as sink, Pump("127.0.0.1", sink.port, connections=4, **QUICK) as pump:
        results = list(pump.send(slowly()))
        assert Counter(result.outcome for result in results) == {ACCEPTED: 60}
        assert sink.count == 60


def test_broken_source_of_envelopes_cuts_nothing_that_was_handed_over():
    def broken():
        yield from envelopes(10)
        raise LookupError("no more")

    notes = Notes()
    with Sink() as sink, Pump("127.0.0.1", sink.port, connections=2, **QUICK) as pump:
        with pytest.raises(LookupError):
            list(pump.send(broken(), notes))
        time.sleep(0.1)
        assert set(rows_at(sink)) <= set(notes.committed)

"""Connections that break over a message before its dot left: tried on two more, then put off so that others go on."""

import time
from collections import Counter

import pytest

from sanctuary.post import journal as states
from sanctuary.post.pump import Envelope, Outcome, Pump, RelayDown
from sanctuary.post.sink import Sink
from tests.post.test_pump import QUICK, Notes, assert_honest, envelopes, pumped

ACCEPTED, REFUSED, DEFERRED, DOUBT, FREE = Outcome


@pytest.fixture(params=[True, False], ids=["pipelined", "step by step"])
def pipelining(request):
    return request.param


UNCOMMITTED = {
    "421 at MAIL": {"at": "mail", "reply": "421 4.7.0 later"},
    "421 at RCPT": {"at": "rcpt", "reply": "421 4.7.0 later"},
    "421 at DATA": {"at": "data", "reply": "421 4.7.0 later"},
    "drop at MAIL": {"at": "mail", "do": "drop"},
    "drop at RCPT": {"at": "rcpt", "do": "drop"},
    "drop at DATA": {"at": "data", "do": "drop"},
    "354 never": {"at": "data", "do": "hang"},
    "354 drips": {"at": "data", "do": "drip", "seconds": 0.2},
    "garbage at RCPT": {"at": "rcpt", "do": "garbage"},
    "RCPT without end": {"at": "rcpt", "do": "endless", "seconds": 0.001},
}


@pytest.mark.parametrize("name", UNCOMMITTED)
def test_fault_before_the_commit_mark_is_tried_again(name, pipelining):
    slow = name in {"354 never", "354 drips"}
    script = {"faults": [{**UNCOMMITTED[name], "every": 9}]}
    count = 20 if slow else 200
    with Sink(pipelining=pipelining, faults=script) as sink:
        results, notes, _ = pumped(sink, count)
        assert_honest(results, notes, sink, count)
    assert Counter(result.outcome for result in results) == {ACCEPTED: count}


@pytest.mark.parametrize("name", UNCOMMITTED)
def test_relay_that_never_lets_a_message_begin_is_away(name, pipelining):
    """It breaks on four connections together, then on two: that is three over one or over two, and they alone wait."""
    started = time.monotonic()
    with Sink(pipelining=pipelining, faults={"faults": [UNCOMMITTED[name]]}) as sink:
        results, notes, error = pumped(sink, 20)
        assert sink.count == 0
        assert sink.faults._by_place[UNCOMMITTED[name]["at"]][0].met == 4 + 2
    assert time.monotonic() - started < 5
    assert isinstance(error, RelayDown)
    ends = Counter(result.outcome for result in results)
    assert set(ends) == {FREE, DEFERRED}
    assert ends[DEFERRED] in {1, 2}
    assert Counter(notes.states.values()) == {states.UNTOUCHED: ends[FREE], states.DEFERRED: ends[DEFERRED]}
    assert notes.committed == []


def test_message_that_breaks_every_connection_waits_and_the_others_go(pipelining):
    script = {"faults": [{"at": "rcpt", "do": "drop", "match": "<p7@"}]}
    with Sink(pipelining=pipelining, faults=script) as sink:
        results, notes, error = pumped(sink, 200)
        assert_honest(results, notes, sink, 200)
        assert sink.faults._by_place["rcpt"][0].met == 3
    assert error is None
    (late,) = [result for result in results if result.outcome != ACCEPTED]
    assert late == (7, DEFERRED, 0, "Three connections broke over it: closed the connection")
    assert notes.states[7] == states.DEFERRED


@pytest.mark.parametrize("name", UNCOMMITTED)
def test_message_alone_that_breaks_every_connection_says_nothing_of_the_relay(name, pipelining):
    with Sink(pipelining=pipelining, faults={"faults": [UNCOMMITTED[name]]}) as sink:
        results, notes, error = pumped(sink, 1)
        assert sink.faults._by_place[UNCOMMITTED[name]["at"]][0].met == 3
    assert error is None
    assert [(result.outcome, result.code) for result in results] == [(DEFERRED, 0)]
    assert notes.states == {1: states.DEFERRED}


def test_relay_that_breaks_over_its_only_connection_is_away_at_the_second_person(pipelining):
    """Only he is put off over whom it broke three times: the next is still to come when that is decided."""
    with Sink(pipelining=pipelining, faults={"faults": [{"at": "rcpt", "do": "drop"}]}) as sink:
        results, _, error = pumped(sink, 20, connections=1)
        assert sink.faults._by_place["rcpt"][0].met == 4
    assert isinstance(error, RelayDown)
    assert [(result.row, result.outcome) for result in results] == [(1, DEFERRED), (2, FREE)]


def test_message_whose_third_connection_we_end_ourselves_is_free():
    """The time is up while it waits for its third answer: that is no fault of its own."""
    with Sink(faults={"faults": [{"at": "rcpt", "do": "hang"}]}) as sink, Pump("127.0.0.1", sink.port, **QUICK) as pump:
        results = list(pump.send(envelopes(1), deadline=time.monotonic() + 2.5 * QUICK["step_timeout"]))
        assert sink.faults._by_place["rcpt"][0].met == 3
    assert [(result.outcome, result.text) for result in results] == [(FREE, "we stopped before it was committed")]


def test_large_message_cut_before_its_dot_left_is_put_off_not_in_doubt(pipelining):
    big = b"x" * 70 + b"\r\n"
    script = {"faults": [{"at": "body", "do": "drop"}]}
    notes = Notes()
    with Sink(pipelining=pipelining, faults=script) as sink, Pump("127.0.0.1", sink.port, **QUICK) as pump:
        results = list(pump.send([Envelope(1, "a@example.org", "b@example.org", big * 400_000)], notes))
        assert sink.count == 0
    assert [result.outcome for result in results] == [DEFERRED]
    assert len(notes.committed) == 3
    # Between two tries the row is free, should the process die just then.
    assert notes.history == [states.COMMITTING, states.UNTOUCHED] * 3 + [states.DEFERRED]

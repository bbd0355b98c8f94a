"""Signed links: each opens one kind of door, unchanged, and no longer than it should."""

import base64
import itertools
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from pledges.actions import CONFIRM
from pledges.forms import STAMP
from pledges.views import THANKS
from sanctuary.logs import MaskAddresses
from sanctuary.people import links, tokens

PURPOSES = [links.CHOICES, links.PRIVATE, links.NEW_ADDRESS, CONFIRM, THANKS, STAMP]
NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_purposes_are_all_different():
    assert len(set(PURPOSES)) == len(PURPOSES)


@given(st.sampled_from(PURPOSES), NUMBERS)
def test_token_read_for_its_purpose_gives_the_numbers_back(purpose, numbers):
    assert tokens.read(purpose, tokens.make(purpose, *numbers)) == tuple(numbers)


@given(NUMBERS)
def test_token_read_for_any_other_purpose_is_refused(numbers):
    for made_for, read_for in itertools.permutations(PURPOSES, 2):
        with pytest.raises(tokens.BadToken):
            tokens.read(read_for, tokens.make(made_for, *numbers))


@given(NUMBERS, st.data())
def test_token_with_one_bit_changed_is_refused(numbers, data):
    token = tokens.make("choices", *numbers)
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(tokens.BadToken):
        tokens.read("choices", base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="))


@given(st.one_of(st.text(max_size=100), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_token_that_is_rubbish_is_refused_calmly(text):
    with pytest.raises(tokens.BadToken):
        tokens.read("choices", text)


@given(st.sampled_from(PURPOSES), st.text(min_size=1, max_size=200), NUMBERS)
def test_signature_depends_on_the_whole_key(purpose, key, numbers):
    with override_settings(LINK_KEYS=[key]):
        token = tokens.make(purpose, *numbers)
        assert tokens.read(purpose, token) == tuple(numbers)
    for other in (key + "x", key[:-1], key[::-1] + "y"):
        with override_settings(LINK_KEYS=[other]), pytest.raises(tokens.BadToken):
            tokens.read(purpose, token)


def test_numbers_of_one_token_are_not_those_of_another_length():
    assert tokens.read("choices", tokens.make("choices", 1, 2)) != tokens.read("choices", tokens.make("choices", 1))


def test_token_says_nothing_to_its_reader():
    token = tokens.make("choices", 1)
    assert len(token) <= 43
    assert token.replace("-", "").replace("_", "").isalnum()


@given(st.sampled_from(PURPOSES), NUMBERS)
def test_token_is_masked_in_logs(purpose, numbers):
    token = tokens.make(purpose, *numbers)
    line = f"Forbidden (CSRF cookie not set.): /email/{token}/stop/"
    assert MaskAddresses.mask(line) == "Forbidden (CSRF cookie not set.): /email/***/stop/"


def test_other_addresses_stay_whole_in_logs():
    line = "Not Found: /actions/welcome-every-child-in-every-single-school/ and /manage/amberford/pledgers/12/greet/"
    assert MaskAddresses.mask(line) == line


def test_token_of_an_older_key_still_opens(settings):
    token = tokens.make("choices", 7)
    settings.LINK_KEYS = ["a new key", *settings.LINK_KEYS]
    assert tokens.read("choices", token) == (7,)


def test_token_of_a_foreign_key_is_refused(settings):
    token = tokens.make("choices", 7)
    settings.LINK_KEYS = ["a new key"]
    with pytest.raises(tokens.BadToken):
        tokens.read("choices", token)


@pytest.mark.parametrize(("days", "opens"), [(0, True), (14, True), (15, False), (4000, False)])
def test_token_with_a_term_ends_with_it(days, opens):
    with time_machine.travel(NOW, tick=False) as clock:
        token = tokens.make("pledge-confirm", 7)
        clock.shift(timedelta(days=days))
        if opens:
            assert tokens.read("pledge-confirm", token, max_days=14) == (7,)
        else:
            with pytest.raises(tokens.ExpiredToken):
                tokens.read("pledge-confirm", token, max_days=14)


def test_choices_token_never_ends():
    with time_machine.travel(NOW, tick=False) as clock:
        token = links.choices_token(7)
        clock.shift(timedelta(days=3650))
        assert tokens.read(links.CHOICES, token) == (7, 0)


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (59, True), (61, False)])
def test_private_link_ends_after_an_hour(minutes, opens):
    with time_machine.travel(NOW, tick=False) as clock:
        token = links.private_url(7, "amira@example.org").rstrip("/").rpartition("/")[2]
        clock.shift(timedelta(minutes=minutes))
        if opens:
            assert links.read_private(token) == (7, links.fingerprint("amira@example.org"))
        else:
            with pytest.raises(tokens.ExpiredToken):
                links.read_private(token)

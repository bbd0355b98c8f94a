"""The merge language: what it understands, what it refuses, and that it never does more."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctuary.post.merge import Field, fields_in, problems, split

ALLOWED = {"first_name", "group_name", "action_url"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Hello", ["Hello"]),
        ("Dear ((first_name)),", ["Dear ", Field("first_name"), ","]),
        ("((first_name|friend))", [Field("first_name", "friend")]),
        ("(( First Name | dear friend ))", [Field("first_name", "dear friend")]),
        ("((FIRST-NAME))", [Field("first_name")]),
        ("((first_name|))", [Field("first_name", "")]),
        ("((first_name|a|b))", [Field("first_name", "a|b")]),
        ("((a))((b))", [Field("a"), Field("b")]),
        ("(((a)))", ["(", Field("a"), ")"]),
        ("[Act](((action_url)))", ["[Act](", Field("action_url"), ")"]),
        ("(a) ((b", ["(a) ((b"]),
        ("((a\n))", ["((a\n))"]),
        ("((1 + 1)) ((a))", ["((1 + 1)) ", Field("a")]),
        ("((a.__class__))", ["((a.__class__))"]),
        ("((a|((b))))", ["((a|", Field("b"), "))"]),
    ],
)
def test_split_reads_fields_and_leaves_the_rest(text, parts):
    assert split(text) == parts


def test_fields_in_names_each_field_once():
    assert fields_in("((a)) ((b|x)) (( A ))") == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Dear ((first_name)), see ((action_url))", []),
        ("Prices (in pounds (£)) and (see (this))", []),
        ("((nmae))", ["unknown"]),
        ("(())", ["unknown"]),
        ("((first_name", ["unclosed"]),
        ("((first_name)", ["unclosed"]),
        ("((first_name\n))", ["unclosed"]),
        ("((first_name|friend (you)))", ["nested"]),
        ("((group_name|((first_name))))", ["nested"]),
        ("((zzz)) and ((first_name", ["unknown", "unclosed"]),
        ("{{ first_name }}", ["foreign"]),
        ("*|FNAME|*", ["foreign"]),
        ("((first_name|{{x}}))", []),
    ],
)
def test_problems_are_found_in_reading_order(text, codes):
    assert [problem.code for problem in problems(text, ALLOWED)] == codes


def test_field_that_may_be_empty_needs_a_fallback():
    needing = problems("((first_name)) ((group_name)) ((first_name|)) ((first_name|friend))", ALLOWED, {"first_name"})
    assert [(problem.code, problem.start) for problem in needing] == [("no_fallback", 0), ("no_fallback", 30)]


def test_messages_help_the_writer():
    (typo,) = problems("Dear ((frist_name))", ALLOWED)
    assert typo.message == "There is no field called ((frist_name)). Did you mean ((first_name))?"
    (strange,) = problems("((zzz))", ALLOWED)
    assert strange.message.endswith("You can use ((action_url)), ((first_name)) and ((group_name)).")
    (empty,) = problems("((first_name))", ALLOWED, {"first_name"})
    assert empty.message.endswith("Say what to write instead, like ((first_name|friend)).")
    (unclosed,) = problems("Dear ((first_name, welcome", ALLOWED)
    assert unclosed.message.startswith("“((first_name, welcome” opens a field with ((")


@given(st.text(alphabet="(|) abA_-\n{}*", max_size=60))
def test_split_keeps_every_literal_character(text):
    parts = split(text)
    literals = [part for part in parts if isinstance(part, str)]
    rest = text
    for literal in literals:
        _before, found, rest = rest.partition(literal)
        assert found
        assert literal
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in itertools.pairwise(parts))
    assert {part.name for part in parts if isinstance(part, Field)} == fields_in(text)


@given(st.text(alphabet="(|) ab\n", max_size=60))
def test_a_text_without_problems_has_only_fields_that_are_allowed(text):
    if not problems(text, {"a"}):
        assert fields_in(text) <= {"a"}
        assert not any(isinstance(part, str) and "((" in part for part in split(text))


@pytest.mark.parametrize(
    "nasty", ["(" * 100_000, "((a|" * 50_000, "((" + "a" * 100_000, "))" * 50_000, "{{" * 50_000, "*|" * 50_000]
)
def test_hostile_text_is_read_in_linear_time(nasty):
    started = time.process_time()
    split(nasty)
    problems(nasty, ALLOWED)
    assert time.process_time() - started < 5

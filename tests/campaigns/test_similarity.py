"""A copied letter is known by its hashes, small edits and all; letters in own words are not alike."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.actions.similarity import MOST_KEPT, TOO_ALIKE, is_like_any, pack, prints, runs, share_found, unpack

KEY = b"a key that only the server has"

COPIED = """Dear Jane Example,

I am writing to you because people who come here for safety wait far too long before they may work. Nurses, teachers
and bakers sit in hotel rooms for a year and more, while the wards and schools around them look for staff. It costs
the country money and it costs people their hope. Will you vote to let people work after six months? I would be
grateful to hear what you decide, and why.

Yours sincerely"""

BY_ITSELF = [
    """Dear Jane Example,

My neighbour Selam was a midwife for eleven years. She has been in our road since March, and the letter that decides
whether she may work has not come. She helps at the toddler group every Tuesday and the babies fall asleep on her arm.
I think our hospital would be lucky to have her. Will you vote to let people work after six months?""",
    """Dear Jane Example,

I run a small bakery on Station Road and have looked for a second baker since last summer. In August a man came in who
had baked bread in Aleppo for twenty years, and I had to tell him no because the law says he must wait. We both went
home sad that day. Please change this. Will you vote to let people work after six months?""",
]
TENTH = st.integers(10, 30)
OTHER_WORDS = [
    "surely",
    "honestly",
    "quickly",
    "someone",
    "village",
    "winter",
    "garden",
    "evening",
    "teacher",
    "letter",
]


def changed(text, one_in, dice):
    """Every so manieth word is another one."""
    words = text.split(" ")
    for place in range(dice.randrange(one_in), len(words), one_in):
        words[place] = dice.choice(OTHER_WORDS)
    return " ".join(words)


def alike(one, other):
    return share_found(prints(one, KEY), prints(other, KEY))


@pytest.mark.parametrize("one_in", [10, 12, 20])
def test_copy_with_a_word_in_ten_changed_is_caught(one_in):
    dice = random.Random(one_in)
    for _ in range(20):
        assert alike(changed(COPIED, one_in, dice), COPIED) > TOO_ALIKE


def test_copy_is_caught_under_another_name_in_capitals_and_without_commas():
    edited = COPIED.replace("Jane Example", "Robin Other").upper().translate(str.maketrans("\n", " ", ",.?"))
    assert alike(edited + " A. Name", COPIED) > 0.9


def test_one_line_added_to_a_copy_is_not_yet_a_letter_and_a_paragraph_of_ones_own_is():
    line = "\nMy neighbour Selam is a midwife."
    paragraph = BY_ITSELF[0].partition("\n\n")[2]
    assert alike(COPIED + line, COPIED) > TOO_ALIKE
    assert alike(COPIED + paragraph + BY_ITSELF[1].partition("\n\n")[2], COPIED) < TOO_ALIKE


def test_letters_that_people_wrote_by_themselves_are_not_alike_although_they_ask_the_same():
    everything = [COPIED, *BY_ITSELF]
    shares = [alike(one, other) for one in everything for other in everything if one is not other]
    assert max(shares) < 0.2


def test_letter_in_one_line_keeps_its_words():
    assert alike("Dear Jane I bake bread all day and " + COPIED, "Dear Robin " + COPIED) > 0.8


def test_greeting_alone_makes_nobody_alike():
    assert alike("Dear Jane Example,\n\nPlease say yes for Selam", "Dear Jane Example,\n\nI bake bread all day") == 0
    assert alike("Dear Jane Example,", "Dear Jane Example,") == 0


def test_very_long_letters_are_measured_by_a_part_of_them():
    dice = random.Random(1)
    words = ["".join(dice.choices(string.ascii_lowercase, k=5)) for _ in range(4000)]
    copied, other = " ".join(words[:2000]), " ".join(words[2000:])
    half = " ".join(words[:1000] + words[3000:])
    assert len(prints(copied, KEY)) == MOST_KEPT
    assert alike(changed(copied, 12, dice), copied) > TOO_ALIKE
    assert 0.4 < alike(half, copied) < 0.6
    assert alike(other, copied) == 0


def test_another_key_knows_no_letter_again():
    assert share_found(prints(COPIED, KEY), prints(COPIED, b"another key")) == 0


def test_nothing_to_compare_is_like_nothing():
    assert is_like_any(prints("", KEY), [prints(COPIED, KEY), prints("", KEY)]) is False
    assert is_like_any(prints(COPIED, KEY), []) is False


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_measure_is_a_share_of_runs_in_any_script(one, other):
    mine, theirs = prints(one, KEY), prints(other, KEY)
    assert unpack(pack(mine)) == mine
    expected = len(runs(one) & runs(other)) / len(runs(one)) if runs(one) else 0
    assert share_found(mine, theirs) == pytest.approx(expected)
    assert share_found(mine, mine) == (1 if runs(one) else 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=30, max_size=120, unique=True), TENTH)
def test_any_letter_with_a_word_in_ten_changed_is_known_again(words, one_in):
    text = " ".join(words)
    edited = changed(text, one_in, random.Random(one_in))
    assert share_found(prints(edited, KEY), prints(text, KEY)) > TOO_ALIKE

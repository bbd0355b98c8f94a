"""Names as the world writes them, whatever is thrown at the field."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sanctuary.people.forms import LONGEST_NAME, NameField

NEVER = {
    chr(c) for c in [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
}


def clean(text):
    return NameField(needed="Enter your name").clean(text)


@given(st.text(max_size=400))
def test_name_of_anything_is_clean_or_refused(text):
    try:
        name = clean(text)
    except ValidationError:
        return
    assert 0 < len(name) <= LONGEST_NAME
    assert not NEVER & set(name)
    assert name == unicodedata.normalize("NFC", name)
    assert name.strip() == name
    assert clean(name) == name
    name.encode()


@given(st.sampled_from(sorted(NEVER)))
def test_name_with_a_sign_that_breaks_lines_or_turns_them_is_refused(sign):
    with pytest.raises(ValidationError):
        clean(f"Am{sign}ira")


@pytest.mark.parametrize("marks", [1, 4, 5, 200])
def test_name_with_a_tower_of_marks_is_refused(marks):
    name = "x" + "\u0301" * marks
    if marks <= 4:
        assert clean(name) == name
    else:
        with pytest.raises(ValidationError):
            clean(name)

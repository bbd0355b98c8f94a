"""Reading postcodes as people type them."""

import csv
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctuary.places.actions import outward
from sanctuary.places.postcode import (
    AREAS,
    ENTER_POSTCODE,
    NOT_UK_POSTCODE,
    OUTSIDE,
    UNKNOWN_POSTCODE,
    ForeignPostcode,
    InvalidPostcode,
    MissingPostcode,
    Postcode,
    parse,
)


def shipped_codes() -> list[str]:
    with (outward.DATA / "outward_codes.csv").open() as file:
        return [line["code"] for line in csv.DictReader(row for row in file if row[0] != "#")]


OUTWARD_CODES = shipped_codes()
LOOKALIKES = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
STRAY = " .,-_'\"()[]/\\*:;\u00a0\u200b\u200c\u200d\u200e\u202e\u2060\ufeff\u00ad"

outward_codes = st.sampled_from(OUTWARD_CODES)
inward_codes = st.from_regex(r"\A[0-9][ABD-HJLNP-UW-Z]{2}\Z")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("LS7 3HJ", "LS7 3HJ"),
        ("ls73hj", "LS7 3HJ"),
        ("  Ls7   3hJ  ", "LS7 3HJ"),
        ("L S 7 3 H J", "LS7 3HJ"),
        ("L.S.7.-.3.H.J.", "LS7 3HJ"),
        ("'LS7 3HJ'", "LS7 3HJ"),
        ("(LS7 3HJ)", "LS7 3HJ"),
        ("\tLS7 3HJ\r\n", "LS7 3HJ"),
        ("LS7\u00a03HJ", "LS7 3HJ"),
        ("\ufeffLS7\u200b 3H\u200dJ", "LS7 3HJ"),
        ("\u202eLS7 3HJ", "LS7 3HJ"),
        ("ＬＳ７　３ＨＪ", "LS7 3HJ"),
        ("LS7 3", "LS7"),
        ("LS 7", "LS7"),
        ("LS7", "LS7"),
        ("ls17", "LS17"),
        ("LSI 7JQ", "LS1 7JQ"),
        ("LS1O IAA", "LS10 1AA"),
        ("E1O OAA", "E10 0AA"),
        ("0X1 IAA", "OX1 1AA"),
        ("1P1 1AA", "IP1 1AA"),
        ("0LI OAA", "OL1 0AA"),
        ("SO1O 1AA", "SO10 1AA"),
        ("W1A 1AA", "W1A 1AA"),
        ("WIA IAA", "W1A 1AA"),
        ("SW1A 2AA", "SW1A 2AA"),
        ("SWIA 2AA", "SW1A 2AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("B33 8TH", "B33 8TH"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("M1 1AE", "M1 1AE"),
        ("BS0 1AA", "BS0 1AA"),
        ("BT7 1NN", "BT7 1NN"),
        ("GIR 0AA", "GIR 0AA"),
        ("G1R OAA", "GIR 0AA"),
        ("NPT 0AA", "NPT 0AA"),
        ("JE2 3AB", "JE2 3AB"),
        ("BFPO 57", "BFPO"),
        ("b.f.p.o. c/o 1234", "BFPO"),
        ("BFP0 57", "BFPO"),
        ("BF1 2AT", "BF1 2AT"),
    ],
)
def test_parse_what_people_type_reads_the_postcode(typed, read):
    assert parse(typed).full == read


@pytest.mark.parametrize(
    ("typed", "error", "sentence"),
    [
        ("", MissingPostcode, ENTER_POSTCODE),
        (" .\u200b- ", MissingPostcode, ENTER_POSTCODE),
        ("Leeds", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS", InvalidPostcode, UNKNOWN_POSTCODE),
        ("7", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7 3HJ, Leeds", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7 3CJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7 HJ3", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS007 3HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS07 3HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("ZZ1 1AA", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7\x003HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7\x1b3HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7\x0b3HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7\x853HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7\ud8003HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("ЛС7 3НЈ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS٧ 3HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7 3HJ" * 100_000, InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7" + " " * 30 + "3HJ", InvalidPostcode, UNKNOWN_POSTCODE),
        ("ﷺ" * 20, InvalidPostcode, UNKNOWN_POSTCODE),
        ("LS7 3HJ'; DROP TABLE x", InvalidPostcode, UNKNOWN_POSTCODE),
        ("{{7*7}}", InvalidPostcode, UNKNOWN_POSTCODE),
        ("90210", ForeignPostcode, NOT_UK_POSTCODE),
        ("75008", ForeignPostcode, NOT_UK_POSTCODE),
        ("20500-0003", ForeignPostcode, NOT_UK_POSTCODE),
        ("1012 AB", ForeignPostcode, NOT_UK_POSTCODE),
        ("K1A 0B1", ForeignPostcode, NOT_UK_POSTCODE),
        ("D02 X285", ForeignPostcode, NOT_UK_POSTCODE),
        ("D6W XY00", ForeignPostcode, NOT_UK_POSTCODE),
        ("GX11 1AA", ForeignPostcode, NOT_UK_POSTCODE),
        ("FIQQ 1ZZ", ForeignPostcode, NOT_UK_POSTCODE),
    ],
)
def test_parse_what_is_no_postcode_says_so_in_a_sentence(typed, error, sentence):
    with pytest.raises(InvalidPostcode) as caught:
        parse(typed)
    assert (type(caught.value), str(caught.value)) == (error, sentence)


def test_parts_of_a_whole_postcode():
    found = parse("sw1a2aa")
    assert (found.outward, found.inward, found.sector, found.area) == ("SW1A", "2AA", "SW1A 2", "SW")
    assert (found.full, str(found), found.compact) == ("SW1A 2AA", "SW1A 2AA", "SW1A2AA")


def test_parts_of_a_first_half():
    found = parse("m1")
    assert (found.outward, found.inward, found.sector, found.area) == ("M1", None, None, "M")
    assert (found.full, found.compact) == ("M1", "M1")


@pytest.mark.parametrize(
    ("typed", "outside"),
    [
        ("JE2 3AB", "Jersey"),
        ("GY1 1AA", "Guernsey"),
        ("IM1 1AA", "Isle of Man"),
        ("BF1 2AT", "British Forces"),
        ("BFPO 57", "British Forces"),
        ("GIR 0AA", ""),
        ("BT7 1NN", ""),
        ("LS7", ""),
    ],
)
def test_outside_names_places_that_are_in_no_nation(typed, outside):
    assert parse(typed).outside == outside


def test_areas_are_those_of_the_directory_and_those_without_a_position():
    areas = {parse(code).area for code in OUTWARD_CODES} - {"NPT"}
    assert AREAS - areas == {*OUTSIDE, "BX"} - {"BFPO"}
    assert areas - AREAS == set()


def test_every_outward_code_reads_as_itself_however_o_and_i_are_mistyped():
    """All 3,078 with all their misspellings: no confusion leads to another place."""
    wrong = [
        (code, "".join(typed))
        for code in OUTWARD_CODES
        for typed in product(*(LOOKALIKES.get(character, character) for character in code))
        if parse("".join(typed)).outward != code
    ]
    assert wrong == []


@given(st.text(max_size=40))
def test_parse_any_text_gives_a_postcode_or_a_sentence(text):
    try:
        answer = parse(text)
    except InvalidPostcode as error:
        answer = str(error)
    assert isinstance(answer, Postcode) or answer in (ENTER_POSTCODE, UNKNOWN_POSTCODE, NOT_UK_POSTCODE)


@given(st.text(alphabet="LS7 3HJOI01BFPOGR.-", max_size=10))
def test_parse_its_own_answer_gives_the_same_answer(text):
    try:
        found = parse(text)
    except InvalidPostcode:
        return
    assert parse(found.full) == found
    assert len(found.full) <= 8
    assert len(found.outward) <= 4


@given(outward_codes, inward_codes, st.data())
def test_parse_whole_postcode_ignores_case_stray_marks_and_a_mistyped_digit(outward, inward, data):
    characters = outward + data.draw(st.sampled_from([inward, inward.replace("0", "O").replace("1", "I")]))
    typed = "".join(
        data.draw(st.sampled_from([character, character.lower()])) + data.draw(st.sampled_from(["", *STRAY]))
        for character in characters
    )
    assert parse(typed) == Postcode(outward, inward)

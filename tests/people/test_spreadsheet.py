"""Cells that no spreadsheet runs, and that come back as they were."""

import csv
import io
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanctuary.people.spreadsheet import csv_file, safe_cell, unsafe_cell

EDGES = "=+-@\t\r\n\0'\" \u00a0\u200b\ufeff;,=＝＋－＠﹦﹢﹣﹫⁼⁺⁻−\u202ea1é"
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.text(EDGES, max_size=8)
thoroughly = partial(settings, database=None, deadline=None, print_blob=False)

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1",
    "−1",
    "=cmd|' /C calc'!A0",
    "+44 7700 900123",
    "'=1",
    "''=1",
]
PLAIN = [
    "",
    "'",
    "Amira",
    "O’Neill",
    "'Abd al-Rahman",
    "D'Arcy",
    "Ŵyn",
    "مريم",
    "a=1",
    "5",
    "amira@example.org",
    '"quoted"',
    " a",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_gets_one_apostrophe(text):
    assert safe_cell(text) == "'" + text
    assert unsafe_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_as_it_is_both_ways(text):
    assert (safe_cell(text), unsafe_cell(text)) == (text, text)


@thoroughly(max_examples=2000)
@given(any_text)
def test_no_cell_starts_a_formula_and_each_comes_back(text):
    safe = safe_cell(text)
    assert not safe.startswith(tuple("\t\r\n\0"))
    assert not safe.lstrip().lstrip("\u200b\ufeff").startswith(tuple("=+-@＝＋－＠"))
    assert unsafe_cell(safe) == text


@thoroughly(max_examples=500)
@given(st.lists(st.lists(any_text, min_size=2, max_size=2), max_size=4))
def test_file_reads_back_cell_by_cell(rows):
    written = b"".join(csv_file(["Name", "=Email"], rows))
    assert written.startswith(b"\xef\xbb\xbf")
    read = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), strict=True)
    assert [[unsafe_cell(cell) for cell in row] for row in read] == [["Name", "=Email"], *rows]


def test_file_comes_in_pieces_that_do_not_grow():
    pieces = list(csv_file(["Number"], ([number] for number in range(2001))))
    assert len(pieces) == 5
    assert b"".join(pieces).decode("utf-8-sig").split("\r\n") == ["Number", *map(str, range(2001)), ""]

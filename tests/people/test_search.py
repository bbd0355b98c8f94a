"""People are found by the beginnings of the words of their names, in any script, and by nothing that is no word."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanctuary.people.models import Supporter
from sanctuary.people.models.search import words_of
from tests import factories as make

pytestmark = pytest.mark.django_db

NAMES = {
    "Amira Willowby": "amira@example.org",
    "Seán O’Brien-Hughes": "sean.ob@example.org",
    "Ŵyn Llŷr": "wyn@example.org",
    "مريم الفيصل": "maryam@example.org",
    "علی‌رضا": "alireza@example.org",
    "王小明": "wang@example.org",
    "Null": "null@example.org",
    "X": "x@example.org",
    "'Abd al-Rahman": "abd@example.org",
    "Zoë & Sam (neighbours)": "zs@example.org",
    "St Mary's/All Saints": "5star@example.org",
    "<b>Bold</b> -5 a.b.org": "bold@example.org",
}


@pytest.fixture
def everyone():
    for name, email in NAMES.items():
        make.SupporterFactory(name=name, email=email)
    make.OrganisationFactory(name="Hillside School", email="office@hillside.example.org", contact_name="Connie Contact")


def found(text):
    return {person.name for person in Supporter.objects.matching(text)}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("ami", {"Amira Willowby"}),
        ("WILL AMIRA", {"Amira Willowby"}),
        ("mira", set()),
        ("amira hughes", set()),
        ("o'brien", {"Seán O’Brien-Hughes"}),
        ("O’BRI", {"Seán O’Brien-Hughes"}),
        ("obrien", {"Seán O’Brien-Hughes"}),
        ("brien hugh", {"Seán O’Brien-Hughes"}),
        ("sean", {"Seán O’Brien-Hughes"}),  # by the address: accents count as typed
        ("sean hughes", set()),
        ("sea\u0301n", {"Seán O’Brien-Hughes"}),
        ("ŵyn", {"Ŵyn Llŷr"}),
        ("ŴYN LLŶ", {"Ŵyn Llŷr"}),
        ("مر", {"مريم الفيصل"}),
        ("الفيصل مريم", {"مريم الفيصل"}),
        ("علی‌رضا", {"علی‌رضا"}),
        ("علیرضا", {"علی‌رضا"}),
        ("王", {"王小明"}),
        ("null", {"Null"}),
        ("x", {"X"}),
        ("abd", {"'Abd al-Rahman"}),
        ("alrahman", {"'Abd al-Rahman"}),
        ("zoë sam", {"Zoë & Sam (neighbours)"}),
        ("saints", {"St Mary's/All Saints"}),
        ("st. mary's", {"St Mary's/All Saints"}),
        ("bold 5 org", {"<b>Bold</b> -5 a.b.org"}),
        ("contact", {"Hillside School"}),
        ("hillside con", {"Hillside School"}),
        ("amira@", {"Amira Willowby"}),
        ("AMIRA@example.org ", {"Amira Willowby"}),
        ("sean.ob", {"Seán O’Brien-Hughes"}),
        ("@example.org", set()),
        ("example.org", set()),
        ("office@hillside.example.org", {"Hillside School"}),
    ],
)
def test_search_finds_these_and_nobody_else(everyone, asked, names):
    assert found(asked) == names


@pytest.mark.parametrize(
    "asked",
    [
        "amira | null",
        "amira & !zoe",
        "!nobody",
        "amira:*B",
        "'amira'",
        "amira <-> willowby",
        "(amira",
        "amira\\",
        "amira') OR 1=1 --",
        "%",
        "_",
        "ami%",
        "a_ira",
        "***",
        "''",
        "\\",
        "\0",
        "amira\0",
        "\u202e",
        "amira" + " amira" * 2000,
        "y" * 5000,
    ],
)
def test_search_takes_no_operators_and_does_not_fall_over(everyone, asked):
    assert found(asked) <= {"Amira Willowby"}


def test_search_of_percent_in_an_address_is_only_a_percent(everyone):
    assert (found("%@example.org"), found("amir_@example.org")) == (set(), set())


def test_words_follow_the_name_whoever_writes_it(everyone):
    Supporter.objects.filter(name="X").update(name="Changed")
    assert (found("x"), found("chang")) == (set(), {"Changed"})


@settings(max_examples=300, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
    | st.text("aŴ'’`-\u2010. \u200c\u200bʿ,،", max_size=12)
)
def test_python_and_the_database_cut_the_same_words(text):
    """Each word of what was typed is a word of the same name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(people_words(normalize(%s), '')), array(SELECT lower(unnest(%s::text[])))",
            [text, words_of(text)],
        )
        kept, asked = cursor.fetchone()
    assert set(asked) <= set(kept)

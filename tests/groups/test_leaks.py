"""What in a story could tell who somebody is."""

import random

import pytest

from groups.actions.leaking import leaks_in

TELLERS = [
    ("Amaranta Quispe", "amaranta.q@example.org"),
    ("Nguyễn Thị Hương", "huong77@example.org"),
    ("مريم الحسن", "maryam@example.org"),
    ("Олександра Коваль", "oleks.k@example.org"),
    ("Zoë O’Brien-Łukasz", "zoe@example.org"),
    ("ሰላም ተስፋዬ", "selam@example.org"),
    ("Gwen Llŷr", "gwen.llyr@example.org"),
]
PLANTS = [
    "write to somebody@example.com",
    "ring 07700 900123",
    "ring +44 (0)20 7946 0018",
    "ring 020-7946-0018",
    "my number is M1234567",
    "near LS7 3HJ",
    "near ls73hj",
]
PLAIN = [
    "I came in winter and knew nobody. A woman gave me tea.",
    "There were 12 of us at the table, then 20, and in 2019 the hall was full.",
    "We cooked rice with cardamom, and I learned the word “ladle”.",
    "My daughter started to sing again. It took 3 months.",
    "In the evening we walked by the river and talked about football, 4-4-2 and such.",
    "It cost £3.50 on the bus. I paid 250 in coins and everybody laughed.",
]


def forms_of(part, dice):
    return dice.choice([part, part.upper(), part.lower(), part.title()])


def test_every_planted_name_number_and_address_is_found():
    dice = random.Random(7)
    for _ in range(500):
        name, address = dice.choice(TELLERS)
        lines = dice.sample(PLAIN, 3)
        parts = [part for part in name.replace("’", " ").replace("-", " ").split() if len(part) > 2]
        said = [f"They called me {forms_of(dice.choice(parts), dice)}.", *PLANTS, f"I am {address.partition('@')[0]}."]
        plant = dice.choice(said)
        lines.insert(dice.randrange(4), plant)
        assert any(leak.stops for leak in leaks_in("\n".join(lines), name=name, address=address)), plant


@pytest.mark.parametrize(("name", "address"), TELLERS)
def test_plain_stories_are_not_stopped(name, address):
    assert [leak for leak in leaks_in("\n".join(PLAIN), name=name, address=address) if leak.stops] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("on 3 May 2021", "Exact date"),
        ("on the 3rd of May", "Exact date"),
        ("on 03/05/2021", "Exact date"),
        ("at 14 Mill Lane", "Street or building"),
        ("in Harehills Road", "Street or building"),
        ("at Hillside Primary School", "School or college"),
    ],
)
def test_what_only_may_be_a_sign_is_shown_but_stops_nothing(text, kind):
    assert [(leak.kind, leak.stops) for leak in leaks_in(f"I was {text}.")] == [(kind, False)]


def test_part_of_a_longer_word_is_no_name():
    assert leaks_in("We planted amaranth and marigolds.", name="Mari Gold") == []


@pytest.mark.parametrize("text", ["", "\0", "x" * 20_000, "@" * 5000, "1 " * 9000, "A1 " * 5000, "é" * 12_000])
def test_odd_text_is_read_to_the_end(text):
    leaks_in(text, name="Amaranta", address="amaranta@example.org")

"""Sheets and pictures that the server draws: any words fit, none is a command, and each is drawn once."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from sanctuary.printing import drawing, picture, poster, square_code
from sanctuary.printing.drawing import HERE, KEPT

ADDRESS = "https://sanctuary.example.org/actions/welcome-every-child/"
WORDS = {
    "Welsh": "Gofynnwch i'r cyngor gadw pob llyfrgell ar agor: Ŵyn, Llŷn, Tŷ",
    "Arabic": "اطلبوا من المجلس أن يبقي كل مكتبة مفتوحة",
    "long": "Ask the council to keep every library open " * 30,
    "one word": "W" * 400,
    "nothing": "",
    "markup": '#panic("x") $x$ *bold* <label> \\ #import "house.typ" @ref `raw` //',
    "a letter we lack": "ሰላም 😀",
    "control": "a\x01b\x7f\u202e\u2066c\u200b",
}


@pytest.fixture(autouse=True)
def _nothing_drawn_yet():
    drawing._drawn.cache_clear()


@pytest.mark.parametrize("kind", WORDS)
def test_any_words_make_one_sheet_and_one_light_picture(kind):
    words = WORDS[kind]
    sheet = poster(title=words, over=words, lead=words, sort=words, address=ADDRESS, hand=words, foot=words).draw()
    drawn = picture(title=words, over=words, foot=words).draw()
    assert len(re.findall(rb"/Type ?/Page\b", sheet)) == 1
    assert Image.open(io.BytesIO(drawn)).size == (1200, 630)
    assert max(len(sheet), len(drawn)) < 100_000


def test_poster_is_tagged_for_screen_readers_with_its_title():
    sheet = poster(title="Welcome every child", address=ADDRESS).draw()
    assert b"/Marked true" in sheet
    assert b"pdfuaid" in sheet


def test_arabic_is_drawn_in_its_own_hand_from_the_right():
    """The same words turned round would leave the other side empty."""
    drawn = Image.open(io.BytesIO(picture(title="مرحبا").draw())).convert("L")
    title = drawn.crop((40, 80, 1160, 400))
    left, _, right, _ = title.point(lambda shade: 255 * (shade > 240)).getbbox()
    assert left > title.width / 2
    assert right > title.width - 60


def test_words_are_never_read_as_commands():
    told = '#text(fill: white)[gone] #sys.inputs.address #image("/etc/passwd")'
    assert picture(title=told).draw() != picture(title="gone").draw()
    assert poster(title=told, address=ADDRESS).draw().startswith(b"%PDF")


def test_key_changes_with_every_word_and_with_nothing_else():
    words = {"title": "a", "over": "b", "lead": "c", "sort": "d", "hand": "e", "foot": "f", "address": ADDRESS}
    keys = {poster(**words | {name: "x"}).key for name in words} | {
        poster(**words, code_address=ADDRESS + "?from=a").key
    }
    assert len(keys | {poster(**words).key}) == len(words) + 2
    assert poster(**words).key == poster(**words).key


def test_fifty_who_ask_at_once_are_served_by_one_drawing(monkeypatch):
    drawn = []

    def slow(what, standards):
        drawn.append(what)
        time.sleep(0.05)
        return b"sheet"

    monkeypatch.setattr(drawing, "_compile", slow)
    sheet = poster(title="Welcome", address=ADDRESS)
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(lambda _: sheet.draw(), range(50)))
    assert (len(drawn), set(answers)) == (1, {b"sheet"})


def test_what_is_kept_has_an_end():
    assert drawing._drawn.cache_info().maxsize == KEPT <= 64


def test_fonts_are_our_own_and_light():
    fonts = list((HERE / "fonts").iterdir())
    assert sum(font.stat().st_size for font in fonts) < 900_000
    assert "SIL OPEN FONT LICENSE" in (HERE / "fonts" / "OFL.txt").read_text()


def test_square_code_holds_no_style_and_keeps_its_quiet_zone():
    code = square_code(ADDRESS, quiet_zone=4)
    assert "style" not in code
    assert 'fill="#fff"' in code
    assert code.count("M4 4.5h7") == 1

"""The colours can be read: every pair that meets on a page keeps its contrast, by day and by night."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parent.parent / "static" / "css" / "tokens.css"
PAPERS = ("page", "surface", "sand", "tint")
BOXES = ("good-bg", "bad-bg", "warn-bg")

# (words or marks, what they stand on, least contrast): 7 and 4.5 for words, 3 for lines and shapes.
PAIRS = [
    *(("ink", paper, 7) for paper in PAPERS + BOXES),
    *(("ink-2", paper, 4.5) for paper in PAPERS),
    *(("link", paper, 4.5) for paper in PAPERS + BOXES),
    *(("visited", paper, 4.5) for paper in PAPERS),
    *(("brand", paper, 4.5) for paper in PAPERS),
    *(("line", paper, 3) for paper in ("page", "surface", "sand")),
    *(("bad", paper, 4.5) for paper in ("page", "surface", "sand", "bad-bg")),
    *(("good", paper, 4.5) for paper in ("page", "surface", "good-bg")),
    *(("warn", paper, 4.5) for paper in ("page", "surface", "warn-bg")),
    *((chart, paper, 3) for chart in ("c1", "c2", "c3", "c4") for paper in ("page", "surface")),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-d", 4.5),
    ("on-deep", "deep", 7),
    ("on-deep-2", "deep", 4.5),
    ("on-marigold", "marigold", 7),
    ("on-marigold", "marigold-d", 7),
    ("on-award", "award", 4.5),
    ("on-bad", "bad", 4.5),
    ("focus-ink", "focus", 7),
    ("brand", "hair", 3),
]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", css))


def themes() -> dict[str, dict[str, str]]:
    by_day, by_night = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    return {"light": colours(by_day), "dark": colours(by_day) | colours(by_night)}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = ((c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_known_colours_is_what_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_both_themes_are_read_whole():
    light, dark = themes().values()
    assert light.keys() == dark.keys()
    assert {name for pair in PAIRS for name in pair[:2]} <= light.keys()
    assert sum(light[name] != dark[name] for name in light) > 30


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_keeps_its_contrast(theme):
    palette = themes()[theme]
    short = [
        f"{mark} on {ground}: {contrast(palette[mark], palette[ground]):.2f} < {least}"
        for mark, ground, least in PAIRS
        if contrast(palette[mark], palette[ground]) < least
    ]
    assert short == []


def test_both_rings_of_the_focus_mark_differ_enough_from_each_other():
    for palette in themes().values():
        assert contrast(palette["focus"], palette["focus-ink"]) >= 3

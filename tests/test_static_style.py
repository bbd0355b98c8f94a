"""Manners of our own style sheets and templates that a reader would miss."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
PUBLIC = ("tokens", "components", "pages")
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))

# Physical sides break right-to-left pages.
PHYSICAL = re.compile(
    r"(?:^|[\s;{])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b"
    r"|(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b)"
)
# These break joined scripts or are hard to read for some; the admin sheet may only switch them off.
HARD_TO_READ = re.compile(
    r"font-style\s*:\s*italic|letter-spacing\s*:(?!\s*normal)|text-transform\s*:(?!\s*none)|\bitalic\b"
)
MOVING = re.compile(r"\banimation\b|@keyframes|transition\s*:(?!\s*none)|scroll-behavior")
ELSEWHERE = re.compile(r"url\(|@import|https?://")

INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "javascript: address": re.compile(r"""["']javascript:"""),
    "data: address": re.compile(r"""(?:src|href)\s*=\s*["']data:"""),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)"),
    "required attribute": re.compile(r"<(?:input|select|textarea)\b[^>]*\srequired\b"),
}


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|\{#.*?#\}", "", text, flags=re.DOTALL)


def without_media_conditions(css: str) -> str:
    """The width of a screen is asked for in physical words; nothing else is."""
    return re.sub(r"@media[^{]*\{", "@media {", css)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
@pytest.mark.parametrize("manner", [PHYSICAL, HARD_TO_READ, MOVING, ELSEWHERE], ids=["sides", "type", "still", "ours"])
def test_sheet_keeps_our_manners(sheet, manner):
    assert manner.findall(without_media_conditions(without_comments(sheet.read_text()))) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_nothing_inline(template):
    text = without_comments(template.read_text())
    assert {name for name, pattern in INLINE.items() if pattern.search(text)} == set()


@pytest.mark.parametrize(
    "template",
    [path for path in TEMPLATES if path.parent.name == "components"],
    ids=lambda path: path.stem,
)
def test_component_opens_with_a_comment_of_its_arguments(template):
    assert re.match(r"\{# .*\b(?:Arguments?|No arguments)\b.* #\}", template.read_text())


def test_the_six_public_sheets_fit_in_ten_kilobytes():
    sheets = [ROOT / "static" / "css" / f"{name}.css" for name in PUBLIC]
    assert sum(len(gzip.compress(sheet.read_bytes(), 9)) for sheet in sheets) <= 10_240


def test_scripts_of_a_page_fit_in_four_kilobytes():
    """Every page loads app.js, which has two of them to itself, and some load one other."""
    sizes = {script.name: len(gzip.compress(script.read_bytes(), 9)) for script in SCRIPTS}
    assert sizes["app.js"] <= 2_048
    assert sizes.pop("app.js") + max(sizes.values()) <= 4_096


def test_patterns_catch_what_they_are_for():
    assert PHYSICAL.search(".a { margin-left: 1rem; }")
    assert PHYSICAL.search(".a { width: 1rem; }")
    assert not PHYSICAL.search(".a { margin-inline-start: 1rem; border-width: 1px; }")
    assert HARD_TO_READ.search(".a { text-transform: uppercase; }")
    assert not HARD_TO_READ.search(".a { text-transform: none; }")
    assert ELSEWHERE.search(".a { background: url(x.png); }")
    assert INLINE["style attribute"].search('<p class="a" style="color:red">')
    assert INLINE["inline script"].search("<script>alert(1)</script>")
    assert not INLINE["inline script"].search('<script src="/static/js/app.js" defer></script>')

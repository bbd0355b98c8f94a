"""Every template compiles, is used somewhere and keeps to the content security policy."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.template import Origin, TemplateDoesNotExist, engines
from django.template.loader import get_template

from tests.house import ROOT, files, modules, name_of

FOLDER = ROOT / "templates"
# Django finds these by itself.
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
DEFAULT_NAME = re.compile(r"(?P<app>\w+)/(?P<model>[a-z]+)_(list|detail|form|confirm_delete)\.html")
ADMIN_NAME = re.compile(r"admin/(\w+/){1,2}(change_form|change_list|delete_confirmation|submit_line)\.html")
# Its subject is written by people, each time anew.
WRITTEN_SUBJECT = {"campaigns/mailing"}
EMAIL = re.compile(r"emails/(?P<name>.+?)(\.subject\.txt|\.txt|\.html)")

INLINE = {
    "a style attribute": re.compile(r"<[^>%]*\sstyle\s*="),
    "a <style> element": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"<[^>%]*\son[a-z]+\s*="),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    # A block of data is no script: the browser does not run it.
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"),
}


def templates() -> list[Path]:
    return [path for path in files(".html", ".txt") if path.is_relative_to(FOLDER)]


def told(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", templates(), ids=told)
def test_template_compiles(path):
    get_template(told(path))


def test_every_template_is_used():
    assert [told(path) for path in templates() if not is_used(told(path))] == []


def is_used(name: str) -> bool:
    if name in ERROR_PAGES or overrides_another(name) or ADMIN_NAME.fullmatch(name):
        return True
    if (default := DEFAULT_NAME.fullmatch(name)) and default["model"] in apps.all_models.get(default["app"], {}):
        return True
    if email := EMAIL.fullmatch(name):
        return is_email(email["name"])
    named = any(f'"{name}"' in text or f"'{name}'" in text for path, text in texts().items() if told_of(path) != name)
    return named or any(pattern.fullmatch(name) for pattern in made_names())


@cache
def made_names() -> set[re.Pattern]:
    """Names that Python puts together, such as f"pledges/organisation_{step}.html"."""
    made = {found for text in texts().values() for found in re.findall(r'f"(\w+/[^"/]*\{\w+\}[^"/]*\.html)"', text)}
    return {re.compile(re.sub(r"\{\w+\}", r"\\w+", name)) for name in made}


def told_of(path: Path) -> str:
    return told(path) if path.is_relative_to(FOLDER) else name_of(path)


def is_email(name: str) -> bool:
    """A letter is named without its ending; its frame is named by other letters."""
    return any(f'"{name}"' in text or f'"emails/{name}.' in text for text in texts().values())


def overrides_another(name: str) -> bool:
    """Whether a library has a template of this name that ours stands in front of."""
    for loader in engines["django"].engine.template_loaders[0].loaders:
        for origin in loader.get_template_sources(name):
            if Path(origin.name).exists() and not Path(origin.name).is_relative_to(FOLDER):
                return True
    return False


@cache
def texts() -> dict[Path, str]:
    paths = templates() + [module.path for module in modules()]
    return {path: path.read_text() for path in paths}


def test_nothing_is_inline():
    wrong = []
    for path in templates():
        letter = told(path).startswith("emails/")
        for what, pattern in INLINE.items():
            if pattern.search(path.read_text()) and not (letter and "style" in what):
                wrong.append(f"{told(path)} has {what}")
    assert wrong == []


def test_components_say_their_arguments():
    components = [path for path in templates() if told(path).startswith("components/")]
    assert components
    assert [told(path) for path in components if not path.read_text().startswith("{#")] == []


def test_each_load_names_one_library():
    several = re.compile(r"\{% load (?![^%]* from )\w+ \w")
    assert [told(path) for path in templates() if several.search(path.read_text())] == []


def test_every_letter_has_subject_text_and_page():
    letters = {}
    for path in templates():
        if found := EMAIL.fullmatch(told(path)):
            letters.setdefault(found["name"], set()).add(found[2])
    partial = {name for name in letters if name.rpartition("/")[2].startswith(("_", "base"))}
    whole = {".subject.txt", ".txt", ".html"}
    letters |= {name: letters[name] | {".subject.txt"} for name in WRITTEN_SUBJECT}
    assert {name: ends for name, ends in letters.items() if name not in partial and ends != whole} == {}


def test_two_levels_of_inheritance_and_no_more():
    parent = re.compile(r"\{% extends \"(?P<name>[^\"]+)\" %\}")
    wrong = []
    for path in templates():
        chain, text = [], path.read_text()
        while (found := parent.search(text)) and len(chain) < 9:
            chain.append(found["name"])
            text = source_of(found["name"])
        if len(chain) > 2 and all((FOLDER / name).exists() for name in chain):
            wrong.append(f"{told(path)} < {' < '.join(chain)}")
    assert wrong == []


def source_of(name: str) -> str:
    try:
        origin: Origin = get_template(name).origin
    except TemplateDoesNotExist:
        return ""
    return Path(origin.name).read_text()

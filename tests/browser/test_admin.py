"""The national desk in a real browser. Django's own pages have faults we cannot mend: each is excused by name."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.addresses import admin_urls
from tests.browser.visit import right
from tests.house import PACKAGES

pytestmark = pytest.mark.django_db(transaction=True)

KILOBYTES = 200
# Looked at on 22 November 2026, in Django 5.2: its own templates and scripts, which we do not rewrite.
EXCUSED = {
    r"^(aria-input-field-name|label): .*select2": "the picker of autocomplete_fields",
    r"^empty-table-header: ": "the columns of a tabular inline that hold marks and no words",
    r"^label-title-only: #searchbar": "the search box is labelled by a picture with alternative text",
}

LOOKS = [(1280, "light"), (390, "dark")]

OURS = [model for model in admin.site._registry if model.__module__.partition(".")[0] in PACKAGES]


def faults(window, url: str) -> dict[str, list[str]]:
    """Everything wrong with one page of the desk; nothing if it is no page for this person."""
    answer = window.page.request.get(url)
    is_page = answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    if not is_page or "sandbox" in answer.headers["content-security-policy"]:
        return {}  # a verb, a download, or a bare letter that is shown in a frame
    window.errors.clear()
    window.go(url)
    found = {f"{url} at {width} px, {scheme}": _axe(window, width, scheme) for width, scheme in LOOKS}
    window.page.wait_for_load_state("networkidle")
    return found | {
        f"{url} asks a stranger": window.strangers(),
        f"{url} stopped": window.stopped(),
        f"{url} error": window.errors[:],
    }


def _axe(window, width: int, scheme: str) -> list[str]:
    window.resize(width)
    window.page.emulate_media(color_scheme=scheme)
    return [fault for fault in window.axe() if not any(re.search(excused, fault) for excused in EXCUSED)]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_desk_of(model, world, visit):
    window = visit(world.people["superuser"])
    start = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    elsewhere = ("history/", "delete/", "?q=canary")
    urls = [url for url in admin_urls(world) if url.startswith(start) and not url.endswith(elsewhere)]
    found = {}
    for url in urls:
        found |= faults(window, url)
    right(found)


def test_desk_index(world, visit):
    window = visit(world.people["superuser"])
    right(faults(window, reverse("admin:index")))
    assert window.weight() < KILOBYTES


def test_heaviest_desk_page_is_within_its_budget(world, visit):
    window = visit(world.people["superuser"]).go(reverse("admin:campaigns_mailing_change", args=[world.mailing.pk]))
    assert window.weight() < KILOBYTES

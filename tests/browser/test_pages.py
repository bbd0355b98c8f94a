"""Every page of the registry in a real browser: for eyes, ears, thumbs, keyboards and thin lines."""

import pytest

from tests.browser.visit import right
from tests.pages import ACCOUNT_PAGES, PAGES

pytestmark = pytest.mark.django_db(transaction=True)

SHOWN = [page for page in PAGES if page.is_shown] + ACCOUNT_PAGES
MOST_REQUESTS = 6
LOOKS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]


@pytest.mark.parametrize("entry", SHOWN, ids=str)
def test_page(entry, world, visit):
    """One visit answers all: opening a page costs more than asking it."""
    window = visit(world.people[entry.reader])
    window.go(entry.url(world))
    found = {"weight": heavier(window, entry.weight), "strangers": window.strangers()}
    if entry in PAGES and entry.reader == "stranger":
        found["request beyond the sixth"] = window.requests[MOST_REQUESTS:]
    for width, scheme in LOOKS:
        window.resize(width)
        window.page.emulate_media(color_scheme=scheme)
        found[f"axe at {width} px, {scheme}"] = window.axe()
    window.resize(390)
    found["targets under 24 px"] = window.small_targets()
    window.resize(320, 640)
    found["wider than 320 px by"] = window.overflow()
    found["focus unseen"] = [stop for stop in window.tab_through() if not (stop["marked"] and stop["seen"])]
    found["stopped by the policy"] = window.stopped()
    found["errors"] = window.errors
    right(found)


def heavier(window, cap: int) -> str:
    weight = window.weight()
    return f"{weight:.1f} KB of {cap}" if weight > cap else ""


# The forms in the style guide are pictures of forms.
@pytest.mark.parametrize("entry", [page for page in SHOWN if page.name != "styleguide"], ids=str)
def test_page_after_its_form_is_sent_empty(entry, world, visit):
    """The state of a form with mistakes in it, or of what the button leads to."""
    window = visit(world.people[entry.reader])
    window.go(entry.url(world))
    buttons = window.page.locator("main form[method=post] button:not([type=button], [aria-hidden]):visible")
    if buttons.count() == 0:
        return
    window.errors.clear()
    window.resize(390)
    with window.page.expect_navigation(wait_until="load") as found:
        buttons.first.click()
    assert found.value.status < 500
    faults = {scheme: _axe(window, scheme) for scheme in ("light", "dark")}
    faults["overflow"] = window.overflow()
    faults["errors"] = [text for text in window.errors if "status of 422" not in text]
    if found.value.status == 422:
        summary = "document.activeElement.closest('[data-focus], [role=alert]') ? '' : 'focus is elsewhere'"
        faults["summary"] = window.page.evaluate(summary)
    right(faults)


def _axe(window, scheme):
    window.page.emulate_media(color_scheme=scheme)
    return window.axe()


@pytest.mark.parametrize("entry", [page for page in SHOWN if page.lists], ids=str)
def test_page_with_nothing_in_it(entry, places, group, coordinator, supporter, staff, visit):
    people = {"stranger": None, "coordinator": coordinator, "supporter": supporter, "staff": staff}
    window = visit(people[entry.reader])
    window.go(entry.when_empty(group))
    faults = {scheme: _axe(window, scheme) for scheme in ("light", "dark")}
    window.resize(320, 640)
    faults["overflow"] = window.overflow()
    right(faults)

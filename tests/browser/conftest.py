"""A real browser, and what it saw while it visited."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from tests.browser.visit import Visit
from tests.conftest import client_of

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium: nothing is downloaded, and nothing is skipped in silence."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("No browser: install chromium, or set CHROMIUM to one. To go without: ARGS=\"-m 'not browser'\".")
    return browser_type_launch_args | {"executable_path": path, "args": QUIET}


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_playwright():
    """Playwright's loop makes Django think that it is in asynchronous code, which it is not."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser, live_server) -> Callable[..., Visit]:
    """`visit(user, javascript=True)`: a browser window of that person, closed after the test."""
    windows = []

    def start(user=None, *, javascript=True) -> Visit:
        window = browser.new_context(java_script_enabled=javascript, base_url=live_server.url, locale="en-GB")
        window.set_default_timeout(10_000)
        windows.append(window)
        if user is not None:
            value = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
            window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return Visit(window.new_page(), live_server.url)

    yield start
    for window in windows:
        window.close()

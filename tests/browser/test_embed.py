"""Our form in a frame on another site, with and without JavaScript: where it may be shown, and where it may not."""

import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from campaigns.models import Embed
from campaigns.models.embed import HEIGHT
from pledges.models import Pledge
from sanctuary.people.forms.stamped import QUICKEST_SECONDS
from sanctuary.post.models import Email
from tests.browser.visit import right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere():
    """Another website. It answers under two names; `page` is what stands in its body."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>{server.page}".encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("", 0), Site)
    server.page = ""
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def framed(elsewhere, group, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    embed = Embed.objects.create(label="x", group=group, allowed_hosts=[f"127.0.0.1:{elsewhere.server_port}"])
    elsewhere.page = embed.snippet
    return embed


@pytest.mark.parametrize("javascript", [True, False])
def test_pledge_on_another_website_counts_once_the_mailbox_answered(javascript, framed, elsewhere, visit, group):
    window = visit(javascript=javascript)
    page = window.page
    page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Add my pledge").click()
    frame.get_by_role("heading", name="There is a problem").wait_for()
    frame.get_by_label("Your name").fill("Amira Hassan")
    frame.get_by_label("Email address").fill("amira@example.org")
    frame.get_by_label("Yes, email me").check()
    time.sleep(QUICKEST_SECONDS)
    frame.get_by_role("button", name="Add my pledge").first.click()
    frame.get_by_role("heading", name="Thank you").wait_for()
    assert (page.context.cookies(), Pledge.objects.confirmed().count()) == ([], 0)
    assert page.url.startswith("http://127.0.0.1")

    page.goto(re.search(r"http\S+", Email.objects.get().text)[0])
    page.get_by_role("button", name="Confirm my pledge").click()
    page.get_by_role("heading", name="Your pledge is confirmed").wait_for()
    assert Pledge.objects.confirmed().get().group == group


def test_browser_shows_no_form_on_a_website_that_is_not_named(framed, elsewhere, visit):
    window, said = visit(), []
    window.page.on("console", lambda message: said.append(message.text))
    window.page.goto(f"http://127.0.0.2:{elsewhere.server_port}/")
    window.page.wait_for_timeout(500)
    assert [frame.url for frame in window.page.frames[1:]] == ["chrome-error://chromewebdata/"]
    assert "frame-ancestors" in " ".join(said)
    # The same page of the same site under its other name.
    window.page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
    window.page.frame_locator("iframe").get_by_role("button", name="Add my pledge").wait_for()


def test_no_other_page_of_ours_shows_inside_the_named_website(framed, elsewhere, visit, live_server):
    window = visit()
    elsewhere.page = f'<iframe src="{live_server.url}/pledge/"></iframe>'
    window.page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
    window.page.wait_for_timeout(500)
    assert [frame.url for frame in window.page.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_button_is_seen_without_scrolling_in_the_frame_of_a_phone(framed, elsewhere, visit):
    window, faults = visit(), {}
    for width in (390, 320):
        window.resize(width)
        window.page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
        frame = window.page.frames[1]
        button = frame.get_by_role("button", name="Add my pledge")
        button.wait_for()
        faults[f"wider than {width} px by"] = max(
            frame.evaluate("document.documentElement.scrollWidth - innerWidth"), 0
        )
        below = button.evaluate("el => el.getBoundingClientRect().bottom") > HEIGHT
        faults[f"button below the frame at {width} px"] = below and width == 390
    right(faults)

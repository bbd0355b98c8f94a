"""`make bench ARGS=--phone`: the pages of an action on an old phone at the end of a bad line.

Chromium at 400 kbit/s, 400 ms and a sixth of this machine's speed; each page opened five times with nothing cached.
"""

import argparse
import importlib
import os
import shutil
import statistics
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from tests import flow
from tests.bench import machine, peak
from tests.bench.table import Criterion, show_criteria
from tests.chaos.fleet import Process
from tests.chaos.ground import Ground

TIMES, PEOPLE = 5, 20_000
KBITS, DELAY, SLOWER = 400, 400, 6
LCP, WEIGHT = 2.0, 25 * 1024
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# The browser is on this machine, and so no certificate is.
BY_PROXY = {"X-Forwarded-Proto": "https"}
_LCP = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({type: "largest-contentful-paint", buffered: true}))"""


@dataclass
class Opened:
    name: str
    lcp: float
    worst: float
    weight: int
    seconds: float | None


def run(given: argparse.Namespace) -> int:
    with Ground() as ground:
        os.environ |= ground.environment() | {
            "BEHIND_TLS_PROXY": "1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "STATIC_ROOT": str(Path(ground.path) / "runs" / "static"),
        }
        django.setup()
        print(f"An old phone. {machine.describe()}; {machine.load()}", flush=True)
        slug = importlib.import_module("tests.bench.peak_world").build(given.recipients or PEOPLE)
        with served(ground) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            pages = {"pledge": "/pledge/", "sign": f"/actions/{slug}/", "write": f"/actions/{slug}/write/"}
            opened = [open_page(browser, name, f"http://127.0.0.1:{port}{path}") for name, path in pages.items()]
    return show(opened)


@contextmanager
def served(ground: Ground):
    folder, port = Path(ground.path) / "runs", peak.free_port()
    command = [sys.executable, "-m", "gunicorn", "sanctuary.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    web = Process("web", command, folder, {})
    web.start()
    try:
        peak.wait_for(port)
        yield port
    finally:
        web.kill()


def open_page(browser: Browser, name: str, url: str) -> Opened:
    took, weight, seconds = [], 0, None
    for _ in range(TIMES):
        window = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, extra_http_headers=BY_PROXY
        )
        page = window.new_page()
        weight, lcp = visit(window, page, url)
        took.append(lcp)
        seconds = flow.seconds_for(page)
        window.close()
    return Opened(name, statistics.median(took), max(took), weight, seconds)


def visit(window, page, url: str) -> tuple[int, float]:
    """Bytes over the wire, and seconds until the largest thing was painted."""
    talk, weights = window.new_cdp_session(page), []
    talk.send("Network.enable")
    talk.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    line = {"offline": False, "latency": DELAY, "downloadThroughput": KBITS * 125, "uploadThroughput": KBITS * 125}
    talk.send("Network.emulateNetworkConditions", line)
    talk.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    answer = page.goto(url, wait_until="load", timeout=60_000)
    if answer.status != 200:
        raise SystemExit(f"{url}: {answer.status}")
    return int(sum(weights)), page.evaluate(_LCP) / 1000


def show(opened: list[Opened]) -> int:
    criteria = []
    for one in opened:
        found = f"{one.lcp:.2f}, {one.worst:.2f} s"
        criteria += [
            Criterion(f"{one.name}: largest paint, median and worst of {TIMES}", f"≤ {LCP} s", found, one.lcp <= LCP),
            Criterion(f"{one.name}: over the wire", "≤ 25 KB", f"{one.weight / 1024:.1f} KB", one.weight <= WEIGHT),
        ]
        if one.name != "write":
            is_quick = one.seconds <= flow.MOST_SECONDS
            criteria.append(Criterion(f"{one.name}: by the model", "≤ 60 s", f"{one.seconds:.0f} s", is_quick))
    return show_criteria(criteria)

"""One window of the browser, and the questions the checks ask it."""

import gzip
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

COMPRESSED = ("text/", "javascript", "json", "svg")

# Whatever the policy stops, wherever it stops it.
WATCH_POLICY = """
window.stopped = [];
document.addEventListener("securitypolicyviolation", e => stopped.push(e.violatedDirective + " " + e.blockedURI));
"""

# Without `preload`: it would put styles into the page, and be stopped by our own policy.
RUN_AXE = """async tags => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"], preload: false});
  const why = node => node.failureSummary.split("\\n")[1]?.trim() ?? "";
  return found.violations.flatMap(v => v.nodes.map(node => `${v.id}: ${node.target.join(" ")} ${why(node)}`));
}"""

# Controls that stand alone; a link inside a sentence may be as small as its letters (WCAG 2.5.8).
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter(el => el.checkVisibility({visibilityProperty: true}) && el.type !== "hidden")
  .filter(el => !(el.matches("a") && getComputedStyle(el).display === "inline"
      && el.parentElement.textContent.trim() !== el.textContent.trim()))
  .map(el => [el, (el.matches("input[type=checkbox], input[type=radio]") && el.labels[0]) || el])
  .map(([el, hit]) => [el, hit.getBoundingClientRect()])
  .filter(([el, box]) => box.width > 1 && box.right > 0 && (box.width < 23.5 || box.height < 23.5))
  .map(([el, box]) => `${el.outerHTML.slice(0, 90)} is ${Math.round(box.width)}×${Math.round(box.height)}`)"""

# Is the focused thing marked, on the screen and not covered? Null at the end of the page.
LOOK_AT_FOCUS = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement) return null;
  const shown = el.matches("input[type=checkbox], input[type=radio], input[type=file]") && el.labels?.[0] || el;
  const parts = [el, shown, shown.querySelector("*")].filter(Boolean);
  const marked = parts.some(one => ["", "::before", "::after"].some(part => {
    const style = getComputedStyle(one, part || null);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  }));
  const box = [...shown.getClientRects()].find(b => b.width && b.height) ?? shown.getBoundingClientRect();
  const x = box.left + box.width / 2, y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const top = document.elementFromPoint(x, y);
  const seen = top && (shown.contains(top) || top.contains(shown) && top.matches("a, label, button, summary")
      || el.contains(top) || top.control === el);
  el.dataset.visited = (parseInt(el.dataset.visited) || 0) + 1;
  return {what: el.outerHTML.slice(0, 100), marked, seen: Boolean(seen), again: el.dataset.visited > 1};
}"""


class Visit:
    """Wraps Playwright's page with a notebook: requests, errors and what the policy stopped."""

    def __init__(self, page: Page, home: str):
        self.page = page
        self.home = home
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.responses = []
        page.add_init_script(WATCH_POLICY)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("response", lambda response: self.responses.append(response))
        page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, url: str) -> "Visit":
        """Open an address of the house and wait until it has settled."""
        self.page.goto(url, wait_until="load")
        return self

    def resize(self, width: int, height: int = 800) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def axe(self) -> list[str]:
        """Every violation as `rule: element`."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE)
        return self.page.evaluate(RUN_AXE, AXE_TAGS)

    def strangers(self) -> list[str]:
        """Requests to anybody but ourselves."""
        return [url for url in self.requests if not url.startswith((self.home, "data:", "blob:"))]

    def stopped(self) -> list[str]:
        return self.page.evaluate("window.stopped")

    def weight(self) -> float:
        """Kilobytes of all bodies, gzipped where a server would: what a first visit fetches."""
        return sum(_size(response) for response in self.responses) / 1000

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def small_targets(self) -> list[str]:
        return self.page.evaluate(SMALL_TARGETS)

    def tab_through(self, most: int = 200) -> list[dict]:
        """Each stop of the Tab key from the top to the end."""
        stops = []
        for _ in range(most):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(LOOK_AT_FOCUS)
            if stop is None or stop["again"]:
                return stops
            stops.append(stop)
        raise AssertionError(f"no end after {most} stops: {stops[-1]}")


def right(found: dict[str, object]) -> None:
    """Fail with all that is not empty, a thing a line, so that it reads as a list of work."""
    lines = []
    for name, what in found.items():
        things = what if isinstance(what, list) else [what] if what else []
        lines += [f"{name}: {thing}" for thing in things]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def _size(response) -> int:
    if response.status >= 300 and response.status < 400:
        return 0
    body = response.body()
    kind = response.headers.get("content-type", "")
    return len(gzip.compress(body, 6)) if any(name in kind for name in COMPRESSED) else len(body)

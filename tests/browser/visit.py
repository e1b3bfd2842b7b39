"""Somebody at a browser. Whatever they look at is checked: axe, other hosts, the console, sideways scrolling, and

that it is marked illustrative and that its scripts have the nonce of the page.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, ViewportSize

PHONE: ViewportSize = {"width": 375, "height": 800}
NARROWEST: ViewportSize = {"width": 320, "height": 800}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
Name = str | re.Pattern[str]

AXE = """async (options) => (await axe.run({exclude: ["[data-seen]"]},
  {...options, resultTypes: ["violations"], preload: false})).violations"""
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
TARGETS = {"runOnly": {"type": "rule", "values": ["target-size"]}}
# What folds is looked at unfolded, but for what drops down over the page.
UNFOLD = """() => document.querySelectorAll("main details:not([open])")
  .forEach((part) => { part.open = true; part.dataset.folded = ""; })"""
RESTORE = """() => {
  document.querySelectorAll("[data-alike]").forEach((part) => { part.removeAttribute("style"); delete part.dataset.alike; });
  document.querySelectorAll("[data-seen]").forEach((part) => delete part.dataset.seen);
  document.querySelectorAll("details[data-folded]").forEach((part) => { part.open = false; delete part.dataset.folded; });
}"""
WITHOUT_NONCE = """() => [...document.scripts].filter((script) => !script.nonce).map((script) => script.outerHTML)"""
# How a page is built, whatever it says: axe need not look twice at two that are built alike. Rows alike count once, and
# from the third on they are hidden from it: it takes seconds over a hundred. Returned as one number for each part,
# where it stands; those among the given ones are marked as seen, and the whole page's is the first.
BUILT = """(seen) => {
  const telling = ["class", "role", "type", "scope", "hidden", "open", "disabled", "checked", "aria-hidden", "aria-current"];
  const rows = ["TR", "LI"], known = new Set(seen), parts = new Map(), found = [];
  const opened = (element) => `<${element.tagName} ${[...element.attributes]
    .map((a) => telling.includes(a.name) ? `${a.name}=${a.value}` : a.name).sort().join(" ")}>`;
  const built = (element) => {
    const said = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) ? "text" : "";
    const start = opened(element), inside = [], often = new Map();
    for (const child of element.children) {
      const part = built(child);
      if (!inside.slice(-3).includes(part)) inside.push(part);
      often.set(part, (often.get(part) || 0) + 1);
      if (rows.includes(child.tagName) && often.get(part) > 2 && !child.style.display) {
        child.dataset.alike = "";
        child.style.display = "none";
      }
    }
    parts.set(element, [start, start + said + inside.join("")]);
    return parts.get(element)[1];
  };
  const number = (text) => {
    let one = 0xdeadbeef, other = 0x41c6ce57;
    for (let place = 0; place < text.length; place++) {
      const code = text.charCodeAt(place);
      one = Math.imul(one ^ code, 2654435761);
      other = Math.imul(other ^ code, 1597334677);
    }
    return 4294967296 * (2097151 & (other ^ (other >>> 13))) + ((one ^ (one >>> 16)) >>> 0);
  };
  const go = (element, path) => {
    const of = number(path + parts.get(element)[1]);
    found.push(of);
    if (known.has(of)) element.dataset.seen = "";
    else for (const child of element.children) if (child.childElementCount) go(child, path + parts.get(element)[0]);
  };
  built(document.documentElement);
  go(document.documentElement, "");
  return found;
}"""
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth, whole = document.documentElement.scrollWidth;
  if (whole <= wide) return "";
  const culprits = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  const last = culprits.at(-1);
  return `scrolls sideways, ${whole} px in ${wide}: ${last ? last.outerHTML.slice(0, 120) : "?"}`;
}"""


def violations(page: Page, options: dict[str, Any] = RULES) -> list[dict[str, Any]]:
    """What axe finds wrong with the page as it stands."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(AXE, options)
    return found


class Visit:
    """One person's browser: a page, and what went wrong in it. `script=False`: with JavaScript off.

    brief: of addresses that differ in numbers alone, and pages that come back, the first is looked at: a journey of a
    hundred pages whose kinds others look at too.
    """

    _kinds: ClassVar[set[tuple[int, str]]] = set()  # that a brief visit has looked at, by width
    _looked_at: ClassVar[defaultdict[int, set[int]]] = defaultdict(set)  # by any visit of this run, by width

    def __init__(self, context: BrowserContext, host: str, *, script: bool = True, brief: bool = False) -> None:
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self._host, self._script, self._brief = host, script, brief
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._note(f"script failed: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _note(self, what: str) -> None:
        self.wrong.append(f"{self.page.url}: {what}")

    def _console(self, message: ConsoleMessage) -> None:
        # The browser itself logs an answer that is an error; _response judges those.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self._note(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._host:
            self._note(f"asks another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._note(f"{response.status} for {response.url}")

    # Doing -------------------------------------------------------------------------------------------

    def open(self, address: str, *, status: int = 200) -> Page:
        """Go to an address, and look at the page."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{address} answers {answer.status}"
        return self.look()

    def home(self) -> Page:
        """Look at the home page, where signing in has led perhaps already."""
        return self.look() if urlsplit(self.page.url).path == "/" else self.open("/")

    def follow(self, name: Name, within: Locator | None = None) -> Page:
        """Follow the first link of this name, dressed as a button or not, and look at where it leads."""
        place = within or self.page
        with self._onward():
            place.locator("a").and_(
                place.get_by_role("link", name=name).or_(place.get_by_role("button", name=name))
            ).first.click()
        return self.look()

    def press(self, name: Name, within: Locator | None = None, *, status: int = 200) -> Page:
        """Press a button that sends a form, and look at the answer."""
        with self._onward(status):
            (within or self.page.locator("main")).get_by_role("button", name=name).first.click()
        return self.look()

    @contextmanager
    def _onward(self, status: int = 200) -> Iterator[None]:
        with self.page.expect_navigation() as going:
            yield
        assert going.value.status == status, f"{self.page.url} answers {going.value.status}"

    # Looking -----------------------------------------------------------------------------------------

    def look(self) -> Page:
        """Check the page as it stands; returns it."""
        if self._brief and self._is_known():
            assert self.wrong == [], "\n".join(self.wrong)
            return self.page
        self.page.evaluate(UNFOLD)
        before = self.page.viewport_size or DESKTOP
        sizes = (PHONE, DESKTOP) if before == DESKTOP else (DESKTOP, PHONE)
        for size in sizes:  # ends as it was
            self.page.set_viewport_size(size)
            if too_wide := self.page.evaluate(TOO_WIDE):
                self._note(f"at {size['width']}: {too_wide}")
        if self.page.locator(".app-strip--illustrative").count() != 1:
            self._note("is not marked as illustrative")
        if bare := self.page.evaluate(WITHOUT_NONCE):
            self._note(f"scripts without a nonce: {bare}")
        if self._script and self._is_new():  # axe waits for timers, which do not run without
            self.page.set_viewport_size(NARROWEST)  # where what can be touched stands closest
            if too_wide := self.page.evaluate(TOO_WIDE):
                self._note(f"at {NARROWEST['width']}: {too_wide}")
            found = violations(self.page, TARGETS)
            self.page.set_viewport_size(before)
            for violation in [*found, *violations(self.page)]:
                where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                self._note(f"{violation['id']} ({violation['help']}): {where}")
        self.page.evaluate(RESTORE)
        assert self.wrong == [], "\n".join(self.wrong)
        return self.page

    def _is_known(self) -> bool:
        width = (self.page.viewport_size or DESKTOP)["width"]
        kind = (width, re.sub(r"\d+", "#", urlsplit(self.page.url).path))
        known = kind in self._kinds
        self._kinds.add(kind)
        return known

    def _is_new(self) -> bool:
        """Whether no page built like this one has been looked at by axe yet. Parts of it that have been are marked."""
        looked_at = self._looked_at[(self.page.viewport_size or DESKTOP)["width"]]
        built = self.page.evaluate(BUILT, list(looked_at))
        new = built[0] not in looked_at
        looked_at.update(built)
        return new

    def done(self) -> None:
        """Nothing went wrong since the last look."""
        assert self.wrong == [], "\n".join(self.wrong)

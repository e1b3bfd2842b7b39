"""What is measured of painting: the board's dashboard in a Chromium that is as slow as a mid-range phone's."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.config.bench import scores
from cc2h.config.bench.measures import ROUNDS, Row, Setting, execute, person, portal
from cc2h.config.bench.serving import web
from cc2h.config.bench.visitor import Visitor
from chins import coverage
from practices.models import Commissioner

if TYPE_CHECKING:  # Playwright comes with the packages for development
    from playwright.sync_api import Browser

Cookie = Any  # Playwright has a type for it, without a public name
LIMITS = {"first-paint": 1500, "performance": 95, "accessibility": 95, "best-practice": 95}
TIMES = [name for name in scores.CURVES if name != "layout shift"]

# Lighthouse's phone and its "slow 4G" (core/config/constants.js: MOTOGPOWER_EMULATION_METRICS, and rttMs, throughputKbps
# and cpuSlowdownMultiplier of mobileSlow4G). The browser delays every request once: opening connections costs nothing
# here. (To allow for DNS, TCP and TLS on each, developer tools take 3.75 times the delay, more than a kept one needs.)
PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-GB",
    "timezone_id": "Europe/London",
}
SLOWER, SETTLED_MS = 4, 1000
MARK = "bench-mark"  # an event of which the page and the trace know the time, each by its own clock
SLOW_4G = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 1638.4 * 1000 / 8,  # bytes a second
    "uploadThroughput": 750 * 1000 / 8,
}
FILM = ["-*", "disabled-by-default-devtools.screenshot", "blink.user_timing"]

# Asked for afterwards: the browser has kept it, and a script of ours at the start would take time of its own.
LOADED = """async () => {
  const seen = { paint: 0, largest: 0, tasks: [], shifts: [] };
  const kept = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  kept("paint", (entry) => { if (entry.name === "first-contentful-paint") seen.paint = entry.startTime; });
  kept("largest-contentful-paint", (entry) => { seen.largest = entry.startTime; });
  kept("longtask", (entry) => seen.tasks.push([entry.startTime, entry.duration]));
  kept("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shifts.push([entry.startTime, entry.value]); });
  await new Promise((done) => setTimeout(done, 300));
  const [page] = performance.getEntriesByType("navigation");
  const sheets = performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith(".css"));
  return { ...seen, html: page.responseEnd, sheets: Math.max(...sheets.map((entry) => entry.responseEnd)) };
}"""
# What a page asks the reader for while it loads is written down, from before its first script.
ASKED = """(() => {
  window.benchAsked = [];
  const note = (object, name) => {
    const before = object[name];
    object[name] = (...given) => { window.benchAsked.push(name); return before.apply(object, given); };
  };
  if (navigator.geolocation) ["getCurrentPosition", "watchPosition"].forEach((name) => note(navigator.geolocation, name));
  if (window.Notification) note(Notification, "requestPermission");
})()"""
# How many pixels of each picture have each of 256 shades of red, green and blue.
SHADES = """async (pictures) => {
  const counted = [];
  for (const picture of pictures) {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${picture}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height), shades = new Array(768).fill(0);
    for (let i = 0; i < data.length; i += 4) for (let colour = 0; colour < 3; colour++) shades[256 * colour + data[i + colour]]++;
    counted.push(shades);
  }
  return counted;
}"""
FACTS = """() => {
  const images = [...document.images].filter((image) => image.naturalWidth && image.clientWidth);
  const drawn = images.filter((image) => new URL(image.currentSrc).pathname.endsWith(".svg"));
  const pixels = images.filter((image) => !drawn.includes(image));
  const fields = [...document.querySelectorAll("input:not([type=hidden]), textarea")].filter((field) => !field.readOnly);
  const of = (these, holds) => (these.length ? these.every(holds) : null);
  return {
    "doctype": document.compatMode === "CSS1Compat" && document.doctype?.name === "html" && !document.doctype.publicId,
    "image-aspect-ratio": of(images, (image) =>
      Math.abs(image.clientWidth * image.naturalHeight / image.naturalWidth - image.clientHeight) < 2),
    "image-size": of(pixels, (image) => image.naturalWidth >= 0.75 * image.clientWidth * devicePixelRatio),
    "paste": of(fields, (field) => field.dispatchEvent(new ClipboardEvent("paste", { cancelable: true }))),
  };
}"""
AXE = """async () => {
  const impacts = Object.fromEntries(axe._audit.rules.map((rule) => [rule.id, rule.impact]));
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run({ runOnly: { type: "tag", values: tags } });
  const told = (rules, ok) => rules.map((rule) => (
    { name: rule.id, impact: impacts[rule.id], wcag: rule.tags.some((tag) => tag.startsWith("wcag")), ok }));
  return [...told(found.passes, true), ...told(found.violations, false)];
}"""


@dataclass(frozen=True)
class Seen:
    """One visit: the values of scores.CURVES, and after how many ms the page and its last style sheet were there."""

    measured: Mapping[str, float]
    html: float
    sheets: float


def first_paint(given: Setting) -> Iterator[Row]:
    """The board's dashboard on a phone that has never seen it: first contentful paint, and scores as Lighthouse's.

    Speed index is taken as Lighthouse takes it, from the pictures the browser makes while it paints; `blocked` counts
    long tasks until a second after the page is quiet. Best practice leaves out what asks for HTTPS (this is loopback)
    and what Lighthouse tells without counting, but for the content security policy.
    """
    chromium, lack = find_chromium()
    if lack:
        yield from not_measured(lack)
        return
    coverage.recompute(today=given.today)
    execute("TRUNCATE kit_work")
    with portal() as handler, tempfile.TemporaryDirectory() as folder:
        board = Commissioner.objects.get(ods_code="B02")
        cookie = Visitor(handler, person(Role.BOARD_MEMBER, board)).cookie
        connection.close()
        with web(given.database_url, Path(folder), 2) as (port, _):
            address = f"http://127.0.0.1:{port}{reverse('board:dashboard', args=[board.ods_code])}"
            visits, rules, checks = _looked_at(chromium, address, cookie)
    middle = {name: median(visit.measured[name] for visit in visits) for name in scores.CURVES}
    paints = sorted(visit.measured["first paint"] for visit in visits)
    yield _row(
        "first-paint",
        middle["first paint"],
        f"{paints[0]:.0f} to {paints[-1]:.0f}; page there after {median(visit.html for visit in visits):.0f}, "
        f"style sheets after {median(visit.sheets for visit in visits):.0f}",
    )
    times = ", ".join(f"{name} {middle[name]:.0f} ms" for name in TIMES)
    yield _row("performance", scores.performance(middle), f"{times}, layout shift {middle['layout shift']:.3f}")
    yield _row("accessibility", scores.accessibility(rules), _failed({rule.name: rule.ok for rule in rules}))
    yield _row("best-practice", scores.best_practice(checks), _failed(checks))


def _row(name: str, value: float | None, note: str) -> Row:
    limit = LIMITS[name]
    return Row(name, value, limit, "ms" if name == "first-paint" else "of 100", note, at_least=name != "first-paint")


def _failed(checks: Mapping[str, bool | None]) -> str:
    failed = [name for name, ok in checks.items() if ok is False]
    return f"failed: {', '.join(failed)}" if failed else ""


def not_measured(lack: str) -> Iterator[Row]:
    """The rows where there is no browser: none of them is within its limit."""
    for name in LIMITS:
        yield _row(name, None, f"not measured: {lack}")


def find_chromium() -> tuple[str, str]:
    """The path of a Chromium, as the tests find theirs, and nothing; or nothing, and why there is none."""
    finder = settings.BASE_DIR / "script" / "browser.py"
    found = subprocess.run([sys.executable, str(finder)], capture_output=True, text=True, check=False)
    said = (found.stdout or found.stderr).strip().splitlines()[-1:]
    return ("", "".join(said) or "no browser was found") if found.returncode else ("".join(said), "")


# In the browser ------------------------------------------------------------------------------------------


def _looked_at(
    chromium: str, address: str, cookie: str
) -> tuple[list[Seen], list[scores.Rule], dict[str, bool | None]]:
    """Visits to a page, each with nothing kept; what axe says of it, and the checks of best practice."""
    from playwright.sync_api import sync_playwright

    name, _, value = cookie.partition("=")
    signed_in: Cookie = {"name": name, "value": value, "url": address}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        with browser.new_context(**PHONE) as context:  # has charts drawn, and whatever else is done once
            context.add_cookies([signed_in])
            context.new_page().goto(address, wait_until="networkidle", timeout=120_000)
        visits = [_visit(browser, address, signed_in) for _ in range(ROUNDS)]
        rules, checks = _judged(browser, address, signed_in)
        browser.close()
    return visits, rules, checks


def _visit(browser: "Browser", address: str, signed_in: Cookie) -> Seen:
    """One visit by the phone, filmed."""
    with browser.new_context(**PHONE) as context:
        context.add_cookies([signed_in])
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_4G)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        browser.start_tracing(page=page, screenshots=True, categories=FILM)
        page.goto(address, wait_until="networkidle", timeout=120_000)
        page.wait_for_timeout(SETTLED_MS)
        line.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        page.evaluate("(name) => performance.mark(name)", MARK)
        frames = _frames(browser, json.loads(browser.stop_tracing())["traceEvents"])
        loaded = page.evaluate(LOADED)
    paint = loaded["paint"]
    measured = {
        "first paint": paint,
        "speed index": scores.speed_index(frames),
        "largest paint": loaded["largest"],
        "blocked": scores.blocked(loaded["tasks"], paint),
        "layout shift": scores.layout_shift(loaded["shifts"]),
    }
    return Seen(measured, loaded["html"], loaded["sheets"])


def _frames(browser: "Browser", events: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """When the pictures of a trace were made, in ms since the visit began, and how complete each shows the page."""
    mark = next(event for event in events if event["name"] == MARK)
    begun = mark["ts"] - 1000 * mark["args"]["data"]["startTime"]
    film = sorted(
        (event["ts"], event["args"]["snapshot"])
        for event in events
        if event["name"] == "Screenshot" and event["ts"] > begun
    )
    with browser.new_context() as elsewhere:  # where no policy of the page forbids to read a picture
        shades = elsewhere.new_page().evaluate(SHADES, [picture for _, picture in film])
    white = [sum(shades[-1][:256]) if shade % 256 == 255 else 0 for shade in range(768)]
    return [
        ((at - begun) / 1000, scores.progress(frame, white, shades[-1]))
        for (at, _), frame in zip(film, shades, strict=True)
    ]


def _judged(browser: "Browser", address: str, signed_in: Cookie) -> tuple[list[scores.Rule], dict[str, bool | None]]:
    """What axe says of a page on the phone, and whether it does what good pages do. None: there is nothing to check."""
    from axe_playwright_python.base import AXE_SCRIPT

    noted: dict[str, list[str]] = {"console": [], "failed": [], "hosts": [], "deprecated": [], "issues": []}
    with browser.new_context(**PHONE) as context:
        context.add_cookies([signed_in])
        page = context.new_page()
        page.add_init_script(ASKED)
        page.on("console", lambda said: noted["console"].append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: noted["console"].append(str(error)))
        page.on("requestfailed", lambda request: noted["failed"].append(request.url))
        page.on("response", lambda answer: noted["failed"].append(answer.url) if answer.status >= 400 else None)
        page.on("request", lambda request: noted["hosts"].append(urlsplit(request.url).netloc))
        line = context.new_cdp_session(page)
        line.on("Audits.issueAdded", lambda told: _issue(told["issue"]["code"], noted))
        line.send("Audits.enable")
        answer = page.goto(address, wait_until="networkidle", timeout=120_000)
        assert answer is not None
        page.wait_for_timeout(SETTLED_MS)
        facts, asked = page.evaluate(FACTS), page.evaluate("() => window.benchAsked")
        page.evaluate(AXE_SCRIPT)
        rules = [scores.Rule(**rule) for rule in page.evaluate(AXE)]
        head = answer.headers
    checks = {
        "doctype": facts.pop("doctype"),
        "charset": "charset=utf-8" in head.get("content-type", "").lower(),
        "console-errors": not noted["console"],
        "failed-requests": not noted["failed"],
        "deprecated": not noted["deprecated"],
        "inspector-issues": not noted["issues"],
        "third-party": set(noted["hosts"]) == {urlsplit(address).netloc},
        "csp-xss": scores.keeps_scripts_out(head.get("content-security-policy", "")),
        "geolocation-on-start": not {"getCurrentPosition", "watchPosition"}.intersection(asked),
        "notification-on-start": "requestPermission" not in asked,
        **facts,
    }
    return rules, checks


def _issue(code: str, noted: dict[str, list[str]]) -> None:
    noted["deprecated" if code == "DeprecationIssue" else "issues"].append(code)

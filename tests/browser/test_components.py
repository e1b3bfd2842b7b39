"""Every component in every state, in a real browser: by axe, by what it measures, and by what is painted.

No picture is kept to compare with. Letters differ in width and edge from one machine's fonts and Chromium to the next,
so a kept picture either fails where nothing is wrong, or is compared so loosely that it passes what is. What makes
a component wrong to look at can be measured instead, alike on every machine: something wider than its box, cut off, one
over the other, letters without contrast (axe), or a picture that is not painted at all (the screenshot has one
colour there). Where that fails the whole page is kept as a screenshot, and the failure says where.
"""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import Enter
from tests.browser.visit import DESKTOP, NARROWEST, PHONE, violations

ADDRESS = "/operations/components/"
ADMINISTRATOR = "administrator@ncl.example"

# What is wrong with the examples by their measures, in words.
MEASURE = """() => {
  const wrong = [];
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest(".nhsuk-u-visually-hidden, caption, defs");
  const scrolls = (e, box) => { for (let p = e.parentElement; p && p !== box; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; return false; };
  const words = (e) => (e.textContent.trim() || e.outerHTML).replace(/\\s+/g, " ").slice(0, 60);
  for (const box of document.querySelectorAll("[data-example]")) {
    const say = (what) => wrong.push(`${box.dataset.example}: ${what}`);
    const edge = box.getBoundingClientRect(), pieces = [];
    for (const e of box.querySelectorAll("*")) {
      if (!seen(e)) continue;
      const r = e.getBoundingClientRect(), style = getComputedStyle(e);
      if (!r.width || !r.height) continue;
      if ((r.right > edge.right + 1 || r.left < edge.left - 1) && !scrolls(e, box) && !e.closest("svg svg, symbol")) say(`wider than its box: ${words(e)}`);
      const clips = /hidden|clip/.test(style.overflowX + style.overflowY) && !(e instanceof SVGElement);
      if ((clips || e.matches("input:not([type=file]), textarea")) && e.scrollWidth > e.clientWidth + 1) say(`cut off: ${words(e)}`);
      if (e.matches("select[multiple], textarea") && e.scrollHeight > e.clientHeight + 1) say(`cut off below: ${words(e)}`);
      if (e.matches("input, select, textarea, img, progress")) pieces.push([e, r]);
    }
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    for (let node; (node = texts.nextNode()); ) {
      if (!node.data.trim() || !seen(node.parentElement) || node.parentElement.closest("option, textarea, svg, summary > *")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) if (r.width > 1) pieces.push([node, r]);
    }
    const slack = 4;  // a line's letters reach a little into the next line's box
    for (const [n, [one, a]] of pieces.entries()) for (const [other, b] of pieces.slice(n + 1)) {
      if (one === other || one.contains(other) || other.contains(one)) continue;
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack)
        say(`one over the other: ${words(one)} / ${words(other)}`);
    }
  }
  return [...new Set(wrong)];
}"""
# Leaves only the examples that have a picture of any kind, and says where each stands: a small page is soon taken.
PICTURES = """(main) => {
  for (const e of main.querySelectorAll(".app-gallery > :not(.app-gallery__states), .app-gallery__index, .app-code-block, .app-example:not(:has([data-example] :is(svg, img, progress)))")) e.remove();
  const top = main.getBoundingClientRect();
  return [...main.querySelectorAll("[data-example]")].map((e) => {
    const r = e.getBoundingClientRect();
    return [e.dataset.example, r.left - top.left, r.top - top.top, r.width, r.height];
  });
}"""
# The examples whose part of the picture is of one colour.
BLANK = """async ([picture, places]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), paper = canvas.getContext("2d");
  paper.drawImage(image, 0, 0);
  return places.filter(([name, x, y, width, height]) => {
    const dots = new Uint32Array(paper.getImageData(x + 1, y + 1, Math.max(1, width - 2), Math.max(1, height - 2)).data.buffer);
    return dots.every((dot) => dot === dots[0]);
  }).map(([name]) => name);
}"""


def unpainted(page: Page) -> list[str]:
    """The examples with a picture of which nothing is painted. Takes the others away."""
    main = page.get_by_role("main")
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    places = main.evaluate(PICTURES)
    assert len(places) > 40, "tags alone are more"
    picture = base64.b64encode(main.screenshot(animations="disabled")).decode()
    bare = page.context.new_page()  # a page of ours allows no script to read pictures
    found: list[str] = bare.evaluate(BLANK, [picture, places])
    bare.close()
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROWEST], ids=["desk", "phone", "narrowest"])
def test_nothing_overlaps_or_is_cut_off_or_unseen(enter: Enter, tmp_path: Path, size: ViewportSize) -> None:
    page = enter(ADMINISTRATOR).page
    page.set_viewport_size(size)
    page.goto(ADDRESS)
    wrong: list[str] = page.evaluate(MEASURE)
    page.evaluate("document.querySelectorAll('main details').forEach((part) => (part.open = true))")
    wrong += [f"{problem} (unfolded)" for problem in page.evaluate(MEASURE)]
    if wrong:
        page.screenshot(path=tmp_path / "components.png", full_page=True)
    if size != NARROWEST:  # painted alike
        wrong += [f"{name}: nothing is painted" for name in unpainted(page)]
    assert wrong == [], "\n".join([f"See {tmp_path / 'components.png'}", *wrong])


def test_axe_finds_nothing_at_a_desk_or_on_a_phone(enter: Enter) -> None:
    page = enter(ADMINISTRATOR).open(ADDRESS)
    page.set_viewport_size(PHONE)
    page.reload()  # as a phone opens it
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in violations(page)] == []


def test_these_checks_see_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    examples = {
        "wide": '<b style="display: block; width: 300px">Wide</b>',
        "cut": '<b style="display: block; width: 20px; overflow: hidden">Incomprehensible</b>',
        "over": '<b style="margin-right: -40px">Overlapping</b> something',
        "bare": '<svg style="width: 20px"></svg>',
        "right": 'Nothing to see <svg style="background: red; width: 20px"></svg>',
    }
    drawn = [
        f'<figure class="app-example"><div data-example="{name}" style="width: 200px">{html}</div></figure>'
        for name, html in examples.items()
    ]
    page.set_content(f'<main class="app-gallery"><div class="app-gallery__states">{"".join(drawn)}</div></main>')
    found = page.evaluate(MEASURE)
    assert {problem.partition(":")[0] for problem in found} == {"wide", "cut", "over"}
    places = page.get_by_role("main").evaluate(PICTURES)
    picture = base64.b64encode(page.get_by_role("main").screenshot()).decode()
    assert page.evaluate(BLANK, [picture, places]) == ["bare"]
    page.set_content('<html lang="en"><title>A</title><main><h1>A</h1><img src="data:,"></main></html>')
    assert [one["id"] for one in violations(page)] == ["image-alt"]
    page.close()

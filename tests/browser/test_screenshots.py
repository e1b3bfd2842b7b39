"""The pictures of the documentation: that they are there and small, and that the pages they show still open.

`CC2H_SCREENSHOTS=1 script/test tests/browser/test_screenshots.py` takes them anew. They show the demonstration
programme on a day of its story, so that they stay the same until a page changes.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import APIRequestContext, Page, expect

from cc2h.config.demonstration import PASSWORD
from tests.browser.conftest import Enter
from tests.browser.pictures import small
from tests.browser.visit import Visit

TAKE = os.environ.get("CC2H_SCREENSHOTS") == "1"
DOCS = Path(settings.BASE_DIR) / "docs"
IMAGES = DOCS / "images"
LARGEST = 60_000  # bytes
DAY = "as_at=2018-12-06"
BARNET = "barnet.example"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture: who looks at which page, under which first heading; what they do first; and how much of it.

    part: the element shown; height: pixels of it at most.
    """

    who: str
    address: str
    heading: str
    first: Callable[[Page], None] | None = None
    part: str = "main"
    height: int = 760
    phone: bool = False


def ask_of_the_first_figure(page: Page) -> None:
    page.locator(".app-figure details").first.evaluate("(details) => (details.open = true)")


def let_one_join(page: Page) -> None:
    page.get_by_label("Marramdown Health Centre").check()  # that has no planned join
    page.get_by_label("First day").fill("2019-01-07")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("region", name="What this will change")).to_be_visible()


PICTURES = {
    "dashboard": Picture(
        who=f"board.member@{BARNET}",
        address=f"/dashboard/07M/?{DAY}",
        heading="Care Closer to Home in Barnet",
        part="body",
        height=880,
    ),
    "worked-out": Picture(
        who=f"board.member@{BARNET}",
        address=f"/dashboard/07M/?{DAY}",
        heading="Care Closer to Home in Barnet",
        first=ask_of_the_first_figure,
        part=".app-figure",
        height=625,
    ),
    "papers": Picture(who=f"board.member@{BARNET}", address=f"/papers/?{DAY}", heading="Papers say"),
    "map": Picture(
        who=f"board.member@{BARNET}", address=f"/practices/map/?commissioner=07M&{DAY}", heading="Map", height=900
    ),
    "practices": Picture(
        who=f"finance.officer@{BARNET}",
        address=f"/practices/?chin_status=operational&sort=-patients&{DAY}",
        heading="Practices",
    ),
    "budget": Picture(
        who=f"finance.officer@{BARNET}",
        address=f"/budget/07M/2018-19/?{DAY}",
        heading="Budget",
        height=900,
    ),
    "payments": Picture(
        who=f"finance.officer@{BARNET}", address=f"/budget/payments/?{DAY}", heading="Payments", height=900
    ),
    "join": Picture(
        who=f"manager@{BARNET}",
        address=f"/chins/barnet-1/join/?{DAY}",
        heading="Practices join",
        first=let_one_join,
        height=620,
    ),
    "chin": Picture(
        who=f"chin1.lead@{BARNET}",
        address=f"/chins/barnet-1/?{DAY}",
        heading="CHIN 1 Edgware and Burnt Oak",
        height=900,
    ),
    "phone": Picture(who=f"chin1.lead@{BARNET}", address=f"/chins/barnet-1/?{DAY}", heading="CHIN 1", phone=True),
    "practice": Picture(
        who=f"practice.manager@{BARNET}", address=f"/practices/Z99001/?{DAY}", heading="Ashenbourne Surgery", height=900
    ),
    "side-by-side": Picture(who="office@ncl.example", address=f"/?{DAY}", heading="Care Closer to Home"),
    "federation": Picture(
        who=f"federation.manager@{BARNET}", address=f"/practices/?placed=out&{DAY}", heading="Practices", height=620
    ),
    "changes": Picture(who=f"secretary@{BARNET}", address=f"/dashboard/07M/changes/?{DAY}", heading="What changed"),
    "expressions": Picture(
        who=f"steering.group@{BARNET}", address=f"/chins/expressions/?{DAY}", heading="Expressions of interest"
    ),
    "posts": Picture(who="administrator@ncl.example", address=f"/people/?{DAY}", heading="Posts"),
}


def named_in_the_docs() -> dict[str, list[str]]:
    """The pictures that pages show, each with its alternative texts."""
    found: dict[str, list[str]] = {}
    for page in [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]:
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text()):
            file = (page.parent / target).resolve()
            assert file.is_file(), f"{page.name} shows {target}, which is not there"
            assert file.parent == IMAGES
            found.setdefault(file.stem, []).append(words)
    return found


def test_each_picture_is_shown_said_in_words_and_small() -> None:
    named = named_in_the_docs()
    assert set(named) == {file.stem for file in IMAGES.iterdir()} == set(PICTURES)
    assert all(len(words) > 20 for texts in named.values() for words in texts), "say what is to be seen"
    assert {file.name: size for file in IMAGES.iterdir() if (size := file.stat().st_size) > LARGEST} == {}


def signed_in_as(visit: Visit, email: str) -> APIRequestContext:
    """Somebody signed in without drawing a page, which takes a second each."""
    ask = visit.page.request
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', ask.get("/account/login/").text())
    assert token is not None
    typed = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    assert ask.post("/account/login/", form=typed, max_redirects=0).status == 302
    return ask


@pytest.mark.skipif(TAKE, reason="taken anew")
def test_the_pages_they_show_still_open(enter: Enter) -> None:
    for who in {picture.who for picture in PICTURES.values()}:
        ask = signed_in_as(enter(), who)
        for name, picture in PICTURES.items():
            if picture.who == who:
                answer = ask.get(picture.address)
                assert answer.ok, f"{name}: {answer.status}"
                heading = re.search(r"<h1\b[^>]*>(.*?)</h1>", answer.text(), re.S)
                assert heading, name
                assert picture.heading in heading[1], name


@pytest.mark.skipif(not TAKE, reason="taken by hand: CC2H_SCREENSHOTS=1")
@pytest.mark.parametrize("name", PICTURES)
def test_take(enter: Enter, name: str) -> None:
    picture = PICTURES[name]
    page = enter(picture.who, phone=picture.phone).page
    if not picture.phone:
        page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(picture.address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(picture.heading)
    if picture.first:
        picture.first(page)
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    # how long ago figures were worked out, and half a line of where the page stands
    page.evaluate("document.querySelectorAll('[data-freshness], .app-crumbs').forEach((part) => part.remove())")
    box = page.locator(picture.part).first.bounding_box()
    assert box is not None
    box["height"] = min(box["height"], picture.height)
    if picture.part == "main":  # with what is left free beside it
        box["x"], box["width"] = box["x"] - 16, box["width"] + 32
    bare = page.context.new_page()
    (IMAGES / f"{name}.png").write_bytes(small(page.screenshot(full_page=True, clip=box, animations="disabled"), bare))
    bare.close()

"""Every figure of every page, followed to its rows and worked out anew.

Every number in a table, too, is a figure or leads to its rows, unless its line is a row itself.

Pages are found by following links from the home page of several people, on several days: two of each kind with figures,
and each set of parameters, for some of them, one of each kind for others, and for the last what only they are shown.
On each page every element marked data-figure is opened, the rows behind each of its parts are fetched as CSV, the part is measured
over them, and the figure is derived from the parts. What is shown must be what comes out.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from typing import ClassVar
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.api.spec import spec_of
from cc2h.kit.figures import Figure, Part, Value, measured, ratio_percent
from tests.architecture.walk import known

TODAY = date(2018, 12, 6)
PAST, KNOWN, FUTURE = "as_at=2018-03-30", "as_at=2018-11-30&known=2018-11-15", "as_at=2019-02-01"
CRAWLS = (
    ("board.member@barnet.example", ""),
    ("board.member@barnet.example", PAST),
    ("board.member@barnet.example", KNOWN),
    ("board.member@barnet.example", FUTURE),
    ("manager@barnet.example", ""),
    ("chin1.lead@barnet.example", ""),
    ("practice.manager@barnet.example", ""),
    ("finance.officer@barnet.example", ""),
    ("office@ncl.example", ""),
    ("federation.manager@barnet.example", ""),
    ("administrator@ncl.example", ""),
)
# For whom each set of parameters is a kind.
THOROUGHLY = {
    ("board.member@barnet.example", KNOWN),
    ("manager@barnet.example", ""),
}
# Of these, who come last, only the kinds of page are looked at that nobody before them was shown on that day.
THE_REST = {
    "finance.officer@barnet.example",
    "office@ncl.example",
    "federation.manager@barnet.example",
    "administrator@ncl.example",
}
# Pages of one kind, by person and day: what differs between two practices is their data. For others one page that has
# figures. A case has other figures at each stage, and the newest none.
EACH, AT_MOST = 2, {"cases:case_detail": 20}
# What changes only which rows of a list are shown, and in which order.
LIST_PARAMETERS = {"page", "per_page", "sort"}
# Pages on which every number in a table or in a headline is a figure, or leads to its rows.
ALL_MARKED = {"board:home", "board:dashboard", "board:dashboards", "board:changes"}
ALL_MARKED |= {"chins:chin_detail", "chins:chins_beside", "chins:chin_lists", "chins:coverage_rows"}
ALL_MARKED |= {"budget:home", "budget:budget", "budget:profile", "budget:line_detail"}
ALL_MARKED |= {"lcs:reconciliation", "lcs:practice_money", "months:report", "months:month_list", "months:accruals"}
ALL_MARKED |= {"payments:home", "payments:run_detail", "payments:payee_detail", "baseline:commissioner_roll_up"}
ALL_MARKED |= {"baseline:chin_roll_up", "baseline:practice_detail", "agreements:agreement_detail"}
ALL_MARKED |= {"governance:body_detail", "cases:pipeline"}
# Pages that must have figures: without any, following them proves nothing.
WITH_FIGURES = {"board:home", "board:dashboard", "board:changes", "board:statement", "board:still_to_join"}
WITH_FIGURES |= {"chins:chin_detail", "chins:chins_beside"}
WITH_FIGURES |= {"budget:budget", "budget:line_detail"}
WITH_FIGURES |= {"lcs:reconciliation", "months:report", "cases:case_detail", "cases:pipeline"}
OF_FINANCE = {"payments:home", "payments:run_detail"}  # which the board is not shown
SHOWN: set[str] = set()  # routes that somebody was shown today


@dataclass
class Shown:
    """A figure or part as a page shows it, by its data attributes."""

    attributes: Mapping[str, str]
    parts: list["Shown"] = field(default_factory=list)

    @property
    def value(self) -> str:
        return self.attributes.get("data-value", "")


class Page(HTMLParser):
    """Collects the figures, their parts, lone parts and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures: dict[str, list[Shown]] = {}
        self.opened: dict[str, list[Shown]] = {}
        self.lone: list[Shown] = []
        self.links: list[str] = []
        self._how: list[str] = []  # for each details that is open: the key of its figure, or ""
        self.unmarked: list[str] = []
        self._lines: list[str] = []  # for each table that is open: what its lines are
        self._said: _Said | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "details":
            self._how.append(found.get("data-how", ""))
            if self._how[-1]:
                self.opened[self._how[-1]] = []
        if "data-figure" in found:
            self.figures.setdefault(found["data-figure"], []).append(Shown(found))
        if "data-part" in found:
            key = next((key for key in reversed(self._how) if key), "")
            (self.opened[key] if key else self.lone).append(Shown(found))
        if tag == "a" and "href" in found and "download" not in found:
            self.links.append(found["href"])
        if tag == "table":
            self._lines.append(found.get("data-lines", ""))
        classes = found.get("class", "").split()
        if self._said is None:
            if tag in ("td", "th") and "scope" not in found and "num" in classes:
                self._said = _Said(tag, anything=True, exempt=self._lines[-1])
            elif tag == "p" and {"app-sentence", "app-figure__line"} & set(classes):
                self._said = _Said(tag)
            elif tag == "th" and found.get("scope") == "row" and self._lines[-1] == "records":
                self._said = _Said(tag, heading=True)
        if self._said is not None:
            self._said.depth += tag == self._said.tag
            marked = {"data-figure", "data-part"} & found.keys() or ("app-num" in classes and "href" in found)
            if marked or (self._said.heading and "href" in found):
                self._said.marked, self._said.inside = True, self._said.inside or tag

    def handle_data(self, data: str) -> None:
        if self._said is not None and not self._said.inside:
            self._said.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._how.pop()
        if tag == "table":
            self._lines.pop()
        said = self._said
        if said is not None:
            said.depth -= tag == said.tag
            if tag == said.inside:
                said.inside = ""
            if not said.depth:
                self.unmarked += said.problems()
                self._said = None


@dataclass
class _Said:
    """What a cell or a sentence says, outside the numbers it has marked."""

    tag: str
    anything: bool = False  # any number counts, else only a percentage or so many of something
    heading: bool = False
    exempt: str = ""
    depth: int = 0
    inside: str = ""
    marked: bool = False
    text: str = ""

    def problems(self) -> Iterator[str]:
        text = re.sub(r"[\d,]+ to [\d,]+ patients", "", " ".join(self.text.split()))  # a planned size is no figure
        if self.heading:
            if not self.marked:
                yield f"a record without a way to it: {text}"
        elif not self.exempt and re.search(r"\d" if self.anything else _NUMBER, text):
            yield f"a number without a way to its rows: {text}"


_NUMBER = r"\d%|\d (?:of \d|practices?\b|patients?\b|points\b|(?:operational|approved|proposed)\b)"


Rows = Callable[[str], list[dict[str, str]]]


def value_of(text: str, kind: str = "") -> Value | None:
    """A data-value as the figure had it; None where it was not known."""
    if text == "":
        return None
    if kind == "text":
        return text
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    return words.decimal(text)


def problems(page: Page, rows: Rows) -> Iterator[str]:
    """What is wrong with the figures of a page. `rows` fetches the CSV at an address."""
    for shown in page.lone:
        yield from _part_problems(shown, rows)
    for key, shown_figures in page.figures.items():
        if key not in page.opened:
            yield f"{key}: does not say how it was worked out"
            continue
        parts = page.opened[key]
        for part in parts:
            yield from _part_problems(part, rows)
        for shown in shown_figures:
            yield from _figure_problems(shown, parts)
    for key in page.opened.keys() - page.figures.keys():
        yield f"{key}: is explained, but not on the page"


def _part_problems(shown: Shown, rows: Rows) -> Iterator[str]:
    name, address = shown.attributes["data-part"], shown.attributes.get("data-csv", "")
    if not address:
        return
    measure = shown.attributes["data-measure"]
    try:
        found = measured(measure, rows(address))
        if less := shown.attributes.get("data-less"):
            found = words.decimal(found) - words.decimal(measured(measure, rows(less)))  # type: ignore[arg-type]
        if of := shown.attributes.get("data-of"):
            found = ratio_percent(found, measured(measure, rows(of)))
    except (KeyError, ValueError) as wrong:
        yield f"{name}: {address} can't be measured: {wrong!r}"
        return
    expected = value_of(shown.value)
    if found != expected:
        yield f"{name}: says {expected}, its rows at {address} give {found}"


def _figure_problems(shown: Shown, parts: list[Shown]) -> Iterator[str]:
    a = shown.attributes
    value = value_of(shown.value, a["data-kind"])
    if not parts and value is not None:
        yield f"{a['data-figure']}: says {value}, and has no parts"
        return
    figure = Figure(
        key=a["data-figure"],
        label="",
        kind=a["data-kind"],  # type: ignore[arg-type]
        value=None,
        unit=a["data-unit"],
        places=int(a["data-places"]) if "data-places" in a else None,
        parts=[Part(name=p.attributes["data-part"], value=value_of(p.value, a["data-kind"])) for p in parts],
    )
    derived = figure.derive()
    if derived != value:
        yield f"{figure.key}: says {value}, its parts give {derived}"


# Crawling ---------------------------------------------------------------------------------------------


class Crawl:
    """Follows the links of one person on one day, a few pages of each kind, and checks what it finds."""

    plain_forms: ClassVar[set[str]] = set()  # routes of forms that had no figure for whoever came there first

    def __init__(self, email: str, day: str) -> None:
        self.client = Client()
        self.person = User.objects.get(email=email)
        self.client.force_login(self.person)
        self.by_parameters = (email, day) in THOROUGHLY
        self.shown = frozenset(SHOWN - {"board:home"}) if email in THE_REST else frozenset()
        self.found: list[str] = []
        self.visited: Counter[str] = Counter()
        self.figures: Counter[str] = Counter()
        self.met: defaultdict[str, set[str]] = defaultdict(set)  # parameters, by route
        self.put_off: defaultdict[str, list[str]] = defaultdict(list)
        self.with_figures: set[str] = set()  # routes
        self.rows: Rows = cache(self._rows)

    def _rows(self, address: str) -> list[dict[str, str]]:
        answer = self.client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/csv"):
            raise ValueError(f"{answer.status_code} {answer['Content-Type']}")
        return list(csv.DictReader(answer.getvalue().decode().splitlines()))

    def run(self, start: str) -> None:
        waiting, seen = [start], {start}
        while waiting:
            address = waiting.pop(0)
            kind = _kind_of(address, by_parameters=self.by_parameters)
            if kind is None:
                continue
            route = kind.split()[0]
            if self.visited[kind] >= self._wanted(kind) or route in self.plain_forms | self.shown:
                continue
            if route not in AT_MOST and self._says_nothing(kind):
                self.put_off[route].append(address)
                continue
            answer = self.client.get(address)
            if answer.status_code == 302:
                waiting.append(answer["Location"])  # perhaps the only way there
            if answer.status_code == 200:
                self.visited[kind] += 1
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                if answer.status_code >= 400:
                    self.found.append(f"{address}: {answer.status_code}")
                continue
            page = Page(answer.content.decode())
            self.found += [f"{address}: {problem}" for problem in problems(page, self.rows)]
            if kind.split()[0] in ALL_MARKED:
                self.found += [f"{address}: {unmarked}" for unmarked in page.unmarked]
            self.figures[kind] += len(page.figures) + len(page.lone)
            if not self.figures[kind] and _is_form(address):
                self.plain_forms.add(route)
            waiting += self._remember(kind)
            for link in page.links:
                following = _followed(link)
                if following and following not in seen:
                    seen.add(following)
                    waiting.append(following)

    def _wanted(self, kind: str) -> int:
        """How many pages of the kind are looked at, by what those so far had."""
        most = AT_MOST.get(kind.split()[0], 0)
        if self.by_parameters:
            return most or (EACH if self.figures[kind] else 1)
        return 1 if self.figures[kind] else most or 1

    def _says_nothing(self, kind: str) -> bool:
        """Whether pages of its route have had each of its parameters, and none of them a figure.

        Lists of rows lead to themselves with any of their filters taken off: there are as many as sets of filters.
        """
        route, *named = kind.split()
        return route in self.met and route not in self.with_figures and self.met[route].issuperset(named)

    def _remember(self, kind: str) -> list[str]:
        """What has been put off because its route said nothing, if now it does."""
        route, *named = kind.split()
        self.met[route].update(named)
        if not self.figures[kind]:
            return []
        self.with_figures.add(route)
        return self.put_off.pop(route, [])


def _kind_of(address: str, *, by_parameters: bool) -> str | None:
    """The name of the address's route, and if asked which parameters it has: `practices:practice_list chin`."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    name = found.view_name
    named = sorted({key for key, _ in parse_qsl(parts.query)} - {"as_at", "known"})
    if "format" in named:
        return f"{name} as-a-file"
    if not by_parameters or _is_form(address):  # what a form is opened with only fills it in
        return name
    return " ".join([name, *named])


def _is_form(address: str) -> bool:
    spec = spec_of(resolve(urlsplit(address).path).func)
    return spec is not None and spec.form is not None


def _followed(link: str) -> str:
    """The address of a link worth following, in one spelling; blank for any other."""
    parts = urlsplit(urldefrag(link).url)
    query = parse_qsl(parts.query)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/account/"):
        return ""
    if LIST_PARAMETERS & {name for name, _ in query} or ("format", "csv") in query:
        return ""
    return f"{parts.path}?{urlencode(sorted(query))}" if query else parts.path


@pytest.mark.usefixtures("briskly")
@pytest.mark.parametrize(("email", "day"), CRAWLS)
def test_every_figure_is_what_its_rows_give(email: str, day: str, demonstration: None) -> None:
    crawl = Crawl(email, day)
    with known(crawl.person):
        crawl.run(f"/?{day}" if day else "/")
    assert not crawl.found, "\n".join(sorted(set(crawl.found)))
    if not day:
        SHOWN.update(kind.split()[0] for kind in crawl.visited)
    wanted = {"board.member@barnet.example": WITH_FIGURES, "manager@barnet.example": OF_FINANCE}.get(email, set())
    if day == PAST:
        wanted = wanted - {"cases:case_detail"}  # no money was committed for any by then
    without = wanted - {kind.split()[0] for kind, number in crawl.figures.items() if number}
    assert not without, without


# The check itself must be able to fail ------------------------------------------------------------------

RIGHT = """
<section data-figure="population" data-kind="ratio" data-value="88.9" data-unit="%"><p>88.9%</p>
  <details data-how="population">
    <a href="/rows" data-part="In a CHIN" data-value="48" data-measure="sum:practices" data-csv="/rows?placed=in">48</a>
    <a href="/rows" data-part="All" data-value="54" data-measure="sum:practices" data-csv="/rows">54</a>
  </details>
</section>
<a href="/changes" data-part="joined" data-value="2" data-measure="count" data-csv="/rows">2 practices</a>
"""
CSV = {
    "/rows": [{"practices": "48"}, {"practices": "6"}],
    "/rows?placed=in": [{"practices": "48"}],
}


def doctored(old: str, new: str) -> list[str]:
    assert old in RIGHT
    return list(problems(Page(RIGHT.replace(old, new)), CSV.__getitem__))


def test_a_right_page_has_no_problems() -> None:
    assert list(problems(Page(RIGHT), CSV.__getitem__)) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('data-value="88.9"', 'data-value="89.0"', "population: says 89.0, its parts give 88.9"),
        ('data-value="48"', 'data-value="47"', "In a CHIN: says 47, its rows at /rows?placed=in give 48"),
        ('data-value="2"', 'data-value="3"', "joined: says 3, its rows at /rows give 2"),
        ("sum:practices", "sum:patients", "In a CHIN: /rows?placed=in can't be measured: KeyError('patients')"),
        ('data-value="88.9"', 'data-value=""', "population: says None, its parts give 88.9"),
        ('data-how="population"', 'data-how="practices"', "population: does not say how it was worked out"),
        ('data-csv="/rows">2', 'data-csv="/rows" data-less="/rows">2', "joined: says 2, its rows at /rows give 0"),
        ('data-csv="/rows">2', 'data-csv="/rows" data-of="/rows">2', "joined: says 2, its rows at /rows give 100.0"),
    ],
)
def test_a_doctored_page_is_found_out(old: str, new: str, problem: str) -> None:
    assert problem in doctored(old, new)


@pytest.mark.parametrize(
    ("html", "unmarked"),
    [
        ('<table><tr><td class="num">12</td></tr></table>', ["a number without a way to its rows: 12"]),
        ('<table><tr><td class="num"><a data-part="x">12</a> <span>+1</span></td></tr></table>', 1),
        ('<table><tr><td class="num"><a data-part="x">12</a> new</td><td>3 Sep</td></tr></table>', []),
        ('<table data-lines="rows"><tr><td class="num">12</td></tr></table>', []),
        ('<table data-lines="records"><tr><th scope="row">A</th><td class="num">12</td></tr></table>', 1),
        ('<table data-lines="records"><tr><th scope="row"><a href="/a">A</a></th></tr></table>', []),
        ('<p class="app-sentence">It rose to 88.4% by 6 December 2018.</p>', 1),
        ('<p class="app-sentence">It rose to <a data-figure="x" href="#x">88.4%</a> by 6 December 2018.</p>', []),
        ('<p class="app-figure__line">12 of 13 practices</p>', 1),
    ],
)
def test_a_number_without_a_way_to_its_rows_is_found_out(html: str, unmarked: list[str] | int) -> None:
    found = Page(html).unmarked
    assert (len(found) if isinstance(unmarked, int) else found) == unmarked


def test_a_figure_without_parts_is_found_out() -> None:
    html = re.sub(r"<a href=\"/rows\".*</a>", "", RIGHT)
    assert list(problems(Page(html), CSV.__getitem__)) == ["population: says 88.9, and has no parts"]


def test_values_are_read_as_they_were_shown() -> None:
    assert [value_of("88.9"), value_of("2018-12-06"), value_of(""), value_of("Reached", "text")] == [
        Decimal("88.9"),
        TODAY,
        None,
        "Reached",
    ]

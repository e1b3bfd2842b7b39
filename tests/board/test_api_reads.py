"""What the API reads is what the pages show: lists row for row, figures with their rows, on any day and as known."""

import csv
import io
import math
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import F
from django.test import Client
from django.urls import resolve

from budget.payments import recoveries
from budget.payments.models import Payable
from budget.payments.states import PayableState
from cc2h.accounts.models import User
from cc2h.kit.imports.views import ProblemList
from cc2h.kit.lists import ListPage
from cc2h.kit.models import Import, ImportProblem
from tests.conftest import BOARD_DAY
from tests.programs import Program

DAYS = ("", "as_at=2018-03-30", "as_at=2018-06-30&known=2018-09-01")


@pytest.fixture
def manager(demonstration: None, settings: Any) -> Program:
    """Who has asked a payment back: nobody has, in the demonstration."""
    settings.API_REQUESTS_PER_MINUTE = 100_000
    user = User.objects.get(email="manager@barnet.example")
    paid = Payable.objects.filter(state=PayableState.PAID).earliest("pk")
    recoveries.ask(by=user, about=paid.about, why="It was for another practice", day=BOARD_DAY)
    return Program(user)


@pytest.fixture
def administrator(demonstration: None, settings: Any) -> Program:
    settings.API_REQUESTS_PER_MINUTE = 100_000
    return Program(User.objects.get(email="administrator@ncl.example"))


def every_list(kind: type[ListPage] = ListPage) -> Iterator[type[ListPage]]:
    for one in kind.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield one
        yield from every_list(one)


LISTS = {
    "/practices/": "?status=all",
    "/chins/": "?status=all",
    "/practices/map/": "?status=all",
    "/practices/commissioners/": "",
    "/people/": "",
    "/papers/": "",
    "/board-days/": "",
    "/imports/": "",
    "/people/users/": "",
    "/people/access/": "",
    "/actions/": "",
    "/chins/expressions/": "",
    "/chins/expressions/1/scores/": "",
    "/chins/criteria/": "",
    "/budget/entries/": "",
    "/budget/requests/": "",
    "/budget/agreements/": "",
    "/budget/assessments/": "",
    "/budget/assessments/practices/": "",
    "/budget/assessments/vacancies/": "",
    "/budget/services/": "",
    "/budget/services/chin-infrastructure/eligible/": "",
    "/budget/services/claims/": "",
    "/budget/payments/owed/": "",
    "/budget/payments/asked-back/": "",
    "/budget/payments/refused/": "",
    "/budget/payments/single/": "",
    "/budget/payments/runs/": "",
    "/budget/payments/payees/": "",
    "/business-cases/": "",
    "/business-cases/route/": "",
    "/business-cases/cycles/library/": "",
    "/business-cases/money/": "",
    "/business-cases/money/tranches/": "",
    "/governance/": "",
    "/governance/meetings/": "",
    "/governance/health-and-care-closer-to-home-programme-board/seats/": "",
    "/governance/decisions/": "",
    "/governance/decisions/interests/": "",
    "/governance/decisions/interests/people/": "",
    "/measures/": "",
    "/measures/diabetes-prevalence/values/": "",
    "/measures/diabetes-prevalence/variation/practices/": "",
    "/qists/": "",
    "/qists/d-qist/support/": "",
    "/benefits/list/": "",
    "/benefits/years/": "",
}


def whose(path: str, manager: Program, administrator: Program) -> Program:
    return administrator if path in ("/people/users/", "/people/access/") else manager


def page_of(path: str) -> type[ListPage]:
    found: type[ListPage] = resolve(path).func.view_class  # type: ignore[attr-defined]
    return found


def test_every_list_is_asked_here() -> None:
    asked = {page_of(path) for path in LISTS} | {ProblemList}
    assert asked == {*every_list()}


@pytest.mark.parametrize("page", [*every_list()], ids=lambda page: page.__name__)
def test_a_row_is_its_number_and_the_columns_of_the_csv(page: type[ListPage]) -> None:
    columns = [name for name in page.csv_columns if name != "id"]
    assert list(page.shape.__struct_fields__) == ["id", *columns]


def as_in_csv(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return told(value)  # an amount of money is a text
    return "" if value is None else str(value)


def told(cell: str) -> str:
    """A moment, and a number with a point, as JSON writes it; any other cell as it is."""
    if re.fullmatch(r"-?\d+\.\d+", cell):
        return str(float(cell))
    try:
        return datetime.fromisoformat(cell).isoformat().replace("+00:00", "Z") if len(cell) > 20 else cell
    except ValueError:
        return cell.removeprefix("'")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_the_rows_of_its_csv_on_any_day(
    manager: Program, administrator: Program, path: str, day: str
) -> None:
    program = whose(path, manager, administrator)
    address = f"{path}{LISTS[path] or '?'}&{day}".replace("?&", "?").rstrip("?&")
    browser = Client()
    browser.force_login(program.token.user)
    answer = browser.get(f"{address}{'&' if '?' in address else '?'}format=csv")
    lines = [[told(cell) for cell in line] for line in csv.reader(io.StringIO(answer.getvalue().decode()))]
    header = lines.pop(0)
    rows = [row for page in program.pages(address, 500) for row in page]
    assert [[as_in_csv(row[name]) for name in header] for row in rows] == lines
    if not day:
        assert lines


@pytest.mark.parametrize("path", LISTS)
def test_pages_give_each_row_once_in_every_order(manager: Program, administrator: Program, path: str) -> None:
    """Ties and what is not known included: the demonstration has many of both. Rising and falling by turns; the first both."""
    program = whose(path, manager, administrator)
    start = f"{path}{LISTS[path]}"
    number = sum(len(page) for page in program.pages(start, 500))
    for turn, column in enumerate(page_of(path).sorts()):
        for sort in (column, f"-{column}") if turn == 0 else (column,) if turn % 2 else (f"-{column}",):
            address = f"{start}{'&' if '?' in start else '?'}sort={sort}"
            (whole,) = program.pages(address, 500)
            several = [*program.pages(address, math.ceil(number / 3))]
            assert [row for page in several for row in page] == whole, sort
            assert len({row["id"] for row in whole}) == number == len(whole), sort


def test_the_problems_of_a_file_have_pages_too(manager: Program) -> None:
    one = Import.objects.earliest("pk")
    for line in (3, None, 2, 2, None):
        ImportProblem.objects.create(of=one, line=line, column="PATIENTS", value="x", problem="Not a number")
    for sort, order in (("line", ("line", "pk")), ("-line", (F("line").desc(nulls_last=True), "pk"))):
        rows = [row for page in manager.pages(f"/imports/{one.pk}/problems/?sort={sort}", 2) for row in page]
        assert [row["id"] for row in rows] == list(one.problems.order_by(*order).values_list("pk", flat=True))


def figures_in(answer: Any) -> list[dict[str, Any]]:
    found = answer["figures"]
    assert found
    return list(found)


FIGURES = ("/dashboard/07M/", "/chins/barnet-1/", "/practices/Z99001/", "/dashboard/07M/still-to-join/")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("path", FIGURES)
def test_figures_are_those_of_the_page_on_any_day(manager: Program, path: str, day: str) -> None:
    address = f"{path}?{day}".rstrip("?")
    browser = Client()
    browser.force_login(manager.token.user)
    page = browser.get(address)
    answer = manager.get(address)
    assert answer.status_code == page.status_code
    if page.status_code == 200 and answer.json()["figures"]:
        words = " ".join(unescape(page.content.decode()).split())
        for figure in figures_in(answer.json()):
            assert figure["display"] in words, figure["key"]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("path", FIGURES[:2])
def test_every_part_of_a_figure_leads_to_its_rows_below_api_v1(manager: Program, path: str, day: str) -> None:
    asked = set()
    for figure in figures_in(manager.get(f"{path}?{day}".rstrip("?")).json()):
        for place in [part["rows"] for part in figure["parts"]] + [source["page"] for source in figure["sources"]]:
            if place and place.startswith("/") and place not in asked:
                asked.add(place)
                answer = manager.get(urlsplit(place)._replace(fragment="").geturl())
                assert answer.status_code == 200, (place, answer.content)
    assert asked


def test_a_day_is_kept_in_what_leads_on(manager: Program) -> None:
    answer = manager.get("/practices/?as_at=2018-03-30&limit=2").json()
    assert "as_at=2018-03-30" in answer["next"]
    assert manager.get(answer["next"].removeprefix("/api/v1")).status_code == 200


def test_a_file_comes_byte_for_byte(manager: Program) -> None:
    one = Import.objects.exclude(size_bytes=0).earliest("pk")
    answer = manager.client.get(f"/api/v1/imports/{one.pk}/file/", headers={"authorization": f"Bearer {manager.text}"})
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert len(b"".join(answer.streaming_content)) == one.size_bytes


def test_names_not_released_are_kept_from_the_board(demonstration: None) -> None:
    program = Program(User.objects.get(email="board.member@barnet.example"))
    assert program.get("/practices/?placed=out").json()["rows"] == []
    still = program.get("/dashboard/07M/still-to-join/").json()["rows"]
    assert still
    assert {row["ods_code"] for row in still} == {""}

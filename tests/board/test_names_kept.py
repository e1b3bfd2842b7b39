"""Whatever day a board member looks at, no page names an active practice that is in no CHIN on it.

On a day to come, those are not named either that are in none today. Unless their names are released.
"""

from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest

from cc2h.kit.days import month_ends
from chins.models import Chin
from practices.models import Commissioner, Practice, PracticeDetail
from tests.board.conftest import TODAY, Browser
from tests.factories import NamesReleaseFactory

DAYS = [TODAY, *month_ends(date(2017, 4, 1), date(2019, 6, 30))]
EVERY_DAY = (
    "/dashboard/07M/?since=2017-04-01",
    "/dashboard/07M/changes/?since=2017-04-01",
    "/practices/?status=all&per_page=100",
    "/practices/?status=all&format=csv",
)
BY_TURNS = (
    "/",
    "/dashboard/07M/changes/?since=2017-04-01&format=csv",
    "/dashboard/07M/still-to-join/",
    "/dashboard/07M/still-to-join/?format=csv",
    "/practices/?placed=out&status=all",
    "/chins/coverage/07M/?format=csv",
    "/papers/",
    "/people/",
)
TURNS = 9


def hidden(day: date) -> dict[str, set[str]]:
    """What may not be read as at a day: the codes of Barnet's practices in no CHIN, each with what they are called."""
    out = set(Practice.objects.unplaced(day).values_list("ods_code", flat=True))
    if day > TODAY:
        out |= set(Practice.objects.unplaced(TODAY).values_list("ods_code", flat=True))
    details = PracticeDetail.objects.filter(practice__ods_code__in=out).select_related("practice")
    barnet = details.filter(practice__standings__commissioner__ods_code="07M")
    names: dict[str, set[str]] = {}
    for detail in barnet:
        names.setdefault(detail.practice.ods_code, {detail.practice.ods_code}).add(detail.name)
    return names


def leaks(board: Browser, addresses: Iterator[str], day: date, names: dict[str, set[str]]) -> Iterator[str]:
    for address in addresses:
        answer = board.client.get(f"{address}{'&' if '?' in address else '?'}as_at={day}")
        if answer.status_code == 404:
            continue
        assert answer.status_code == 200, address
        page = unescape(answer.getvalue().decode())
        yield from (f"{address} as at {day}: {word}" for words in names.values() for word in words if word in page)


def some_pages(number: int, names: dict[str, set[str]]) -> Iterator[str]:
    """The pages of every day; by turns others, those of CHINs and practices, and what a search finds of who is hidden."""
    yield from EVERY_DAY
    yield BY_TURNS[number % len(BY_TURNS)]
    chins = Chin.objects.filter(commissioner__ods_code="07M").values_list("slug", flat=True).order_by("pk")
    yield f"/chins/{chins[number % len(chins)]}/"
    mine = Practice.objects.filter(standings__commissioner__ods_code="07M").distinct().order_by("pk")
    for code in mine.values_list("ods_code", flat=True)[number % TURNS :: TURNS]:
        yield f"/practices/{code}/"
    yield f"/practices/?status=all&format=csv&q={sorted(names)[number % len(names)]}"


@pytest.mark.parametrize("number", range(len(DAYS)))
def test_no_page_names_who_is_in_no_chin(number: int, board: Browser) -> None:
    day, names = DAYS[number], hidden(DAYS[number])
    assert names
    found = set(leaks(board, some_pages(number, names), day, names))
    assert not found, "\n".join(sorted(found))


def test_the_check_finds_names_that_are_released(board: Browser, barnet: Commissioner) -> None:
    NamesReleaseFactory(commissioner=barnet)
    names = hidden(TODAY)
    assert set(leaks(board, iter(EVERY_DAY), TODAY, names))

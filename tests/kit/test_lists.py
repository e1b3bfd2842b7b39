"""The one list page, on a small list of its own."""

import csv
import io
import re
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
import pytest
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import RequestFactory

from cc2h.kit import links
from cc2h.kit.asat import AsAt
from cc2h.kit.chips import kept_parameters
from cc2h.kit.lists import NUMERIC, ListFilters, ListPage, ListTable
from practices.models import Commissioner
from tests.factories import CommissionerFactory

DAY = date(2018, 12, 6)
pytestmark = pytest.mark.django_db


class Filters(ListFilters):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search")
    band_low = django_filters.NumberFilter(label="Band from")

    class Meta:
        model = Commissioner
        fields: list[str] = []


class Table(ListTable):
    ods_code = tables.Column(verbose_name="Code")
    name = tables.Column()
    band_low = tables.Column(verbose_name="Band", attrs=NUMERIC)
    word = tables.Column(accessor="local_word", orderable=False)

    def render_ods_code(self, value: str) -> Any:
        return self.link(value, "practices:commissioner_detail", value)

    def render_band_low(self, record: Commissioner, value: int) -> str:
        return f"{value:,} for {record.ods_code}"


class Page(ListPage):
    title = "Some commissioners"
    noun = ("commissioner", "commissioners")
    filterset_class = Filters
    table_class = Table
    default_sort = "name"
    csv_columns = {"code": "ods_code", "name": "name", "from": "band_low"}

    def permit(self) -> None:
        """Everybody may have it."""

    def queryset(self) -> QuerySet[Any]:
        return Commissioner.objects.all()


def ask(query: str = "", asat: AsAt | None = None) -> HttpRequest:
    request: Any = RequestFactory().get(f"/somewhere/?{query}")
    request.asat = asat or AsAt(DAY, None, DAY)
    return request


def made(query: str = "", asat: AsAt | None = None) -> Page:
    page = Page()
    page.setup(ask(query, asat))
    return page


def codes(page: Page) -> list[str]:
    filterset = Filters(page.request.GET, page.queryset(), request=page.request)
    assert filterset.is_valid()
    return [commissioner.ods_code for commissioner in page.fetch(filterset)[1]]


def html(query: str = "", asat: AsAt | None = None) -> str:
    return Page.as_view()(ask(query, asat)).content.decode()


@pytest.fixture
def three() -> None:
    for code, name, low in (("1AA", "Bee", 50_000), ("2AA", "Ant", None), ("3AA", "Cat", 30_000)):
        CommissionerFactory(ods_code=code, name=name, band_low=low)


def test_a_list_that_does_not_say_who_may_have_it_is_had_by_nobody() -> None:
    class Unguarded(Page):
        permit = ListPage.permit

    with pytest.raises(NotImplementedError):
        Unguarded.as_view()(ask())


def test_the_order_is_the_default_or_the_column_asked_for(three: None) -> None:
    assert codes(made()) == ["2AA", "1AA", "3AA"]
    assert codes(made("sort=-name")) == ["3AA", "1AA", "2AA"]
    assert codes(made("sort=band_low")) == ["3AA", "1AA", "2AA"]


def test_what_is_not_known_comes_last_either_way(three: None) -> None:
    assert codes(made("sort=band_low"))[-1] == "2AA"
    assert codes(made("sort=-band_low"))[-1] == "2AA"


@pytest.mark.parametrize("query", ["sort=nonsense", "sort=word", "sort=-", "sort=password"])
def test_an_order_that_makes_no_sense_is_the_default(three: None, query: str) -> None:
    assert codes(made(query)) == ["2AA", "1AA", "3AA"]


def test_every_order_ends_in_the_primary_key(three: None) -> None:
    for query in ("", "sort=-name", "sort=band_low"):
        page = made(query)
        assert page.ordered(page.queryset()).query.order_by[-1] == "pk"


def test_each_row_is_on_exactly_one_page_even_when_all_look_alike() -> None:
    CommissionerFactory.create_batch(60, name="The same", short_name="Same")
    shown = [code for number in (1, 2, 3) for code in codes(made(f"per_page=25&page={number}"))]
    assert len(shown) == len(set(shown)) == 60


@pytest.mark.parametrize(
    ("query", "number"),
    [("page=2", 2), ("page=99", 3), ("page=0", 1), ("page=-1", 1), ("page=zz", 1), ("page=99999999999", 1)],
)
def test_a_page_that_is_not_there_is_the_nearest_that_makes_sense(query: str, number: int) -> None:
    CommissionerFactory.create_batch(60)
    assert f'aria-current="page"><span class="nhsuk-u-visually-hidden">Page </span>{number}' in html(
        f"per_page=25&{query}"
    )


@pytest.mark.parametrize(("asked", "size"), [("25", 25), ("100", 100), ("7", 50), ("x", 50), ("", 50)])
def test_a_page_has_25_50_or_100_rows(asked: str, size: int) -> None:
    assert made(f"per_page={asked}").page_size == size


def test_the_page_says_how_many_and_names_the_filters_that_are_on(three: None) -> None:
    page = html("q=a&sort=-name")
    assert "2 commissioners" in page
    assert "Search: a" in page
    assert "Bee" not in page


def test_nothing_found_says_so(three: None) -> None:
    page = html("q=zebra")
    assert "Nothing matches these filters" in page
    assert "0 commissioners" in page


def test_a_filter_that_cannot_be_read_shows_its_error_and_no_rows(three: None) -> None:
    page = html("band_low=many")
    assert "Enter a number" in page
    assert "Bee" not in page
    with pytest.raises(BadRequest, match=r"there is no file to save. .*: Enter a number"):
        Page.as_view()(ask("band_low=many&format=csv"))


def test_csv_has_exactly_what_is_filtered_in_the_same_order(three: None) -> None:
    response = Page.as_view()(ask("q=a&sort=-name&format=csv&page=2&per_page=25"))
    assert response.streaming  # type: ignore[attr-defined]
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"code": "3AA", "name": "Cat", "from": "30000"},
        {"code": "2AA", "name": "Ant", "from": ""},
    ]
    assert response["Content-Disposition"].endswith('"some-commissioners-2018-12-06.csv"')


def test_links_stay_on_the_day_the_list_is_read_as_at(three: None) -> None:
    then = AsAt(date(2018, 3, 30), date(2018, 4, 1), DAY)
    page = html("as_at=2018-03-30&known=2018-04-01&q=a", then)
    assert 'href="/practices/commissioners/2AA/?as_at=2018-03-30&amp;known=2018-04-01"' in page
    assert 'href="/practices/commissioners/3AA/?as_at=2018-03-30&amp;known=2018-04-01"' in page
    assert "as_at=2018-03-30&amp;known=2018-04-01&amp;q=a&amp;format=csv" in page
    assert '<input type="hidden" name="as_at" value="2018-03-30">' in page


def test_cells_are_escaped() -> None:
    CommissionerFactory(name="<script>alert(1)</script>")
    assert "<script>alert" not in html()


def test_what_a_form_left_empty_is_not_carried_along() -> None:
    """Without JavaScript a browser sends the empty fields of a form along."""
    request = ask("q=&known=&sort=name&band_low=1")
    assert links.this_page(request, page=2) == "/somewhere/?sort=name&band_low=1&page=2"
    form = Filters(request.GET, Commissioner.objects.all(), request=request).form
    assert kept_parameters(form, request) == [("sort", "name")]


def headers(page: str) -> list[str]:
    """The columns shown, by the text of their heads."""
    heads = re.findall(r'<th role="columnheader".*?</th>', page, re.DOTALL)
    return [re.sub(r"<.*?>|[▲▼]", "", head, flags=re.DOTALL).strip() for head in heads]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Code", "Name", "Band", "Word"]),
        ("columns=name", ["Code", "Name"]),
        ("columns=band_low,name", ["Code", "Name", "Band"]),
        ("columns=ods_code&columns=name&columns=word", ["Code", "Name", "Word"]),
        ("columns=ods_code", ["Code"]),
        ("columns=name,password,nonsense", ["Code", "Name"]),
        ("columns=nonsense", ["Code", "Name", "Band", "Word"]),
        ("columns=", ["Code", "Name", "Band", "Word"]),
    ],
)
def test_the_columns_asked_for_are_shown_and_the_row_s_heading_always(
    three: None, query: str, shown: list[str]
) -> None:
    page = html(query)
    assert headers(page) == shown
    assert page.count('<th role="rowheader"') == 3
    assert ("50,000 for 1AA" in page) == ("Band" in shown)


def test_the_order_may_be_by_a_column_that_is_not_shown(three: None) -> None:
    page = html("sort=-band_low&columns=name")
    assert [page.index(name) for name in ("Bee", "Cat", "Ant")] == sorted(map(page.index, ("Bee", "Cat", "Ant")))


def test_a_column_that_the_page_leaves_out_can_t_be_chosen(three: None) -> None:
    class Narrow(Page):
        def exclude(self, filterset: ListFilters) -> list[str]:
            return ["word"]

    page = Narrow.as_view()(ask("columns=name,word")).content.decode()
    assert headers(page) == ["Code", "Name"]
    assert "column-word" not in page


def test_choosing_columns_keeps_the_filters_the_order_and_the_day(three: None) -> None:
    then = AsAt(date(2018, 3, 30), None, DAY)
    page = html("as_at=2018-03-30&q=a&sort=-name&columns=band_low", then)
    form = re.search(r'<form class="app-how__body app-columns".*?</form>', page, re.DOTALL)
    assert form is not None
    for name, value in (("as_at", "2018-03-30"), ("q", "a"), ("sort", "-name"), ("columns", "ods_code")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form[0]
    ticked = re.findall(r'value="(\w+)" checked', form[0])
    assert ticked == ["band_low"]
    assert '<input type="hidden" name="columns" value="band_low">' in page  # with the filters


def test_a_file_has_every_column_whatever_is_shown_and_the_page_says_so(three: None) -> None:
    text = b"".join(Page.as_view()(ask("columns=name&format=csv")).streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines()[0] == "code,name,from"
    assert "(with every column)" in html("columns=name")
    assert "(with every column)" not in html()


def test_pages_left_out_of_the_row_of_pages_are_no_link() -> None:
    CommissionerFactory.create_batch(250)
    page = html("per_page=25&page=1")
    assert "…" in page
    assert not re.search(r"<a[^>]*>(?:(?!</a>).)*…", page, re.DOTALL)

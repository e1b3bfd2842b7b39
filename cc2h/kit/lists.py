"""The one list page.

A room declares a queryset, a filter set and a table; everything else is the same everywhere: filters beside
the list with a chip to take each off, order by any column (ending in the primary key, so that no row is
shown twice or never), 25, 50 or 100 to a page, the number of rows in a sentence, and a CSV of exactly what
is filtered, streamed. All of it stands in the URL, together with the day the page is read as at.

    class PracticeTable(ListTable):
        name = Column(verbose_name="Practice", attrs=ROW_HEADER)
        patients = Column(attrs=NUMERIC)

        def render_name(self, record, value):
            return self.link(value, "practices:practice_detail", record.ods_code)

    class PracticeList(ListPage):
        title = "Practices"
        noun = ("practice", "practices")
        filterset_class = PracticeFilters        # a ListFilters
        table_class = PracticeTable
        default_sort = "name"                    # a column of the table, or "-column"
        csv_columns = {"ods_code": "ods_code", "commissioner": "commissioner__ods_code"}  # header: field

        def permit(self) -> None:                # raise PermissionDenied or Http404
        def queryset(self) -> QuerySet:          # what this person may see; self.request, self.asat

Parameters: those of the filters, `sort=column` or `sort=-column`, `page`, `per_page`, `columns=name,chin` (the row's
heading always stays), `format=csv`, `format=xlsx` (with every column, whatever is shown). A value that makes no sense
never fails: a filter that can't be read shows its error and no rows, an unknown order, column or page falls back to
the default, a page too far is the last one.

What stands in the address can be saved as a view under a name, above every list: cc2h.kit.saved.

The same rows are the API's, at the same address after /api/v1: `shape` is a row as JSON, an `id` and the columns of the CSV,
and `cursor` and `limit` take the place of the pages.

A page may also override `summarise` (the count and the sentence about it), `rows` (how one page's rows are
fetched), `fetch` (both in one, for lists of thousands), `export` (the CSV's rows), `exclude` (columns that say
nothing here) and `context`. The template is templates/kit/list.html; extend it to fill `actions` or `above`.
"""

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, ClassVar

import django_tables2 as tables
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from django.views import View
from django_filters import Filter, FilterSet
from django_tables2.data import TableListData
from jinja2 import Environment
from markupsafe import escape as escaped

from cc2h.kit import exports, history, links, words
from cc2h.kit.api import paging
from cc2h.kit.api.calls import call_of, respond
from cc2h.kit.api.problems import FieldError, Problem
from cc2h.kit.api.shapes import amounts_of, pounds
from cc2h.kit.api.spec import Spec
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.saved.queries import shelf

PAGE_SIZES = (25, 50, 100)
DEFAULT_PAGE_SIZE = 50
NUMERIC = {"td": {"class": "num"}}  # attrs of a column of numbers


class ListFilters(FilterSet):
    """The filters of a list; `asat` are the days it is read as at.

    They are copied for each request only as deep as a request changes them.
    same_as_empty: a filter's value that says the same as none, which it does not offer.
    """

    same_as_empty: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Any, queryset: Any, *, request: HttpRequest) -> None:
        self.is_bound, self.data, self.queryset = True, data, queryset
        self.request, self.form_prefix = request, None
        self.filters = {name: self._copy(one) for name, one in self.base_filters.items()}
        self.asat = asat_of(request)

    def _copy(self, one: Filter) -> Filter:
        mine = copy(one)
        mine.extra, mine.model, mine.parent = dict(one.extra), self._meta.model, self
        mine.method = one.method  # binds it to the copy
        return mine

    def offer(self, name: str, choices: Sequence[tuple[str, str]], *, fewest: int) -> None:
        """The choices of a filter, which is left out where there are fewer and none is asked for."""
        self.filters[name].extra["choices"] = choices
        if len(choices) < fewest and not self.data.get(name):
            del self.filters[name]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows the filters let through, and the sentence under the heading that says so."""

    count: int
    sentence: str


class _PageRows(TableListData):
    """The rows of one page, already in order: the table must not sort them again."""

    def order_by(self, aliases: Any) -> None:
        return None


class ListTable(tables.Table):
    """A table of a list page. `render_x` methods write cells; `self.asat` is the day links are carried to."""

    asat: AsAt
    exclude: Sequence[str]
    choices: Sequence[tuple[str, Any]] = ()  # the columns that can be left out: name, header
    hidden: Collection[str] = ()  # those of them that are, by choice

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._addresses: links.Addresses | None = None  # the day is told after this
        super().__init__(*args, **kwargs)

    class Meta:
        order_by_field = "sort"
        default = words.DASH

    @property
    def row_header(self) -> str:
        """The column that heads each row."""
        return self.attrs.get("row_header") or self.columns.names()[0]

    def choose(self, names: Collection[str]) -> None:
        """Show only these columns, and the row's heading; all of them where none of the names is a column's."""
        header = self.row_header
        self.choices = [(column.name, column.header) for column in self.columns if column.name != header]
        if header in names or any(name in names for name, _ in self.choices):
            self.hidden = [name for name, _ in self.choices if name not in names]
            self.exclude = (*self.exclude, *self.hidden)

    def link(self, text: Any, name: str, /, *args: Any, **query: Any) -> SafeString:
        """A link to route `name`, on the day the list is read as at."""
        return SafeString(f'<a href="{escaped(self.address(name, *args, **query))}">{_html(text)}</a>')

    def address(self, name: str, /, *args: Any, **query: Any) -> str:
        """The address of route `name`."""
        if self._addresses is None:
            self._addresses = links.Addresses(self.asat)
        return self._addresses.of(name, *args, **query)

    def tag(self, state: str, text: str | None = None) -> SafeString:
        """A state as components/tags.html draws it."""
        return state_tag(state, text)

    @property
    def lines(self) -> Iterator[SafeString]:
        """The rows as HTML. What is the same all down a column is worked out once, not once a cell."""
        header = self.row_header
        cells = []
        for column in self.columns:
            start, end = '<th role="rowheader" scope="row">', "</th>"
            if column.name != header:
                kind = column.column.attrs.get("td", {}).get("class", "")
                kind = f' class="{escaped(kind)}"' if kind else ""
                start, end = f'<td role="cell"{kind} data-label="{escaped(column.header)}">', "</td>"
            cells.append((start, self._writer(column), end))
        for record in self.data:
            line = "".join([f"{start}{_html(write(record))}{end}" for start, write, end in cells])
            yield SafeString(f'<tr role="row">{line}</tr>\n')

    def _writer(self, column: Any) -> Callable[[Any], Any]:
        read, default, blank = _reader(column.accessor), column.default, column.column.empty_values
        method = getattr(self, f"render_{column.name}", None)
        if method is None:
            return lambda record: default if (value := read(record)) in blank else value
        wanted = _parameters(getattr(type(self), method.__name__))
        if wanted == ("record",):
            return lambda record: default if blank and read(record) in blank else method(record)
        if wanted == ("value",):
            return lambda record: default if (value := read(record)) in blank else method(value)
        return lambda record: default if (value := read(record)) in blank else method(record=record, value=value)


def _html(cell: Any) -> str:
    return cell if type(cell) is SafeString else escaped(cell)


def _reader(accessor: str) -> Callable[[Any], Any]:
    """Reads a column's value from a record: a key of a mapping, an attribute, or a longer path."""
    path = tables.A(accessor)

    def read(record: Any) -> Any:
        if isinstance(record, Mapping) and accessor in record:
            return record[accessor]
        value = getattr(record, accessor, read)  # itself where there is none of that name
        return path.resolve(record, quiet=True) if value is read else value

    return read


@cache
def _parameters(method: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(method).parameters)[1:]


@cache
def state_tag(state: str, text: str | None = None) -> SafeString:
    """The tag of a state, from the one template that knows their words, shapes and colours."""
    environment: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    macros: Any = environment.get_template("components/tags.html").module
    return mark_safe(macros.status_tag(state, text))  # noqa: S308 - a template of ours, which escapes


def _at(row: Any, path: str) -> Any:
    """What stands in a row at a path of fields, as in payable__payee; None where the path breaks off."""
    for name in path.split("__") if path else ():
        row = getattr(row, name, None)
    return row


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows, so many at a time."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


class ListPage(View):
    """A list; see the module's text."""

    title: ClassVar[str]
    noun: ClassVar[tuple[str, str]] = ("row", "rows")
    filterset_class: ClassVar[type[ListFilters]]
    table_class: ClassVar[type[ListTable]]
    default_sort: ClassVar[str]
    csv_columns: ClassVar[Mapping[str, str]]
    shape: ClassVar[Any] = None  # a row of the API: a msgspec.Struct: `id`, then the columns of the CSV
    api: ClassVar[Spec | None] = None
    template_name: ClassVar[str] = "kit/list.html"
    told: ClassVar[
        Mapping[str, Sequence[str]]
    ] = {}  # governed records by their path in a row → facts shown as of the day
    empty_title: ClassVar[str] = "Nothing matches these filters"
    empty_text: ClassVar[str] = ""

    asat: AsAt

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.api = Spec() if cls.shape is not None else None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.asat = asat_of(request)

    # What a room declares ----------------------------------------------------------------------------
    def permit(self) -> None:
        """Raise PermissionDenied or Http404 when this person may not have the page."""
        raise NotImplementedError

    def queryset(self) -> QuerySet[Any]:
        """Every row this person may see on this day."""
        raise NotImplementedError

    def summarise(self, filterset: ListFilters) -> Summary:
        """How many rows pass the filters, in a sentence."""
        count = filterset.qs.count()
        return Summary(count, words.plural(count, *self.noun))

    def rows(self, ordered: QuerySet[Any], start: int, stop: int) -> Sequence[Any]:
        """The records of one page, in order."""
        found = list(ordered[start:stop])
        self._tell(found)
        return found

    def _tell(self, rows: Sequence[Any]) -> None:
        """What the page's day knew of governed records (`told`)."""
        for path, facts in self.told.items():
            history.tell([_at(row, path) for row in rows], self.asat, *facts)

    def fetch(self, filterset: ListFilters) -> tuple[Summary, Sequence[Any]]:
        """What the filters let through, and the records of the page asked for (or the last, if it is too far)."""
        summary = self.summarise(filterset)
        page = self.paginator(summary).get_page(self.page_number)
        if not summary.count:
            return summary, ()
        return summary, self.rows(self.ordered(filterset.qs), page.start_index() - 1, page.end_index())

    def numbered(self, ordered: QuerySet[Any]) -> Iterable[Sequence[Any]]:
        """The primary key, then the columns of `csv_columns`, of each row, read through a cursor of the server."""
        if self.told and not self.asat.is_today:
            return self._as_told(ordered)
        return ordered.values_list("pk", *self.csv_columns.values()).iterator(chunk_size=exports.ROWS_FETCHED)

    def _as_told(self, ordered: QuerySet[Any]) -> Iterable[Sequence[Any]]:
        for rows in batched(ordered.iterator(chunk_size=exports.ROWS_FETCHED), exports.ROWS_FETCHED):
            self._tell(rows)
            yield from ((row.pk, *(_at(row, path) for path in self.csv_columns.values())) for row in rows)

    def export(self, ordered: QuerySet[Any]) -> Iterable[Sequence[Any]]:
        """The CSV's rows, in the order of `csv_columns`."""
        return (row[1:] for row in self.numbered(ordered))

    def beyond(self, queryset: Any, key: Sequence[Any] | None, limit: int) -> tuple[list[Sequence[Any]], Any]:
        """At most `limit` of the numbered rows, those that come after `key` in the list's order.

        Also the key of the last, or None where no row comes after it.
        """
        if key is not None:
            queryset = paging.after(queryset, self.terms, key)
        names = [str(field.name) for field, _ in self.terms]  # type: ignore[attr-defined]
        keys = list(self.ordered(queryset).values_list(*names, "pk")[: limit + 1])
        shown = [found[-1] for found in keys[:limit]]
        rows = {row[0]: row for row in self.numbered(self.ordered(queryset.filter(pk__in=shown)))} if shown else {}
        return [rows[pk] for pk in shown if pk in rows], keys[limit - 1] if len(keys) > limit else None

    def exclude(self, filterset: ListFilters) -> Sequence[str]:
        """Columns that say nothing on this page, such as the commissioner for somebody who sees only one."""
        return ()

    def context(self) -> dict[str, Any]:
        """What the page's own template needs besides."""
        return {}

    # What is the same everywhere ---------------------------------------------------------------------
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.permit()
        filterset = self.filterset_class(request.GET, self.queryset(), request=request)
        if call_of(request) is not None:
            return self._api(filterset)
        if exports.wanted(request):
            return self._export(filterset)
        return self._page(filterset)

    def _export(self, filterset: ListFilters) -> HttpResponseBase:
        if not filterset.is_valid():
            form = filterset.form
            wrong = " ".join(f"{form[name].label}: {' '.join(errors)}" for name, errors in form.errors.items())
            raise BadRequest(f"Some filters can’t be read, so there is no file to save. {wrong}")
        ordered = self.ordered(filterset.qs)
        rows = self.export(ordered)
        return exports.table_response(self.request, self.title, self.asat.day, list(self.csv_columns), rows)

    def _api(self, filterset: ListFilters) -> HttpResponse:
        if not filterset.is_valid():
            errors = filterset.form.errors.items()
            raise Problem(400, "", errors=[FieldError(name, str(said)) for name, told in errors for said in told])
        given = self.request.GET
        limit, sort, path = paging.limit_of(given.get("limit", "")), self.sort, self.request.path
        if given.get("sort") not in (None, "", sort):
            raise Problem(400, f"“sort” can be {words.listed(self.sorts(), 'or')}, also with a minus before it.")
        rows, last = self.beyond(filterset.qs, paging.read(path, sort, given.get("cursor", "")), limit)
        following = None
        if last is not None:
            following = links.this_page(self.request, cursor=paging.written(path, sort, last))
        header, money = ("id", *self.csv_columns), amounts_of(self.shape)
        found = [dict(zip(header, row, strict=True)) for row in rows]
        for row in found if money else ():
            row.update({name: pounds(row[name]) for name in money})
        return respond({"rows": found, "next": following})

    def _page(self, filterset: ListFilters) -> HttpResponse:
        summary: Summary = Summary(0, "Some filters can’t be read")
        rows: Sequence[Any] = ()
        if filterset.is_valid():
            summary, rows = self.fetch(filterset)
        context = {
            "heading": self.title,
            "lede": summary.sentence,
            "filter": filterset,
            "table": self.table(filterset, rows),
            "saved": shelf(self.request),
            "page": self.paginator(summary).get_page(self.page_number),
            "noun": self.noun,
            "csv": links.this_page(self.request, format="csv", page=None, per_page=None) if self.csv_columns else "",
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
        }
        return render(self.request, self.template_name, context | self.context())

    def table(self, filterset: ListFilters, rows: Sequence[Any]) -> ListTable:
        """The table of these rows, with the columns asked for."""
        table = self.table_class(_PageRows(list(rows)), order_by=self.sort, exclude=self.exclude(filterset))
        table.asat = self.asat
        table.choose({name for asked in self.request.GET.getlist("columns") for name in asked.split(",")})
        return table

    def paginator(self, summary: Summary) -> Paginator:
        return Paginator(range(summary.count), self.page_size)

    @property
    def page_size(self) -> int:
        asked = self.request.GET.get("per_page", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else DEFAULT_PAGE_SIZE

    @property
    def page_number(self) -> int:
        """The page asked for, from 1; it may be too far."""
        asked = self.request.GET.get("page", "")
        return max(1, int(asked)) if re.fullmatch(r"\d{1,7}", asked, re.ASCII) else 1

    @classmethod
    def sorts(cls) -> list[str]:
        """The columns that the list can be ordered by."""
        return [name for name, column in cls.table_class.base_columns.items() if column.orderable is not False]

    @property
    def sort(self) -> str:
        """The order asked for, or the list's own when that column is unknown or can't be sorted."""
        asked = self.request.GET.get("sort", "")
        return asked if asked.removeprefix("-") in self.sorts() else self.default_sort

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def terms(self) -> list[tuple[F, bool]]:
        """What the rows are ordered by: each field, and whether it falls."""
        name = self.sort.removeprefix("-")
        column = self.table_class.base_columns[name]
        fields = [str(field) for field in column.order_by or (column.accessor or name,)]
        return [
            (F(field.removeprefix("-").replace(".", "__")), self.falling != field.startswith("-")) for field in fields
        ]

    def ordered(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """In the order asked for, what is not known last, ties by primary key."""
        terms = [field.desc(nulls_last=True) if falls else field.asc(nulls_last=True) for field, falls in self.terms]
        return queryset.order_by(*terms, "pk")

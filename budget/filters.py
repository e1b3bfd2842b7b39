"""What the ledger can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from budget import queries
from budget.kinds import EntryKind
from budget.models import Entry, Refusal, Request, RequestKind, RequestState
from cc2h.kit.days import NotADay, parse_year, year_in_address, year_name
from cc2h.kit.forms import DayField
from practices.filters import ByCommissioner

NO_CHIN = "none"


class DayFilter(filters.Filter):
    """A day the portal knows."""

    field_class = DayField


class EntryFilters(ByCommissioner):
    """Every entry, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Reason or document")
    commissioner = filters.ChoiceFilter(
        field_name="line__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    line = filters.ChoiceFilter(field_name="line__slug", label="Budget line", empty_label="Any")
    year = filters.ChoiceFilter(method="of_year", label="Financial year", empty_label="Any")
    inside = filters.ChoiceFilter(
        method="by_inside",
        label="Programme budget",
        choices=[("yes", "Inside it"), ("no", "Outside it")],
        empty_label="Inside or outside",
    )
    kind = filters.ChoiceFilter(label="Kind", choices=EntryKind.choices, empty_label="Any")
    chin = filters.ChoiceFilter(method="of_chin", label="CHIN", empty_label="Any, or none")
    first = DayFilter(field_name="day", lookup_expr="gte", label="From day")
    last = DayFilter(field_name="day", lookup_expr="lte", label="To day")

    class Meta:
        model = Entry
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        found = queries.entry_choices(request.user)
        self.offer("line", found.lines, fewest=2)
        self.offer("chin", [(NO_CHIN, "Not delegated"), *found.chins], fewest=2)
        # a figure of a year for which nothing is entered leads here too
        years = sorted({*found.years, *self._year_asked()}, reverse=True)
        self.offer("year", [(year_in_address(year), year_name(year)) for year in years], fewest=2)

    def _year_asked(self) -> list[int]:
        try:
            return [parse_year(self.data.get("year", ""))]
        except NotADay:
            return []

    def search(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return entries.filter(Q(reason__icontains=value) | Q(document__icontains=value))

    def of_year(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return entries.filter(year=parse_year(value))

    def by_inside(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return entries.filter(line__inside=value == "yes")

    def of_chin(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return entries.filter(chin=None) if value == NO_CHIN else entries.filter(chin__slug=value)


class RequestFilters(ByCommissioner):
    """Virements and cuts."""

    q = filters.CharFilter(method="search", label="Search", help_text="Reason, document or line")
    commissioner = filters.ChoiceFilter(
        field_name="line__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    state = filters.ChoiceFilter(label="State", choices=RequestState.choices, empty_label="Any")
    kind = filters.ChoiceFilter(label="Kind", choices=RequestKind.choices, empty_label="Any")

    class Meta:
        model = Request
        fields: list[str] = []

    def search(self, asked: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return asked.filter(Q(reason__icontains=value) | Q(document__icontains=value) | Q(line__name__icontains=value))


class RefusalFilters(ByCommissioner):
    """Everything that was refused."""

    q = filters.CharFilter(method="search", label="Search", help_text="Of what, why, or by whom")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    what = filters.ChoiceFilter(label="What was tried", empty_label="Anything")

    class Meta:
        model = Refusal
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("what", [(one, one) for one in queries.refused_kinds(queryset)], fewest=2)

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(name__icontains=value) | Q(said__icontains=value) | Q(by__name__icontains=value))

"""What the library, and the values of a measure, can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.http import HttpRequest, QueryDict

from cc2h.kit.lists import ListFilters
from kpis import queries
from kpis.models import Initiative, Measure, PracticeValue
from kpis.periods import period_name


class MeasureFilters(ListFilters):
    q = filters.CharFilter(method="search", label="Search", help_text="Name, code or source")
    initiative = filters.ChoiceFilter(label="Initiative", choices=Initiative.choices, empty_label="Any")
    state = filters.ChoiceFilter(method="in_state", label="State", choices=queries.STATES, empty_label="Any")

    class Meta:
        model = Measure
        fields: list[str] = []

    def search(self, found: Any, name: str, value: str) -> Any:
        return found.filter(Q(name__icontains=value) | Q(code__icontains=value) | Q(source__icontains=value))

    def in_state(self, found: Any, name: str, value: str) -> Any:
        return found.filter(targeted=False) if value == "no-target" else found.filter(state=value)


class ValueFilters(ListFilters):
    """Values of a period; the queryset is that period's already."""

    q = filters.CharFilter(method="search", label="Search", help_text="Practice or code")
    period = filters.ChoiceFilter(method="as_it_is", label="Period", empty_label=None)
    commissioner = filters.ChoiceFilter(label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(label="CHIN", empty_label="Any, or none")

    class Meta:
        model = PracticeValue
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: Any, *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        periods = [(ends.isoformat(), period_name(ends, months)) for ends, months in queryset.periods]
        self.offer("period", periods, fewest=1)
        places = list(queryset.order_by().values_list("commissioner", "chin", "chin_name").distinct())
        self.offer("commissioner", sorted({(code, code) for code, _, _ in places if code}), fewest=2)
        chins = sorted({(slug, name) for _, slug, name in places if slug}, key=lambda one: one[1])
        self.offer("chin", chins, fewest=1)

    def search(self, found: Any, name: str, value: str) -> Any:
        return found.filter(Q(name__icontains=value) | Q(code__istartswith=value))

    def as_it_is(self, found: Any, name: str, value: str) -> Any:
        return found

"""What services, and the list of one, can be filtered by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from budget.lcs import queries
from budget.lcs.models import ClaimState, Eligible, Service
from budget.lcs.service_states import ServiceState
from cc2h.kit.lists import ListFilters
from practices.filters import ByCommissioner

NO_CHIN = "none"
STATES = [("answered", "Answered: sent in, returned, payable or paid"), ("none", "No claim yet"), *ClaimState.choices]


class ServiceFilters(ByCommissioner):
    """Every service, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or purpose")
    commissioner = filters.ChoiceFilter(
        field_name="line__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    state = filters.ChoiceFilter(label="State", choices=ServiceState.choices, empty_label="Any")

    class Meta:
        model = Service
        fields: list[str] = []

    def search(self, services: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return services.filter(Q(name__icontains=value) | Q(purpose__icontains=value))


class PlaceFilters(ListFilters):
    """The practices of a list, as `queries.places` gives them for a stage."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or code")
    stage = filters.ChoiceFilter(method="as_it_is", label="Stage", empty_label=None)
    state = filters.ChoiceFilter(method="of_state", label="Claim", choices=STATES, empty_label="Any")
    chin = filters.ChoiceFilter(method="of_chin", label="CHIN", empty_label="Any, or none")
    placed = filters.ChoiceFilter(
        method="by_placed", label="Networks", choices=[("in", "in a CHIN")], widget=forms.HiddenInput
    )
    output = filters.ChoiceFilter(method="with_output", label="Output accepted", empty_label="Any, or none")

    class Meta:
        model = Eligible
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: Any, *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        listed: queries.Listed = queryset.listed
        self.current = listed.stage
        numbers = [(str(one.number), one.name) for one in listed.stages]
        self.offer("stage", numbers, fewest=2)
        outputs = [(str(one.number), one.name) for one in listed.stage.outputs.all()] if listed.stage else []
        self.offer("output", outputs, fewest=1)
        rows = queryset.exclude(chin_slug=None).order_by("chin_name", "chin_slug")
        chins = list(rows.values_list("chin_slug", "chin_name").distinct())
        self.offer("chin", [(NO_CHIN, "Not in a CHIN"), *chins], fewest=2)
        if not listed.named:
            del self.filters["q"]

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(code__istartswith=value))

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        """The rows are the stage's already."""
        return rows

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        return queries.of_state(rows, value)

    def of_chin(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(chin_slug=None) if value == NO_CHIN else rows.filter(chin_slug=value)

    def by_placed(self, rows: Any, name: str, value: str) -> Any:
        return rows.exclude(chin_slug=None)

    def with_output(self, rows: Any, name: str, value: str) -> Any:
        return queries.has_accepted(rows, self.current, value, self.asat) if self.current else rows

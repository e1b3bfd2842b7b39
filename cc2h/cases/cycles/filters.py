"""What the library can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.cases.cycles import queries
from cc2h.cases.cycles.states import Act
from cc2h.cases.models import Case, Topic
from cc2h.cases.states import FINISHED
from practices.filters import ByCommissioner


class LibraryFilters(ByCommissioner):
    q = filters.CharFilter(method="search", label="Search", help_text="Title, problem or what was learned")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(field_name="chin__slug", label="CHIN", empty_label="Any")
    topic = filters.ChoiceFilter(label="Topic", choices=Topic.choices, empty_label="Any")
    state = filters.ChoiceFilter(
        label="Result", choices=[(one.value, one.label) for one in FINISHED], empty_label="Any"
    )
    act = filters.ChoiceFilter(label="Last cycle", choices=Act.choices, empty_label="Any")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("chin", queries.chin_choices(request.user), fewest=2)

    def search(self, cases: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return cases.filter(Q(title__icontains=value) | Q(problem__icontains=value) | Q(learned__icontains=value))

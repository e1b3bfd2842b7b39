"""What business cases can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.cases import queries
from cc2h.cases.models import Case, Topic
from cc2h.cases.stages import BY_KEY
from cc2h.cases.states import CaseState
from practices.filters import ByCommissioner, FromTo

STAGES = [(stage.key, stage.title) for stage in BY_KEY.values()]
OUTSIDE = [("yes", "Outside the programme"), ("no", "In the programme")]


class CaseFilters(ByCommissioner):
    """Every case, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Number, title or problem")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    chin = filters.ChoiceFilter(field_name="chin__slug", label="CHIN", empty_label="Any")
    stage = filters.ChoiceFilter(method="of_stage", label="Stage", choices=STAGES, empty_label="Any")
    state = filters.ChoiceFilter(field_name="state_on", label="State", choices=CaseState.choices, empty_label="Any")
    topic = filters.ChoiceFilter(label="Topic", choices=Topic.choices, empty_label="Any")
    asked = filters.RangeFilter(field_name="asked_on", label="Asks for, in pounds", widget=FromTo)
    outside = filters.ChoiceFilter(method="by_area", label="Area", choices=OUTSIDE, empty_label="Any")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: Any, *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("chin", queries.chin_choices(request.user), fewest=2)

    def search(self, cases: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return cases.filter(
            Q(title__icontains=value) | Q(problem__icontains=value) | Q(number__startswith=value.strip())
        )

    def of_stage(self, cases: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return cases.filter(state_on__in=BY_KEY[value].states)

    def by_area(self, cases: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return cases.filter(excluded="") if value == "no" else cases.exclude(excluded="")

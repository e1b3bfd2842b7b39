"""What lists of the assessment can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from budget.baseline import queries
from budget.baseline.models import Assessment, Staffing
from budget.baseline.questions import ROLES
from cc2h.kit.lists import ListFilters
from practices.filters import ByCommissioner
from practices.models import Practice


class RoundFilters(ByCommissioner):
    """Every round, unless asked otherwise."""

    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search", help_text="Name")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")

    class Meta:
        model = Assessment
        fields: list[str] = []


class _OfARound(ListFilters):
    """The round is the newest unless asked otherwise; the list itself is of it."""

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("round", queries.round_choices(request.user), fewest=2)
        assessment = queries.round_asked(request.user, data.get("round", ""), self.asat)
        self.offer("chin", queries.chin_choices(request.user, assessment, self.asat), fewest=2)

    def as_it_is(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found


class ProgressFilters(_OfARound):
    """Every practice that the round asks, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or code")
    round = filters.ChoiceFilter(method="as_it_is", label="Round", empty_label="The newest")
    chin = filters.ChoiceFilter(field_name="chin_slug", label="CHIN", empty_label="Any, or none")
    state = filters.ChoiceFilter(label="State", choices=[*queries.STATES.items()], empty_label="Any")

    class Meta:
        model = Practice
        fields: list[str] = []

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(name__icontains=value) | Q(ods_code__icontains=value))


class VacancyFilters(_OfARound):
    """Every vacant post that was sent in, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Practice")
    round = filters.ChoiceFilter(method="as_it_is", label="Round", empty_label="The newest")
    chin = filters.ChoiceFilter(field_name="chin", label="CHIN", empty_label="Any, or none")
    role = filters.ChoiceFilter(label="Role", choices=[*ROLES.items()], empty_label="Any")

    class Meta:
        model = Staffing
        fields: list[str] = []

    def search(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(practice_name__icontains=value) | Q(practice__icontains=value))

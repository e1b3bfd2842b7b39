"""What the money of cases can be filtered by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.cases.funding import queries
from cc2h.cases.funding.models import Share, Tranche
from cc2h.cases.funding.querysets import TRANCHES
from cc2h.cases.funding.states import TrancheState
from practices.filters import ByCommissioner

OWED = "owed"  # released, or its payment came back
CASE = "payer__submission__case"


class ShareFilters(ByCommissioner):
    q = filters.CharFilter(method="search", label="Search", help_text="Number or title of the case")
    commissioner = filters.ChoiceFilter(
        field_name=f"{CASE}__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    chin = filters.ChoiceFilter(field_name=f"{CASE}__chin__slug", label="CHIN", empty_label="Any")
    left = filters.ChoiceFilter(
        method="by_left", label="Left to plan", choices=[("yes", "Something"), ("no", "Nothing")], empty_label="Any"
    )
    case = filters.CharFilter(field_name=f"{CASE}__number", label="Case", widget=forms.HiddenInput)
    year = filters.NumberFilter(label="Financial year", widget=forms.HiddenInput)

    class Meta:
        model = Share
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.offer("chin", queries.chin_choices(request.user, self.asat), fewest=2)

    def search(self, shares: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return shares.filter(
            Q(**{f"{CASE}__title__icontains": value}) | Q(**{f"{CASE}__number__startswith": value.strip()})
        )

    def by_left(self, shares: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return shares.filter(left__gt=0) if value == "yes" else shares.filter(left=0)


class TrancheFilters(ByCommissioner):
    q = filters.CharFilter(method="search", label="Search", help_text="Case, what for or payee")
    commissioner = filters.ChoiceFilter(
        field_name="case__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    state = filters.ChoiceFilter(
        method="by_state", label="State", choices=[*TrancheState.choices, (OWED, "Not paid yet")], empty_label="Any"
    )
    case = filters.CharFilter(field_name="case__number", label="Case", widget=forms.HiddenInput)
    year = filters.NumberFilter(label="Financial year", widget=forms.HiddenInput)

    class Meta:
        model = Tranche
        fields: list[str] = []

    def by_state(self, tranches: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return tranches.filter(state_on__in=TRANCHES["released"] if value == OWED else [value])

    def search(self, tranches: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return tranches.filter(
            Q(case__title__icontains=value)
            | Q(case__number__startswith=value.strip())
            | Q(what__icontains=value)
            | Q(payee__name__icontains=value)
        )

"""What claims can be filtered by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from budget.lcs import claim_queries as queries
from budget.lcs.models import Claim
from budget.lcs.states import ClaimState
from cc2h.kit.asat import asat_of
from practices.filters import ByCommissioner

NO_CHIN = "none"
AGES = [
    ("7", "More than a week"),
    ("28", "More than four weeks"),
    ("90", "More than 90 days"),
    *((band.key, band.label) for band in queries.BANDS),
]


class ClaimFilters(ByCommissioner):
    """Every claim, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Practice, its code, or service")
    commissioner = filters.ChoiceFilter(
        field_name="stage__service__line__commissioner__ods_code", label="Commissioner", empty_label="Any"
    )
    service = filters.ChoiceFilter(field_name="stage__service__slug", label="Service", empty_label="Any")
    stage = filters.ChoiceFilter(field_name="stage__number", label="Stage", empty_label="Any")
    state = filters.ChoiceFilter(field_name="state_on", label="State", choices=ClaimState.choices, empty_label="Any")
    chin = filters.ChoiceFilter(method="of_chin", label="CHIN", empty_label="Any, or none")
    age = filters.ChoiceFilter(
        method="of_age", label="Waiting to be verified for", choices=AGES, empty_label="Any time"
    )
    lapsed = filters.ChoiceFilter(
        method="by_lapsed", label="What was accepted", choices=[("yes", "Has lapsed since")], empty_label="Any"
    )
    practice = filters.CharFilter(field_name="practice__ods_code", lookup_expr="iexact", widget=forms.HiddenInput)

    class Meta:
        model = Claim
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        found = queries.choices(queryset)
        self.offer("service", found.services, fewest=2)
        self.offer("stage", found.stages, fewest=2)
        self.offer("chin", [(NO_CHIN, "In none"), *found.chins], fewest=2)

    def search(self, claims: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return claims.filter(
            Q(practice_name__icontains=value)
            | Q(practice__ods_code__icontains=value)
            | Q(stage__service__name__icontains=value)
        )

    def of_chin(self, claims: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return claims.filter(chin_now=None) if value == NO_CHIN else claims.filter(chin_now_slug=value)

    def by_lapsed(self, claims: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of today, as what outputs rest on is: somebody has still to decide what follows."""
        found: QuerySet[Any] = claims.filter(pk__in=Claim.objects.lapsed(asat_of(self.request).today).values("pk"))
        return found

    def of_age(self, claims: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        band = next((one for one in queries.BANDS if one.key == value), None)
        if band is None:
            return claims.filter(waiting__gt=int(value))
        waiting = claims.filter(waiting__gte=band.first)
        return waiting if band.last is None else waiting.filter(waiting__lte=band.last)

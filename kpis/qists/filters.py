"""What QISTs, and what they did, can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from cc2h.kit.lists import ListFilters
from kpis.qists.models import Qist, Support, SupportKind
from practices.filters import ByCommissioner


class QistFilters(ByCommissioner):
    q = filters.CharFilter(method="search", label="Search", help_text="Name or host")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")

    class Meta:
        model = Qist
        fields: list[str] = []

    def search(self, qists: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qists.filter(Q(name__icontains=value) | Q(host__icontains=value))


class SupportFilters(ListFilters):
    q = filters.CharFilter(method="search", label="Search", help_text="Practice, or what was done")
    kind = filters.ChoiceFilter(label="Kind", choices=SupportKind.choices, empty_label="Any")
    told = filters.ChoiceFilter(
        method="by_result", label="Result", choices=[("known", "Known"), ("open", "Not known yet")], empty_label="Any"
    )

    class Meta:
        model = Support
        fields: list[str] = []

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = Q(name__icontains=value) | Q(code__istartswith=value) | Q(what__icontains=value)
        return rows.filter(found | Q(agreed__icontains=value))

    def by_result(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.exclude(result="") if value == "known" else rows.filter(result="")

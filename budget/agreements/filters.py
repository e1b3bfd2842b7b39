"""What the list of agreements can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from budget.agreements.models import Agreement, AgreementKind
from practices.filters import ByCommissioner


class AgreementFilters(ByCommissioner):
    """Agreements that go on, and those that have ended."""

    q = filters.CharFilter(method="search", label="Search", help_text="Title or CHIN")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    kind = filters.ChoiceFilter(label="Kind", choices=AgreementKind.choices, empty_label="Any")
    signed = filters.ChoiceFilter(
        method="by_signed",
        label="Signed",
        choices=[("all", "By everybody"), ("some", "Somebody has still to sign"), ("ended", "Has ended")],
        empty_label="Any",
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def search(self, agreements: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return agreements.filter(Q(title__icontains=value) | Q(chin__name__icontains=value))

    def by_signed(self, agreements: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        ended = Q(ended_on__lt=self.asat.day)
        if value == "ended":
            return agreements.filter(ended)
        going_on = agreements.exclude(ended)
        return going_on.filter(to_sign=0, number__gt=0) if value == "all" else going_on.filter(to_sign__gt=0)

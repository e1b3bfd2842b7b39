"""What the lists of imports and of their problems can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from cc2h.kit.imports.kinds import kinds
from cc2h.kit.lists import ListFilters
from cc2h.kit.models import Import, ImportProblem


def kind_choices() -> list[tuple[str, str]]:
    return sorted(((key, kind.label) for key, kind in kinds.items()), key=lambda choice: choice[1])


class ImportFilters(ListFilters):
    q = filters.CharFilter(method="search", label="Search", help_text="File name, or the start of its SHA-256")
    kind = filters.ChoiceFilter(label="Kind", choices=kind_choices, empty_label="Any")
    state = filters.ChoiceFilter(label="State", choices=Import.State.choices, empty_label="Any")

    class Meta:
        model = Import
        fields: list[str] = []

    def search(self, queryset: QuerySet[Import], name: str, value: Any) -> QuerySet[Import]:
        return queryset.filter(Q(file_name__icontains=value) | Q(sha256__startswith=value.strip().lower()))


class ProblemFilters(ListFilters):
    q = filters.CharFilter(method="search", label="Search", help_text="Value or problem")
    line = filters.NumberFilter(label="Line", min_value=1, max_value=2_000_000_000)

    class Meta:
        model = ImportProblem
        fields: list[str] = []

    def search(self, queryset: QuerySet[ImportProblem], name: str, value: Any) -> QuerySet[ImportProblem]:
        return queryset.filter(Q(value__icontains=value) | Q(problem__icontains=value))

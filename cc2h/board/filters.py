"""What the list of statements can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.board.models import Statement
from cc2h.board.statements import PAPERS
from practices.models import Commissioner


class StatementFilters(filters.FilterSet):
    """Statements of papers."""

    q = filters.CharFilter(method="search", label="Search", help_text="Words, or a place like D3")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    paper = filters.ChoiceFilter(
        label="Paper",
        choices=[(name, f"{paper.title}, {paper.dated}") for name, paper in PAPERS.items()],
        empty_label="Any",
    )
    measure = filters.ChoiceFilter(label="About", choices=Statement.Measure.choices, empty_label="Anything")
    settled = filters.ChoiceFilter(
        method="by_settled", label="Settled", choices=[("yes", "Settled"), ("no", "Not settled")], empty_label="Either"
    )

    class Meta:
        model = Statement
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        visible = Commissioner.objects.visible_to(request.user).order_by("short_name")
        choices = list(visible.values_list("ods_code", "short_name"))
        self.filters["commissioner"].extra["choices"] = choices
        if len(choices) < 2 and not self.data.get("commissioner"):
            del self.filters["commissioner"]

    def search(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return statements.filter(Q(says__icontains=value) | Q(basis__icontains=value) | Q(discrepancy__iexact=value))

    def by_settled(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return statements.filter(Q(settled__isnull=value == "no"))

"""What the list of statements can be filtered by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from cc2h.board import papers
from cc2h.board.models import Statement
from cc2h.board.statements import PAPERS
from cc2h.kit.asat import asat_of
from practices.models import Commissioner


class StatementFilters(filters.FilterSet):
    """Statements of papers."""

    q = filters.CharFilter(method="search", label="Search")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    paper = filters.ChoiceFilter(
        label="Paper",
        choices=[(name, paper.cited) for name, paper in PAPERS.items()],
        empty_label="Any",
    )
    measure = filters.ChoiceFilter(label="About", choices=Statement.Measure.choices, empty_label="Anything")
    settled = filters.ChoiceFilter(
        method="by_settled", label="Settled", choices=[("yes", "Settled"), ("no", "Not settled")], empty_label="Either"
    )

    records = filters.ChoiceFilter(
        method="by_records",
        label="Records give",
        choices=[("differ", "Something else"), ("agree", "The same")],
        empty_label="Anything",
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

    def by_records(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        compared = papers.compare(statements, asat_of(self.request))
        asked = [one.statement.pk for one in compared if (one.agrees if value == "agree" else one.disagrees)]
        return statements.filter(pk__in=asked)

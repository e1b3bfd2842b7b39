"""What the lists of statements and board days can be filtered by."""

import django_filters as filters
from django.db.models import Q, QuerySet

from cc2h.board import papers
from cc2h.board.models import BoardDay, Measure, Statement
from cc2h.board.querysets import OF_MONEY
from cc2h.board.statements import PAPERS
from practices.filters import ByCommissioner

MONEY = "of_money"


class StatementFilters(ByCommissioner):
    """Statements of papers."""

    q = filters.CharFilter(method="search", label="Search")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    paper = filters.ChoiceFilter(
        label="Paper",
        choices=[(name, paper.cited) for name, paper in PAPERS.items()],
        empty_label="Any",
    )
    measure = filters.ChoiceFilter(
        method="by_measure",
        label="About",
        choices=[(MONEY, "Money, all of it"), *Measure.choices],
        empty_label="Anything",
    )
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

    def search(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return statements.filter(Q(says__icontains=value) | Q(basis__icontains=value) | Q(discrepancy__iexact=value))

    def by_measure(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return statements.filter(measure__in=OF_MONEY) if value == MONEY else statements.filter(measure=value)

    def by_settled(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return statements.filter(Q(settled__isnull=value == "no"))

    def by_records(self, statements: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        compared = papers.compare(statements, self.asat)
        asked = [one.statement.pk for one in compared if (one.agrees if value == "agree" else one.disagrees)]
        return statements.filter(pk__in=asked)


class BoardDayFilters(ByCommissioner):
    """Board days, past ones and those to come."""

    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label="Search", help_text="Name of the board")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    when = filters.ChoiceFilter(
        method="by_day", label="When", choices=[("been", "Been"), ("to_come", "To come")], empty_label="Any time"
    )

    class Meta:
        model = BoardDay
        fields: list[str] = []

    def by_day(self, days: QuerySet[BoardDay], name: str, value: str) -> QuerySet[BoardDay]:
        return days.filter(day__lt=self.asat.day) if value == "been" else days.filter(day__gte=self.asat.day)

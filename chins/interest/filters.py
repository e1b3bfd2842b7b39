"""What the lists of expressions, criteria and scores can be filtered by."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from cc2h.kit.days import EARLIEST, LATEST
from cc2h.kit.lists import ListFilters
from chins.interest.models import Criterion, Expression, Score
from chins.interest.route import ExpressionState
from practices.filters import ByCommissioner


class WholeFilter(filters.Filter):
    """A whole number, between two that are given."""

    field_class = forms.IntegerField


class ExpressionFilters(ByCommissioner):
    """Every expression, unless asked otherwise."""

    q = filters.CharFilter(method="search", label="Search", help_text="Title, area, focus or lead applicant")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")
    status = filters.ChoiceFilter(label="State", choices=ExpressionState.choices, empty_label="Any")
    year = WholeFilter(
        field_name="received__year",
        label="Year received",
        min_value=EARLIEST.year,
        max_value=LATEST.year,
    )

    class Meta:
        model = Expression
        fields: list[str] = []

    def search(self, expressions: QuerySet[Expression], name: str, value: str) -> QuerySet[Expression]:
        found = Q(title__icontains=value) | Q(area__icontains=value) | Q(focus_areas__icontains=value)
        return expressions.filter(found | Q(lead_name__icontains=value) | Q(lead__name__icontains=value))


class CriterionFilters(ByCommissioner):
    q = filters.CharFilter(method="search", label="Search", help_text="Name or what is looked for")
    commissioner = filters.ChoiceFilter(field_name="commissioner__ods_code", label="Commissioner", empty_label="Any")

    class Meta:
        model = Criterion
        fields: list[str] = []

    def search(self, criteria: QuerySet[Criterion], name: str, value: str) -> QuerySet[Criterion]:
        return criteria.filter(Q(name__icontains=value) | Q(looks_for__icontains=value))


class ScoreFilters(ListFilters):
    evaluator = WholeFilter(
        field_name="evaluator",
        label="Evaluator",
        help_text="By number",
        min_value=1,
        max_value=2**31 - 1,
    )
    q = filters.CharFilter(method="search", label="Search", help_text="Criterion, evaluator or comment")

    class Meta:
        model = Score
        fields: list[str] = []

    def search(self, scores: QuerySet[Score], name: str, value: str) -> QuerySet[Score]:
        found = Q(criterion__name__icontains=value) | Q(comment__icontains=value)
        return scores.filter(found | Q(evaluator__name__icontains=value))

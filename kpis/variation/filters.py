"""What the table of variation can be filtered by."""

from typing import Any

import django_filters as filters
from django.http import HttpRequest

from cc2h.kit.lists import ListFilters
from kpis.models import PracticeValue
from kpis.statistics.funnels import Verdict
from kpis.variation import queries
from kpis.variation.forms import LIMITS, PLAIN, WIDE, VariationForm
from kpis.variation.judging import HIGH, LOW, Judging

VERDICTS = (
    ("differs", "Differs"),
    ("high", "Higher"),
    ("low", "Lower"),
    ("same", "No true difference"),
    ("depends", "Depends on the limits"),
)


class PracticeFilters(ListFilters):
    """The rows are those of the period, CHIN and commissioner already: what is left to choose is of verdicts."""

    q = filters.CharFilter(method="search", label="Search", help_text="Name or code")
    ends = filters.ChoiceFilter(method="as_it_is", label="Period to", empty_label=None)
    commissioner = filters.ChoiceFilter(method="as_it_is", label="Commissioner", empty_label="All")
    chin = filters.ChoiceFilter(method="as_it_is", label="CHIN", empty_label="All, or none")
    against = filters.ChoiceFilter(method="as_it_is", label="Compared with", empty_label=None)
    limits = filters.ChoiceFilter(method="as_it_is", label="Limits", choices=LIMITS, empty_label=None)
    verdict = filters.ChoiceFilter(method="of_verdict", label="Verdict", choices=VERDICTS, empty_label="Any")

    same_as_empty = {"limits": PLAIN, "against": "programme"}

    class Meta:
        model = PracticeValue
        fields: list[str] = []

    def __init__(self, data: Any, queryset: Any, *, request: HttpRequest) -> None:
        super().__init__(data, queryset, request=request)
        self.judging: Judging | None = queryset.judging
        form: VariationForm = queryset.form
        for name in ("ends", "commissioner", "chin", "against"):
            field: Any = form.fields.get(name)
            choices = [choice for choice in field.choices if choice[0]] if field else []
            self.offer(name, choices, fewest=2 if name in ("commissioner", "ends") else 1)

    def search(self, rows: Any, name: str, value: str) -> Any:
        return queries.matching(rows, value)

    def as_it_is(self, rows: Any, name: str, value: str) -> Any:
        return rows

    def of_verdict(self, rows: Any, name: str, value: str) -> Any:
        wide = self.data.get("limits") == WIDE
        wanted = {"high": HIGH, "low": LOW, "differs": HIGH + LOW, "same": (Verdict.NOT_SIGNIFICANT,)}.get(value, ())
        found = [
            row.own.practice_id
            for row in (self.judging.named if self.judging else ())
            if (row.depends if value == "depends" else (row.wide_verdict if wide else row.verdict) in wanted)
        ]
        return queries.only(rows, found)

"""Pages about practices and commissioners."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from cc2h.kit import words
from cc2h.kit.lists import ListPage, Summary
from practices import queries
from practices.filters import PracticeFilters
from practices.models import Practice, Status
from practices.querysets import PracticeQuerySet
from practices.tables import PracticeTable


class PracticeList(ListPage):
    """Every practice the reader may see, as at a day."""

    title = "Practices"
    noun = ("practice", "practices")
    filterset_class = PracticeFilters
    table_class = PracticeTable
    default_sort = "name"
    csv_columns = {"ods_code": "ods_code"}
    template_name = "practices/list.html"

    def queryset(self) -> PracticeQuerySet:
        return Practice.objects.visible_to(self.request.user, self.asat)

    def summarise(self, filterset: PracticeFilters) -> Summary:
        counts = queries.count_by_status(filterset.any_status, self.asat)
        asked = filterset.form.cleaned_data["status"] or Status.ACTIVE
        shown = Status.values if asked == "all" else [asked]
        parts = [f"{words.number(n)} {status}" for status, (n, _) in counts.items() if n and status in shown]
        others = [f"{words.number(n)} {status}" for status, (n, _) in counts.items() if n and status not in shown]
        total = sum(counts[status][0] for status in shown)
        patients = sum(counts[status][1] for status in shown)
        sentence = words.listed(parts) or f"0 {asked}"
        if others:
            sentence += f" (plus {words.listed(others)})"
        return Summary(total, f"{sentence} · {words.plural(patients, 'patient')}")

    def ordered(self, queryset: QuerySet[Practice]) -> QuerySet[Practice]:
        return super().ordered(queries.with_columns(queryset, self.asat, [self.sort.removeprefix("-")]))

    def rows(self, ordered: QuerySet[Practice], start: int, stop: int) -> Sequence[Any]:
        keys = list(ordered.values_list("pk", flat=True)[start:stop])
        return queries.page_rows(keys, self.queryset(), self.asat)

"""Pages about practices and commissioners."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from cc2h.accounts.authority import Action, can
from cc2h.kit import words
from cc2h.kit.lists import ListPage, Summary
from practices import queries
from practices.filters import PracticeFilters
from practices.models import Practice
from practices.querysets import PracticeQuerySet
from practices.tables import PracticeTable


class PracticeList(ListPage):
    """Every practice the reader may see, as at a day."""

    title = "Practices"
    noun = ("practice", "practices")
    filterset_class = PracticeFilters
    table_class = PracticeTable
    default_sort = "name"
    csv_columns = queries.CSV_COLUMNS
    template_name = "practices/list.html"

    def queryset(self) -> PracticeQuerySet:
        return Practice.objects.visible_to(self.request.user, self.asat)

    def fetch(self, filterset: PracticeFilters) -> tuple[Summary, Sequence[queries.PracticeRow]]:
        """One statement for the sums and the page: over thousands of practices they cost more than all the rest."""
        ((key, falling),) = self.terms
        found = queries.practice_page(
            queries.with_columns(filterset.any_status, self.asat, [self.sort.removeprefix("-")]),
            self.asat,
            statuses=filterset.statuses,
            key=key,
            falling=falling,
            page=self.page_number,
            size=self.page_size,
        )
        count = sum(found.sums[status][0] for status in filterset.statuses)
        return Summary(count, self._sentence(found.sums, filterset.statuses)), found.rows

    def _sentence(self, sums: Mapping[str, tuple[int, int]], shown: Sequence[str]) -> str:
        counted = [f"{words.number(n)} {status}" for status, (n, _) in sums.items() if n and status in shown]
        others = [f"{words.number(n)} {status}" for status, (n, _) in sums.items() if n and status not in shown]
        text = words.listed(counted) or f"0 {shown[0]}"
        if others:
            text += f" (plus {words.listed(others)})"
        return f"{text} · {words.plural(sum(sums[status][1] for status in shown), 'patient')}"

    def ordered(self, queryset: Any) -> QuerySet[Practice]:
        return super().ordered(queries.with_columns(queryset, self.asat, [self.sort.removeprefix("-")]))

    def export(self, ordered: Any) -> Iterator[tuple[Any, ...]]:
        return queries.export_rows(ordered, self.asat)

    def exclude(self, filterset: PracticeFilters) -> Sequence[str]:
        several = "commissioner" in filterset.filters and not filterset.form.cleaned_data.get("commissioner")
        return () if several else ("commissioner",)

    def context(self) -> dict[str, Any]:
        return {"may_open": bool(can(self.request.user, Action.CHANGE_PRACTICE))}

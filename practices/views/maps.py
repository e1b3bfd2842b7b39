"""The map of practices, with the list of them beneath."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.functional import cached_property

from cc2h.accounts.authority import Action, can
from cc2h.kit import links
from cc2h.kit.lists import Summary
from practices import maps, shapes
from practices.filters import NOT_IN_A_CHIN, MapFilters
from practices.models import Outline
from practices.tables import MapTable
from practices.views.finding import crumbs
from practices.views.lists import PracticeList


class PracticeMap(PracticeList):
    """Where the practices stand that the reader may see, as at a day, by CHIN."""

    title = "Map of practices"
    filterset_class = MapFilters
    table_class = MapTable
    shape = shapes.MapItem  # type: ignore[assignment]
    csv_columns = {**maps.COLUMNS, "stands": ""}
    template_name = "practices/map.html"

    rows_found: Sequence[maps.MapRow] = ()
    sheet: maps.Sheet | None = None

    @cached_property
    def outlines(self) -> list[Outline]:
        return maps.boroughs()

    def fetch(self, filterset: MapFilters) -> tuple[Summary, Sequence[Any]]:
        """All at once: the map shows every row, whatever the page of the table."""
        found = self.rows_found = maps.rows_of(self.ordered(filterset.qs), self.outlines)
        offered = [slug for slug, _ in filterset.filters["chin"].extra["choices"] if slug != NOT_IN_A_CHIN]
        self.sheet = maps.draw(found, self.outlines, offered)
        summary = Summary(len(found), maps.said(self.sheet, found))
        page = self.paginator(summary).get_page(self.page_number)
        return summary, found[page.start_index() - 1 : page.end_index()] if found else ()

    def export(self, ordered: Any) -> Iterator[tuple[Any, ...]]:
        return (row.cells for row in maps.rows_of(ordered, self.outlines))

    def beyond(self, queryset: Any, key: Sequence[Any] | None, limit: int) -> tuple[list[Any], Any]:
        sort = self.sort.removeprefix("-")
        return maps.rows_after(queryset, self.outlines, sort=sort, falling=self.falling, key=key, limit=limit)

    def context(self) -> dict[str, Any]:
        stands = maps.Stands
        return {
            "breadcrumbs": crumbs(self.asat),
            "sheet": self.sheet,
            "width": maps.WIDTH,
            "most_marks": maps.MARKS,
            "outlined": bool(self.outlines),
            "nowhere": [row for row in self.rows_found if row.stands == stands.NOWHERE],
            "outside": [row for row in self.rows_found if row.stands == stands.OUTSIDE],
            "only_nowhere": links.this_page(self.request, position="none", page=None),
            "as_list": self.elsewhere("practices:practice_list"),
            "may_import": bool(can(self.request.user, Action.IMPORT_FILES)),
        }
